/** Who may read what, and how pip and poetry are told; uv has its own file. */
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { sdist, wheel } from '../harness/python-packages.ts';
import { describeClient } from './client.ts';
import { type Login, type PypiScene, pypiScene, shoeShop } from './pypi-scene.ts';
import { installed, type PythonMachine, pythonMachine } from './python-machine.ts';

let at: PypiScene;
let dora: Login;

beforeAll(async () => {
  at = await pypiScene();
  dora = [at.developer.username, at.developer.token];
  await at.put(at.open, ...(await shoeShop()));
  await at.put(at.secret, wheel({ name: 'acme-secret', version: '1.0', requires: ['acme-lace'] }));
  // Under a name that the public project has too.
  await at.put(at.secret, await sdist({ name: 'acme-knot', version: '1.7' }));
  return at.end;
});

describeClient('pip@26', (pip) => {
  let box: PythonMachine;
  let target = 0;
  beforeAll(async () => {
    box = await pythonMachine(pip);
  });

  const install = (index: string, ...more: string[]): string[] => [
    'install',
    '--target',
    `here-${++target}`,
    '--index-url',
    index,
    ...more,
  ];
  const has = (): Promise<Record<string, string>> => installed(path.join(box.home, `here-${target}`));
  const refused = (login?: Login): Promise<string> =>
    box.fails(install(at.simple(at.secret, login), '--no-deps', 'acme-secret'));

  test('credentials in the URL: a person’s, a deploy token’s, a project’s', async () => {
    const scopes = ['read_package_registry'];
    const deploy = await at.server.createToken({ kind: 'deploy', of: at.secret, scopes });
    const access = await at.server.createToken({
      kind: 'access',
      of: at.secret,
      level: 'reporter',
      scopes: ['read_api'],
    });
    const logins: Login[] = [
      dora,
      [deploy.username ?? '', deploy.token],
      ['__token__', access.token],
      ['any', dora[1]],
    ];
    for (const login of logins) {
      await box.ok(install(at.simple(at.secret, login), '--no-deps', 'acme-secret'));
      expect(await has()).toEqual({ 'acme-secret': '1.0' });
    }
  });

  test('credentials in netrc', async () => {
    await box.write('.netrc', `machine 127.0.0.1 login ${dora[0]} password ${dora[1]}\n`);
    await box.ok(install(at.simple(at.secret), '--no-deps', 'acme-secret'));
    expect(await has()).toEqual({ 'acme-secret': '1.0' });
    await box.write('.netrc', '');
  });

  test('none, wrong ones, another project’s: nothing is found, and nothing else is said', async () => {
    const other = await at.server.createToken({ kind: 'access', of: at.other, level: 'owner', scopes: ['api'] });
    expect(await refused()).toContain('No matching distribution found');
    expect(await refused(['dora', 'pkyp_wrong'])).toContain('401 Error, Credentials not correct');
    expect(await refused([at.stranger.username, at.stranger.token])).toContain('No matching distribution found');
    expect(await refused(['any', other.token])).toContain('No matching distribution found');
  });

  test('wrong ones are refused by a public project too', async () => {
    expect(await box.fails(install(at.simple(at.open, ['dora', 'pkyp_wrong']), 'acme-bow'))).toContain('401 Error');
  });

  test('the group shows each what they may see', async () => {
    await box.ok(install(at.simple(at.acme, dora), 'acme-secret'));
    expect(await has()).toEqual({ 'acme-knot': '1.7', 'acme-lace': '1.0', 'acme-secret': '1.0' });
    await box.ok(install(at.simple(at.acme, [at.stranger.username, at.stranger.token]), 'acme-lace'));
    expect(await has()).toEqual({ 'acme-knot': '1.5', 'acme-lace': '1.0' });
    await box.ok(install(at.simple(at.acme), 'acme-bow'));
    // A private project has the name too: half the truth would be taken for the whole.
    expect(await box.fails(install(at.simple(at.acme), 'acme-knot'))).toContain('No matching distribution found');
    expect((await fetch(`${at.simple(at.acme)}acme-knot/`)).status).toBe(401);
  });
});

describeClient('poetry', (poetry) => {
  const project = (index: string): string => `[project]
name = "shop"
version = "0.1"
requires-python = ">=3.8,<4"

[tool.poetry]
package-mode = false

[[tool.poetry.source]]
name = "acme"
url = "${index}"
priority = "primary"
`;
  const packages = (box: PythonMachine): Promise<Record<string, string>> =>
    box.ok(['run', '--quiet', 'python', '-c', list]).then((text) => JSON.parse(text) as Record<string, string>);
  const list =
    'import json,importlib.metadata as m; print(json.dumps({d.name.lower().replace(".", "-").replace("_", "-"): d.version for d in m.distributions() if d.name.lower().startswith("acme")}))';

  test('add from the registry alone: an extra, a source distribution; the lock file installs elsewhere', async () => {
    const box = await pythonMachine(poetry);
    await box.write('pyproject.toml', project(at.simple(at.open)));
    await box.ok(['add', '--no-interaction', 'acme-lace[fancy]<1.1']);
    const all = { 'acme-bow': '0.1', 'acme-knot': '1.5', 'acme-lace': '1.0' };
    expect(await packages(box)).toEqual(all);
    const lock = await readFile(path.join(box.home, 'poetry.lock'), 'utf8');
    expect(lock).toMatch(/file = "acme_lace-1\.0-py3-none-any\.whl", hash = "sha256:[0-9a-f]{64}"/);
    expect(lock).toContain(`url = "${at.simple(at.open).replace(/\/$/, '')}"`);
    const other = await pythonMachine(poetry);
    for (const name of ['pyproject.toml', 'poetry.lock'])
      await other.write(name, await readFile(path.join(box.home, name), 'utf8'));
    await other.ok(['install', '--no-interaction']);
    expect(await packages(other)).toEqual(all);
  });

  test('add from a private project, with and without credentials', async () => {
    const box = await pythonMachine(poetry);
    await box.write('pyproject.toml', project(at.simple(at.acme)));
    expect(await box.fails(['add', '--no-interaction', 'acme-secret'])).toMatch(/401|Authorization error/);
    const env = { POETRY_HTTP_BASIC_ACME_USERNAME: dora[0], POETRY_HTTP_BASIC_ACME_PASSWORD: dora[1] };
    await box.ok(['add', '--no-interaction', '--lock', 'acme-secret', 'acme-lace<1.1'], { env });
    const lock = await readFile(path.join(box.home, 'poetry.lock'), 'utf8');
    expect(lock).toContain('acme_secret-1.0-py3-none-any.whl');
    expect(lock).not.toContain(dora[1]);
  });
});

describeClient('pdm', (pdm) => {
  test('add from the registry alone', async () => {
    const box = await pythonMachine(pdm);
    const source = `[[tool.pdm.source]]\nname = "pypi"\nurl = "${at.simple(at.acme, dora)}"\nverify_ssl = false\n`;
    await box.write(
      'pyproject.toml',
      `[project]\nname = "shop"\nversion = "0.1"\nrequires-python = ">=3.8"\n${source}`,
    );
    await box.ok(['add', '--no-self', '--no-isolation', 'acme-secret', 'acme-lace[fancy]<1.1']);
    const lock = await readFile(path.join(box.home, 'pdm.lock'), 'utf8');
    for (const file of ['acme_secret-1.0-py3-none-any.whl', 'acme_lace-1.0-py3-none-any.whl', 'acme_bow-0.1.tar.gz'])
      expect(lock).toContain(`file = "${file}", hash = "sha256:`);
    expect(lock).not.toContain(dora[1]);
  });
});
