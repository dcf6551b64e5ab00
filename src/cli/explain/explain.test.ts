import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type FakeUpstream, fakeUpstream } from '../../../test/harness/fake-upstream.ts';
import { offerNpm } from '../../../test/harness/offered-packages.ts';
import { compose, type Packyard } from '../../compose.ts';
import { loadConfig } from '../../config/load.ts';
import { run } from '../run.ts';

const token = `glpat-${'x'.repeat(20)}`;
let folder: string;
let env: Record<string, string>;
let server: Packyard;
let upstream: FakeUpstream;
let mount: string;
let registry: number;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'packyard-explain-'));
  env = {
    PACKYARD_DATA: folder,
    PACKYARD_PORT: '0',
    PACKYARD_LOG_LEVEL: 'silent',
    PACKYARD_UPSTREAM_ALLOW: '127.0.0.1',
    PACKYARD_ROOT_TOKEN: token,
  };
  server = await compose(await loadConfig({ env, cwd: folder }));
  const { url } = await server.listen();
  upstream = await fakeUpstream();
  await offerNpm(upstream, 'lace', [{ version: '1.0.0' }, { version: '2.0.0' }]);
  const api = async (method: string, path: string, body: object): Promise<{ id: number }> => {
    const headers = { 'private-token': token, 'content-type': 'application/json' };
    const answer = await fetch(`${url}/api/v4${path}`, { method, headers, body: JSON.stringify(body) });
    return (await answer.json()) as { id: number };
  };
  const { id: group } = await api('POST', '/groups', { name: 'acme', path: 'acme' });
  await api('POST', '/users', { username: 'mia', name: 'Mia', email: 'mia@example.com', password: 'correct horse 1' });
  registry = (await api('POST', `/groups/${group}/-/virtual_registries/packages/npm/registries`, { name: 'all' })).id;
  const of = `/virtual_registries/packages/npm/registries/${registry}`;
  const rules = [{ kind: 'deny', name: '*', version: '2.*' }];
  await api('POST', `${of}/upstreams`, { name: 'theirs', url: upstream.url, rules });
  mount = `${url}/api/v4/virtual_registries/packages/npm/${registry}`;
});

afterAll(async () => {
  await server.stop();
  await upstream.close();
  await rm(folder, { recursive: true });
});

async function packyard(line: string): Promise<{ code: number; out: string; err: string }> {
  const [out, err]: [string[], string[]] = [[], []];
  const code = await run(line.split(' '), {
    env,
    cwd: folder,
    print: (text) => out.push(text),
    tell: (text) => err.push(text),
    readInput: () => Promise.resolve(''),
  });
  return { code, out: out.join('\n'), err: err.join('\n') };
}

test('a package: members, what is hidden and why, what is left', async () => {
  const { code, out } = await packyard(`explain npm lace --registry ${registry}`);
  expect(code).toBe(0);
  expect(out).toMatch(/^lace\n/);
  expect(out).toMatch(/theirs +remote +found +2 +\d+ s +no/);
  expect(out).toMatch(/2\.0\.0 +theirs +deny +The rule "deny \*@2\.\*" hides it\./);
  expect(out).toMatch(/Shown:\nVERSION .*\n1\.0\.0 +2020-01-01 00:00 +MIT +theirs$/);
});

test('one version of it exits with 1 when it is not shown', async () => {
  expect((await packyard(`explain npm lace@1.0.0 --registry ${registry}`)).code).toBe(0);
  const hidden = await packyard(`explain npm lace@2.0.0 --registry ${registry}`);
  expect(hidden.code).toBe(1);
  expect(hidden.out).toContain('This version is not shown.');
  expect(hidden.out).not.toContain('1.0.0');
  const unknown = await packyard(`explain npm nothing --registry ${registry}`);
  expect(unknown).toMatchObject({ code: 1, err: '' });
  expect(unknown.out).toContain('Nothing of it is shown.');
});

test('the same as JSON', async () => {
  const { out } = await packyard(`explain npm lace@2.0.0 --registry ${registry} --json`);
  expect(JSON.parse(out)).toMatchObject({
    registry,
    package: 'lace',
    version: '2.0.0',
    shown: false,
    members: [{ member: 'theirs', hidden: [{ version: '2.0.0', rule: 'deny' }] }],
    versions: [{ version: '1.0.0', member: 'theirs' }],
  });
});

test('an answer that was given', async () => {
  const answer = await fetch(`${mount}/lace`, { headers: { authorization: `Bearer ${token}` } });
  await answer.arrayBuffer();
  const id = answer.headers.get('x-packyard-trace') ?? '';
  await expect.poll(async () => (await packyard(`explain --trace ${id}`)).code).toBe(0);
  const { out } = await packyard(`explain --trace ${id}`);
  expect(out).toMatch(/^lace, answered /);
  expect(out).toContain('Hidden by policy:');
  const told = JSON.parse((await packyard(`explain --trace ${id} --json`)).out) as object;
  expect(told).toMatchObject({ trace: id, registry, asked: 'lace' });
  expect((await packyard('explain --trace 0123456789abcdef')).code).toBe(1);
});

test.each([
  ['explain', 2, 'Name a format, a package and --registry <id>, or --trace <id>.'],
  ['explain npm lace', 2, 'Name a format'],
  ['explain npm lace --registry 99', 2, 'There is no virtual registry 99 of the format npm.'],
  ['explain npm lace --registry x', 2, 'There is no virtual registry x'],
  ['explain deb lace --registry 1', 2, 'There are no virtual registries of the format deb'],
  ['explain npm .lace --registry 1', 2, ''],
  ['explain npm lace --registry 1 --as nobody', 1, 'There is no user named nobody.'],
  ['explain npm lace --registry 1 --as mia', 1, 'mia may not read the virtual registry 1.'],
])('%s exits with %i', async (line, code, sentence) => {
  const ran = await packyard(line);
  expect(ran.code, ran.err).toBe(code);
  expect(ran.err).toContain(sentence);
});
