import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RecordingProxy, startRecordingProxy } from '../transcripts/recording-proxy.ts';
import { type Distribution, wheel } from '../harness/python-packages.ts';
import { describeClient } from './client.ts';
import { type Login, type PypiScene, pypiScene, shoeShop } from './pypi-scene.ts';
import { installed, type PythonMachine, pythonMachine } from './python-machine.ts';

let at: PypiScene;
let shop: Distribution[];
let dora: Login;
/** Files are uploaded at this time; a test sets it. */
let now = Date.parse('2026-01-10T12:00:00Z');

beforeAll(async () => {
  at = await pypiScene({ now: () => now });
  dora = [at.developer.username, at.developer.token];
  shop = await shoeShop();
  await at.put(at.open, ...shop);
  await at.put(at.secret, wheel({ name: 'acme-secret', version: '1.0', requires: ['acme-lace'] }));
  now = Date.parse('2026-03-10T12:00:00Z');
  await at.put(at.open, wheel({ name: 'acme-lace', version: '1.0.1' }), wheel({ name: 'acme-lace', version: '1.0.2' }));
  await at.yank(at.open, 'acme-lace', '1.0.2', 'comes undone');
  return at.end;
});

describeClient('uv', (uv) => {
  let proxy: RecordingProxy;
  beforeAll(async () => {
    proxy = await startRecordingProxy(at.server.url);
  });
  afterAll(() => proxy.stop());

  const install = (index: string, target: string, ...more: string[]): string[] => {
    const python = ['--python', 'python3', '--target', target];
    return ['pip', 'install', ...python, '--default-index', index, ...more];
  };
  const has = (box: PythonMachine, folder: string): Promise<Record<string, string>> =>
    installed(path.join(box.home, folder));

  test('pip install: an extra, what it needs in turn, and a source distribution', async () => {
    const box = await pythonMachine(uv);
    await box.ok(install(at.simple(at.open), 'here', 'acme-lace[fancy]==1.0'));
    expect(await has(box, 'here')).toEqual({ 'acme-bow': '0.1', 'acme-knot': '1.5', 'acme-lace': '1.0' });
    await box.ok(install(at.simple(at.acme), 'there', '--prerelease', 'allow', 'Acme.Lace'));
    expect(await has(box, 'there')).toMatchObject({ 'acme-lace': '2.0rc1' });
  });

  test('--exclude-newer goes by the time of upload', async () => {
    const box = await pythonMachine(uv);
    const until = (date: string): string[] =>
      install(at.simple(at.open), date, '--no-deps', '--exclude-newer', date, 'acme-lace');
    await box.ok(until('2026-04-01'));
    await box.ok(until('2026-02-01'));
    expect(await has(box, '2026-04-01')).toEqual({ 'acme-lace': '1.0.1' });
    expect(await has(box, '2026-02-01')).toEqual({ 'acme-lace': '1.0' });
    expect(await box.fails(until('2026-01-01'))).toContain('filtered by `exclude-newer`');
  });

  test('what is uploaded in the same second is seen, though uv has the page already', async () => {
    const box = await pythonMachine(uv);
    await at.put(at.open, wheel({ name: 'acme-quick', version: '1.0' }));
    await box.ok(install(at.simple(at.open), 'one', 'acme-quick'));
    await at.put(at.open, wheel({ name: 'acme-quick', version: '1.1' }));
    await box.ok(install(at.simple(at.open), 'two', 'acme-quick'));
    expect(await has(box, 'two')).toEqual({ 'acme-quick': '1.1' });
  });

  test('a yanked version is taken only where it is named', async () => {
    const box = await pythonMachine(uv);
    const { code, stderr } = await box.run(install(at.simple(at.open), 'here', '--no-deps', 'acme-lace==1.0.2'));
    expect([code, stderr]).toEqual([0, expect.stringContaining('comes undone')]);
  });

  test('resolves by metadata alone: no wheel is fetched', async () => {
    const box = await pythonMachine(uv);
    await box.write('in.txt', 'acme-lace[fancy]==1.0\n');
    const index = at.simple(at.open).replace(at.server.url, proxy.url);
    const compile = ['pip', 'compile', '--python', 'python3', '--default-index', index, '--generate-hashes', 'in.txt'];
    const locked = await box.ok(compile);
    for (const { fileName, sha256 } of shop.filter((file) => /lace-1.0-|knot-1.5|bow/.test(file.fileName)))
      expect([fileName, locked]).toEqual([fileName, expect.stringContaining(`--hash=sha256:${sha256}`)]);
    const asked = proxy.take().map(({ request }) => request.start.replace(/\/api\/v4.*\/(?=.)/, ''));
    expect(asked.toSorted()).toEqual([
      'GET acme-bow/',
      'GET acme-knot/',
      'GET acme-lace/',
      // Of source distributions uv reads what is inside.
      'GET acme_bow-0.1.tar.gz',
      'GET acme_knot-1.5-py3-none-any.whl.metadata',
      'GET acme_lace-1.0-py3-none-any.whl.metadata',
    ]);
  });

  test('a project of its own: add, lock, sync, from the registry alone', async () => {
    const box = await pythonMachine(uv);
    const index = `[[tool.uv.index]]\nname = "acme"\nurl = "${at.simple(at.open)}"\ndefault = true\n`;
    const project = '[project]\nname = "shop"\nversion = "0.1"\nrequires-python = ">=3.8"\n';
    await box.write('pyproject.toml', `${project}${index}`);
    await box.ok(['add', '--python', 'python3', 'acme-lace[fancy]<1.0.1']);
    const lock = await readFile(path.join(box.home, 'uv.lock'), 'utf8');
    expect(lock).toContain('upload-time = "2026-01-10T12:00:00Z"');
    expect(lock).toMatch(/acme_lace-1\.0-py3-none-any\.whl", hash = "sha256:[0-9a-f]{64}", size = \d+/);
    const other = await pythonMachine(uv);
    await other.write('pyproject.toml', await readFile(path.join(box.home, 'pyproject.toml'), 'utf8'));
    await other.write('uv.lock', lock);
    await other.ok(['sync', '--locked', '--python', 'python3']);
    expect(await other.ok(['pip', 'list', '--format', 'freeze'])).toContain('acme-lace==1.0\n');
  });

  test('a private project: credentials in the URL, in netrc, by the index’s name; none, and wrong ones', async () => {
    const box = await pythonMachine(uv);
    await box.ok(install(at.simple(at.secret, dora), 'url', '--no-deps', 'acme-secret'));
    expect(await has(box, 'url')).toEqual({ 'acme-secret': '1.0' });
    expect(await box.fails(install(at.simple(at.secret), 'none', 'acme-secret'))).toContain('401');
    expect(await box.fails(install(at.simple(at.secret, ['dora', 'pkyp_wrong']), 'none', 'acme-secret'))).toContain(
      '401',
    );
    expect(await box.fails(install(at.simple(at.secret, dora), 'none', 'acme-nothing'))).toContain(
      'acme-nothing was not found',
    );
    await box.write('logins', `machine 127.0.0.1 login ${dora[0]} password ${dora[1]}\n`);
    const netrc = { env: { NETRC: path.join(box.home, 'logins') } };
    await box.ok(install(at.simple(at.secret), 'netrc', '--no-deps', 'acme-secret'), netrc);
    expect(await has(box, 'netrc')).toEqual({ 'acme-secret': '1.0' });
    const named = ['pip', 'install', '--python', 'python3', '--target', 'named', '--no-deps', 'acme-secret'];
    const env = { UV_INDEX_ACME_USERNAME: dora[0], UV_INDEX_ACME_PASSWORD: dora[1] };
    await box.ok([...named, '--index', `acme=${at.simple(at.secret)}`], { env });
    expect(await has(box, 'named')).toEqual({ 'acme-secret': '1.0' });
  });

  test('a group with private projects, by somebody who may see them', async () => {
    const box = await pythonMachine(uv);
    await box.ok(install(at.simple(at.acme, dora), 'here', 'acme-secret'));
    expect(await has(box, 'here')).toEqual({ 'acme-lace': '1.0.1', 'acme-secret': '1.0' });
    expect(await box.fails(install(at.simple(at.acme), 'none', 'acme-secret'))).toContain('401');
  });
});
