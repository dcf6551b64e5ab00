import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { TestUser } from '../harness/types.ts';
import { describeClient } from './client.ts';
import { type NpmMachine, npmMachine } from './npm-machine.ts';
import { type Scene, scene } from './scene.ts';

let at: Scene;

beforeAll(async () => {
  at = await scene();
  return at.end;
});

describeClient('npm@machine', (npm) => {
  let mara: NpmMachine;

  beforeAll(async () => {
    mara = await npmMachine(npm, { registry: at.open.npm, token: at.maintainer.token });
    await mara.publish({ name: '@acme/knot' });
  });

  test('whoami', async () => {
    expect(await mara.ok(['whoami'])).toBe('mara\n');
    expect(await (await npmMachine(npm, { registry: at.open.npm })).fails(['whoami'])).toContain('ENEEDAUTH');
    const wrong = await npmMachine(npm, { registry: at.open.npm, token: 'not-a-token' });
    expect(await wrong.fails(['whoami'])).toContain('E401');
  });

  test('login with name and password, publish, log out: the token is worth nothing then', async () => {
    const dora = await npmMachine(npm, { registry: at.open.npm });
    await dora.ok(['login', '--auth-type=legacy'], {
      answers: [
        [/Username/, at.developer.username],
        [/Password/, at.developer.password],
      ],
    });
    expect(await dora.ok(['whoami'])).toBe('dora\n');
    await dora.publish({ name: '@acme/signed-in' });
    const token = /_authToken=(\S+)/.exec(await readFile(path.join(dora.home, '.npmrc'), 'utf8'))?.[1];
    await dora.ok(['logout']);
    const late = await npmMachine(npm, { registry: at.open.npm, token: token ?? '' });
    expect(await late.fails(['whoami'])).toContain('E401');
  });

  test('login in the browser: the client waits for the page, and gets its token once', async () => {
    const dora = await npmMachine(npm, { registry: at.open.npm });
    const pages: Promise<Response>[] = [];
    await dora.ok(['login', '--auth-type=web'], {
      env: { BROWSER: 'true' },
      input: '\n',
      watch: (printed) => {
        const page = /http:\S+\/-\/login\/\S+/.exec(printed)?.[0];
        if (page !== undefined && pages.length === 0) pages.push(signIn(page, at.developer));
      },
    });
    expect((await pages[0])?.status).toBe(200);
    expect(await dora.ok(['whoami'])).toBe('dora\n');
  });

  test('login with a wrong password is refused', async () => {
    const dora = await npmMachine(npm, { registry: at.open.npm });
    const said = await dora.fails(['login', '--auth-type=legacy'], {
      answers: [
        [/Username/, at.developer.username],
        [/Password/, 'a wrong one'],
      ],
    });
    expect(said).toContain('E401');
  });

  test('token: create, list, use, revoke', async () => {
    const answers = [[/password/i, at.maintainer.password]] as const;
    const created = await mara.ok(['token', 'create', '--name', 'from-npm', '--json'], { answers });
    const token = /"token":\s*"([^"]+)"/.exec(created)?.[1] ?? '';
    const other = await npmMachine(npm, { registry: at.open.npm, token });
    expect(await other.ok(['whoami'])).toBe('mara\n');
    const listed = (await mara.json(['token', 'list'])) as { token: string; key: string }[];
    expect(listed.length).toBeGreaterThanOrEqual(2);
    const key = listed.find((one) => token.startsWith(one.token.replace(/[.…*]+$/, '')))?.key ?? '';
    await mara.ok(['token', 'revoke', key]);
    expect(await other.fails(['whoami'])).toContain('E401');
  });

  test('profile: get, set, password', async () => {
    expect(await mara.json(['profile', 'get'])).toMatchObject({ name: 'mara', email: 'mara@example.com' });
    expect((await mara.ok(['profile', 'get', 'name'])).trim()).toBe('mara');
    await mara.ok(['profile', 'set', 'fullname', 'Mara of Acme']);
    expect((await mara.ok(['profile', 'get', 'fullname'])).trim()).toBe('Mara of Acme');
  });

  test('access: packages, collaborators and status', async () => {
    expect(await mara.json(['access', 'list', 'packages', 'mara'])).toMatchObject({ '@acme/knot': 'read-write' });
    expect(await mara.json(['access', 'list', 'packages', 'acme'])).toMatchObject({ '@acme/knot': 'read-write' });
    expect(await mara.json(['access', 'list', 'collaborators', '@acme/knot'])).toMatchObject({
      mara: 'read-write',
      dora: 'read-write',
      gus: 'read-only',
    });
    expect(await mara.ok(['access', 'get', 'status', '@acme/knot'])).toContain('public');
  });

  test('org and team: members of a group', async () => {
    await at.server.addMember(at.acme, at.maintainer, 'owner');
    await mara.ok(['org', 'set', 'acme', 'sten', 'developer']);
    expect(await mara.json(['org', 'ls', 'acme'])).toMatchObject({ mara: 'owner', sten: 'developer' });
    expect(await mara.ok(['team', 'ls', 'acme'])).toContain('acme:developers');
    await mara.ok(['org', 'rm', 'acme', 'sten']);
    expect(await mara.json(['org', 'ls', 'acme'])).not.toHaveProperty('sten');
  });

  test('audit: nothing is known, and that is said truthfully', async () => {
    const folder = await mara.consumer({ '@acme/knot': '1.0.0' });
    await mara.ok(['install'], { cwd: folder });
    expect(await mara.ok(['audit'], { cwd: folder })).toContain('found 0 vulnerabilities');
    expect(await mara.json(['audit'], { cwd: folder })).toMatchObject({ vulnerabilities: {} });
  });
});

/** What a person does on the page that `npm login` names. */
function signIn(page: string, { username, password }: TestUser): Promise<Response> {
  return fetch(page, { method: 'POST', body: new URLSearchParams({ username, password }) });
}
