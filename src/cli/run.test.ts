import { mkdir, mkdtemp, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { zip } from '../../test/harness/zip.ts';
import { openBlobs } from '../blobs/connect.ts';
import { compose } from '../compose.ts';
import { loadConfig } from '../config/load.ts';
import { version } from '../version.ts';
import { run } from './run.ts';

let folder: string;
let server: Awaited<ReturnType<typeof compose>>;
let url: string;

/** A server runs on the same data all the time: no command may need it stopped. */
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packyard-cli-'));
  const env = { PACKYARD_DATA: folder, PACKYARD_PORT: '0', PACKYARD_LOG_LEVEL: 'silent' };
  server = await compose(await loadConfig({ env, cwd: folder }));
  ({ url } = await server.listen());
});

afterAll(async () => {
  await server.stop();
  await rm(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly out: string[];
  readonly err: string[];
}

async function packyard(
  line: string | readonly string[],
  {
    input = '',
    env = { PACKYARD_DATA: folder },
    cwd = folder,
  }: { input?: string; env?: Record<string, string>; cwd?: string } = {},
): Promise<Ran> {
  const out: string[] = [];
  const err: string[] = [];
  const argv = typeof line === 'string' ? line.split(' ') : line;
  const code = await run(argv, {
    env,
    cwd,
    print: (text) => out.push(text),
    tell: (text) => err.push(text),
    readInput: () => Promise.resolve(input),
  });
  return { code, out, err };
}

function json(ran: Ran): Record<string, unknown>[] {
  return ran.out.map((line) => JSON.parse(line) as Record<string, unknown>);
}

async function whoami(token: string): Promise<number> {
  const answer = await fetch(`${url}/api/v4/user`, { headers: { 'private-token': token } });
  await answer.arrayBuffer();
  return answer.status;
}

async function signIn(username: string, password: string): Promise<number> {
  const authorization = `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  const answer = await fetch(`${url}/api/v4/user`, { headers: { authorization } });
  await answer.arrayBuffer();
  return answer.status;
}

describe('usage', () => {
  test('version', async () => {
    expect(await packyard('version')).toEqual({ code: 0, out: [version], err: [] });
    expect(await packyard('--version')).toEqual({ code: 0, out: [version], err: [] });
  });

  test('help lists the commands', async () => {
    const { code, out } = await packyard('--help');
    expect(code).toBe(0);
    for (const word of ['serve', 'user', 'token', 'config', 'fsck', 'collect-garbage', 'version']) {
      expect(out.join('\n')).toContain(word);
    }
  });

  test.each([
    ['usr list', "unknown command 'usr' (did you mean user?)"],
    ['user craete x', 'unknown command'],
    ['user create', 'missing required argument'],
    ['fsck --fast', 'unknown option'],
    ['collect-garbage --grace soon', '--grace must be a duration'],
    ['fsck --rate fast', '--rate must be a size'],
    ['token revoke pkyp_abc', 'Give the id of the token'],
    ['token create root --expires 2027-02-30', '--expires must be a date'],
    ['token create root --expires tomorrow', '--expires must be a date'],
  ])('%s is wrong usage', async (line, says) => {
    const { code, out, err } = await packyard(line);
    expect({ code, out }).toEqual({ code: 2, out: [] });
    expect(err.join('\n')).toContain(says);
  });

  test('a data folder without a database is not made', async () => {
    const { code, err } = await packyard(['user', 'list', '--data', join(folder, 'typo')]);
    expect(code).toBe(1);
    expect(err.join()).toContain('There is no database at');
    expect((await packyard('user list')).code).toBe(0);
  });

  test('wrong settings end every command', async () => {
    for (const line of ['serve', 'user list', 'fsck', 'config show']) {
      const { code, out, err } = await packyard(line, { env: { PACKYARD_PORT: 'x', PACKYARD_HSOT: 'y' } });
      expect({ code, out }).toEqual({ code: 2, out: [] });
      expect(err.join('\n')).toMatch(/PACKYARD_PORT[\s\S]*did you mean PACKYARD_HOST/);
    }
  });
});

describe('config', () => {
  test('check tells all mistakes on stdout and exits with 1', async () => {
    const env = { PACKYARD_PORT: 'x', PACKYARD_NMP_MAX_FILE_SIZE: '1' };
    const { code, out } = await packyard('config check', { env });
    expect(code).toBe(1);
    expect(out).toEqual([
      expect.stringContaining('PACKYARD_PORT') as string,
      expect.stringContaining('did you mean PACKYARD_NPM_MAX_FILE_SIZE?') as string,
    ]);
    expect(json(await packyard('config check --json', { env }))).toMatchObject([{ ok: false, mistakes: out }]);
  });

  test('check of what can be used', async () => {
    expect(await packyard('config check')).toEqual({ code: 0, out: ['The configuration can be used.'], err: [] });
    const { code, out } = await packyard('config check', { env: { PACKYARD_HOST: '0.0.0.0' } });
    expect(code).toBe(0);
    expect(out[0]).toContain('Warning: PACKYARD_EXTERNAL_URL');
  });

  test('show prints what is in force, without secrets', async () => {
    await writeFile(join(folder, 'x.yaml'), 'port: 9000\nroot_password: hunter2hunter2\nnpm_max_file_size: 1KiB\n');
    const { out } = await packyard('config show --config x.yaml', { env: { PACKYARD_HOST: '::1' } });
    expect(out).toContain('PACKYARD_PORT=9000');
    expect(out).toContain('PACKYARD_HOST=::1');
    expect(out).toContain('PACKYARD_ROOT_PASSWORD=[redacted]');
    expect(out).toContain('PACKYARD_NPM_MAX_FILE_SIZE=1024');
    expect(out).toContain(`PACKYARD_DATABASE_URL=sqlite:${join(folder, 'data', 'packyard.db')}`);
    expect(out).toContain('# PACKYARD_TLS_CERT is not set');
    expect(out.join()).not.toContain('hunter2');
    expect(json(await packyard('config show --json'))[0]).toMatchObject({ PACKYARD_PORT: '8080' });
  });
});

describe('user', () => {
  test('create makes a password, prints only it, and the user can sign in', async () => {
    const { code, out, err } = await packyard('user create alice --email alice@example.com');
    expect(code).toBe(0);
    expect(out).toHaveLength(1);
    expect(err.join()).toContain('Created the user alice');
    expect(await signIn('alice', out[0] ?? '')).toBe(200);
    expect((await packyard('user create ALICE')).err).toEqual(['Username has already been taken.']);
  });

  test('create takes a password from stdin and does not print it', async () => {
    const ran = await packyard('user create bob --admin --password-stdin --json', { input: 'bobs password' });
    expect(json(ran)).toEqual([{ id: expect.any(Number) as number, username: 'bob' }]);
    expect(await signIn('bob', 'bobs password')).toBe(200);
    expect((await packyard('user create carl --password-stdin', { input: 'short' })).code).toBe(1);
    expect((await packyard('user create carl --password-stdin')).code).toBe(2);
  });

  test('list', async () => {
    const { out } = await packyard('user list');
    expect(out[0]).toMatch(/^ID +USERNAME +NAME +EMAIL +STATE +ADMIN +CREATED$/);
    expect(out.join('\n')).toMatch(/1 +root +Administrator +- +active +yes/);
    expect(json(await packyard('user list --search bob --json'))).toMatchObject([{ username: 'bob', admin: true }]);
  });

  test('block and unblock work at the next request', async () => {
    const token = (await packyard('token create bob')).out[0] ?? '';
    expect(await whoami(token)).toBe(200);
    expect((await packyard('user block bob')).code).toBe(0);
    expect(await whoami(token)).toBe(401);
    expect((await packyard('user unblock bob')).code).toBe(0);
    expect(await whoami(token)).toBe(200);
    expect(await packyard('user block nobody')).toMatchObject({ code: 1, err: ['There is no user named nobody.'] });
  });

  test('reset-password', async () => {
    const { out } = await packyard('user reset-password alice');
    expect(await signIn('alice', out[0] ?? '')).toBe(200);
    await packyard('user reset-password alice --password-stdin', { input: 'the third password' });
    expect(await signIn('alice', out[0] ?? '')).toBe(401);
    expect(await signIn('alice', 'the third password')).toBe(200);
  });

  test('promote, and the last administrator stays one', async () => {
    await packyard('user promote alice');
    expect(json(await packyard('user list --search alice --json'))).toMatchObject([{ admin: true }]);
    await packyard('user promote alice --undo');
    await packyard('user promote bob --undo');
    const { code, err } = await packyard('user promote root --undo');
    expect(code).toBe(1);
    expect(err.join()).toContain('last administrator');
  });
});

describe('token', () => {
  test('create prints only the token; list never does; revoke stops it', async () => {
    const { out, err } = await packyard(['token', 'create', 'alice', '--name', 'ci 1', '--expires', '2999-12-31']);
    const [secret = ''] = out;
    expect(err.join()).toContain('for alice');
    expect(await whoami(secret)).toBe(200);
    const listed = await packyard('token list --user alice --json');
    expect(listed.out.join()).not.toContain(secret);
    const [token] = json(listed);
    expect(token).toMatchObject({
      kind: 'personal',
      owner: 'alice',
      name: 'ci 1',
      scopes: 'api',
      expires: '3000-01-01 00:00',
    });
    const revoked = await packyard(['token', 'revoke', String(token?.['id'])]);
    expect(revoked.code).toBe(0);
    expect(await whoami(secret)).toBe(401);
    expect((await packyard('token list --user alice --json')).out).toEqual([]);
    expect(json(await packyard('token list --user alice --all --json'))).toHaveLength(1);
  });

  test('revoke takes the token itself from stdin', async () => {
    const [token] = json(await packyard('token create alice --scope read_api read_user --json'));
    expect(token).toMatchObject({ scopes: ['read_api', 'read_user'], expiresAt: null });
    const secret = String(token?.['token']);
    expect(await whoami(secret)).toBe(200);
    expect((await packyard('token revoke', { input: `${secret}\n` })).code).toBe(0);
    expect(await whoami(secret)).toBe(401);
    expect(await packyard('token revoke', { input: 'pkyp_unknown' })).toMatchObject({ code: 1 });
  });

  test('what a token can not be is refused', async () => {
    expect((await packyard('token create alice --scope sudo')).err.join()).toContain("scopes can not include 'sudo'");
    expect((await packyard('token create alice --expires 2001-01-01')).code).toBe(1);
    expect((await packyard('token create nobody')).code).toBe(1);
  });
});

describe('storage', () => {
  test('fsck and collect-garbage', async () => {
    expect(await packyard('fsck --json')).toMatchObject({ code: 0, out: [] });
    const blobs = await openBlobs(`file:${folder}`);
    const staging = await blobs.stage(Readable.from(['left behind']), { maxSize: 100 });
    await staging.commit();
    const { sha256 } = staging.digests;
    expect(json(await packyard('fsck --json'))).toMatchObject([{ kind: 'orphan-blob', level: 'notice', sha256 }]);
    expect((await packyard('collect-garbage')).out).toEqual([]);
    const old = new Date(Date.now() - 48 * 3_600_000);
    await utimes(join(folder, 'blobs', 'sha256', sha256.slice(0, 2), sha256), old, old);
    expect((await packyard('fsck')).code).toBe(1);
    const dry = await packyard('collect-garbage --dry-run --json');
    expect(json(dry)).toEqual([{ sha256, size: 11, reason: 'unknown' }]);
    expect((await packyard('collect-garbage --grace 3d --json')).out).toEqual([]);
    expect((await packyard('collect-garbage --json')).out).toEqual(dry.out);
    expect((await packyard('fsck')).code).toBe(0);
  });

  test('migrate says that there is nothing to do', async () => {
    expect(await packyard('migrate')).toEqual({ code: 0, out: [], err: ['The schema is up to date.'] });
  });
});

describe('advisories', () => {
  const record = (id: string, name = 'left') => ({
    id,
    modified: '2026-01-01T00:00:00Z',
    summary: 'It leans',
    affected: [
      {
        package: { ecosystem: 'npm', name },
        ranges: [{ type: 'SEMVER', events: [{ introduced: '0' }, { fixed: '1.2.0' }] }],
      },
    ],
  });

  test('import takes files, folders, lines and archives; list shows what there is', async () => {
    const place = join(folder, 'osv');
    await mkdir(place);
    await writeFile(join(place, 'one.json'), JSON.stringify(record('GHSA-1')));
    await writeFile(join(place, 'two.json'), JSON.stringify([record('GHSA-2'), record('GO-1', '')]));
    await writeFile(join(place, 'not-this.txt'), 'x');
    await writeFile(join(folder, 'more.jsonl'), `${JSON.stringify(record('GHSA-3'))}\n\n`);
    await writeFile(join(folder, 'all.zip'), zip([{ name: 'GHSA-4.json', body: JSON.stringify(record('GHSA-4')) }]));
    const ran = await packyard('advisories import osv more.jsonl all.zip --json');
    expect(ran).toMatchObject({ code: 0, err: [] });
    expect(json(ran)).toMatchObject([{ kept: 2, irrelevant: 1 }, { kept: 1 }, { kept: 1 }]);
    expect((await packyard('advisories list')).out).toEqual([
      'npm: 4 advisories, the newest of 2026-01-01T00:00:00.000Z',
    ]);
    expect((await packyard('advisories list npm left')).out[0]).toMatch(
      /^GHSA-1 {2}high {2}>= 0 < 1\.2\.0 {2}It leans/,
    );
    expect((await packyard('advisories list npm right')).out).toEqual([]);
    expect(json(await packyard('advisories list --json'))).toMatchObject([{ format: 'npm', count: 4 }]);
  });

  test('what can not be read is named, the rest is taken in', async () => {
    await writeFile(join(folder, 'broken.jsonl'), `{"id":\n${JSON.stringify(record('GHSA-5'))}\n[7]\n`);
    const ran = await packyard('advisories import broken.jsonl');
    expect(ran.code).toBe(1);
    expect(ran.err.join('\n')).toMatch(/broken\.jsonl:1 is not JSON\.\n.*:3 is no JSON object\.\n.*1 advisories kept/);
    expect((await packyard('advisories import nowhere.zip')).code).toBe(2);
    expect((await packyard('advisories list generic x')).code).toBe(2);
    expect((await packyard(`advisories import ${url}/-/no-such-dump.zip`)).code).toBe(1);
  });
});
