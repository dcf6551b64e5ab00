import { createHash } from 'node:crypto';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { sdist, wheel } from '../harness/python-packages.ts';
import { describeClient } from './client.ts';
import { digestsOf, type Login, type PypiScene, pypiScene } from './pypi-scene.ts';
import { pythonMachine, workshop } from './python-machine.ts';

let at: PypiScene;
let dora: Login;

beforeAll(async () => {
  at = await pypiScene();
  dora = [at.developer.username, at.developer.token];
  return at.end;
});

describeClient('uv', (uv) => {
  const publish = (url: string, [user, password]: Login, ...more: string[]): string[] => [
    ...'publish --trusted-publishing never --publish-url'.split(' '),
    url,
    '--username',
    user,
    '--password',
    password,
    ...more,
    'dist/*',
  ];

  test('a wheel and a source distribution; the same again; other bytes; what is there already', async () => {
    const lace = { name: 'acme-uv', version: '1.0' };
    const files = [wheel(lace), await sdist(lace)];
    const box = await workshop(uv, ...files);
    const said = await box.run(publish(at.upload(at.secret), dora));
    expect([said.code, said.stderr]).toEqual([0, expect.stringContaining('Uploading acme_uv-1.0-py3-none-any.whl')]);
    expect((await at.page('acme-uv', at.secret, dora)).digests).toEqual(digestsOf(...files));
    await box.ok(publish(at.upload(at.secret), dora));
    const check = ['--check-url', at.simple(at.secret)];
    const checked = await box.run(publish(at.upload(at.secret), dora, ...check));
    expect([checked.code, checked.stderr]).toEqual([0, expect.stringContaining('already exists, skipping')]);
    const changed = await workshop(uv, wheel({ ...lace, summary: 'Something else' }));
    expect(await changed.fails(publish(at.upload(at.secret), dora))).toContain('File already exists');
    expect(await changed.fails(publish(at.upload(at.secret), dora, ...check))).toMatch(/hash|differ|match/i);
  });

  test('a new project with --check-url, whose page is not there yet', async () => {
    const file = wheel({ name: 'acme-uv-new', version: '1.0' });
    const box = await workshop(uv, file);
    await box.ok(publish(at.upload(at.open), dora, '--check-url', at.simple(at.open)));
    expect((await at.page('acme-uv-new')).digests).toEqual(digestsOf(file));
  });

  test('who may not', async () => {
    const box = await workshop(uv, wheel({ name: 'acme-forbidden', version: '1.0' }));
    expect(await box.fails(publish(at.upload(at.secret), ['dora', 'pkyp_wrong']))).toContain('401');
    expect(await box.fails(publish(at.upload(at.secret), [at.guest.username, at.guest.token]))).toContain('403');
  });
});

const project = (backend: string, requires: string, more = ''): string => `[build-system]
requires = ["${requires}"]
build-backend = "${backend}"

[project]
name = "acme-built"
version = "1.0"
description = "Built by ${backend}"
requires-python = ">=3.8"
${more}`;

describeClient('poetry', (poetry) => {
  test('publish what is built, again, and other bytes', async () => {
    const lace = { name: 'acme-poetry', version: '1.0' };
    const box = await workshop(poetry, wheel(lace), await sdist(lace));
    await box.write(
      'pyproject.toml',
      project('poetry.core.masonry.api', 'poetry-core').replace('acme-built', lace.name),
    );
    await box.ok(['config', 'repositories.acme', at.upload(at.open)]);
    const publish = ['publish', '--no-interaction', '-r', 'acme', '-u', dora[0], '-p', dora[1]];
    expect(await box.ok(publish)).toContain('Publishing acme-poetry (1.0) to acme');
    expect(Object.keys((await at.page('acme-poetry')).digests)).toHaveLength(2);
    await box.ok(publish);
    const { fileName, bytes } = wheel({ ...lace, summary: 'Something else' });
    await writeFile(path.join(box.home, 'dist', fileName), bytes);
    expect(await box.fails(publish)).toMatch(/400.*File already exists/s);
    await box.ok([...publish, '--skip-existing']);
    expect(await box.fails([...publish.slice(0, -1), 'pkyp_wrong'])).toContain('401');
  });
});

describeClient('flit', (flit) => {
  test('build and publish', async () => {
    const box = await pythonMachine(flit, {
      FLIT_INDEX_URL: at.upload(at.open),
      FLIT_USERNAME: dora[0],
      FLIT_PASSWORD: dora[1],
    });
    await box.write('pyproject.toml', project('flit_core.buildapi', 'flit_core').replace('acme-built', 'acme-flit'));
    await box.write('acme_flit/__init__.py', '"""Ties shoes"""\n');
    await box.ok(['publish', '--no-use-vcs']);
    const { files } = await at.page('acme-flit');
    expect(files.map(({ filename }) => filename)).toEqual(['acme_flit-1.0-py3-none-any.whl', 'acme_flit-1.0.tar.gz']);
    const refused = await box.fails(['publish'], { env: { FLIT_PASSWORD: 'pkyp_wrong' } });
    expect(refused).toContain('401');
  });
});

describeClient('hatch', (hatch) => {
  test('publish what is built, and again', async () => {
    const lace = { name: 'acme-hatch', version: '1.0' };
    const files = [wheel(lace), await sdist(lace)];
    const box = await workshop(hatch, ...files);
    const publish = ['publish', '--no-prompt', '-r', at.upload(at.open), '-u', dora[0], '-a'];
    await box.ok([...publish, dora[1]]);
    expect((await at.page('acme-hatch')).digests).toEqual(digestsOf(...files));
    await box.ok([...publish, dora[1]]);
    expect(await box.fails([...publish, 'pkyp_wrong'])).toContain('401');
  });
});

describeClient('pdm', (pdm) => {
  test('publish what is built, again, and other bytes', async () => {
    const lace = { name: 'acme-pdm', version: '1.0' };
    const files = [wheel(lace), await sdist(lace)];
    const box = await workshop(pdm, ...files);
    await box.write('pyproject.toml', project('pdm.backend', 'pdm-backend').replace('acme-built', lace.name));
    const publish = ['publish', '--no-build', '-r', at.upload(at.open), '-u', dora[0], '-P'];
    await box.ok([...publish, dora[1]]);
    expect((await at.page('acme-pdm')).digests).toEqual(digestsOf(...files));
    await box.ok([...publish, dora[1]]);
    const { fileName, bytes } = wheel({ ...lace, summary: 'Something else' });
    await writeFile(path.join(box.home, 'dist', fileName), bytes);
    expect(await box.fails([...publish, dora[1]])).toContain('400 Bad Request');
    await box.ok([...publish, dora[1], '--skip-existing']);
  });
});

describeClient('build', (build) => {
  test('what it builds is taken', async () => {
    const box = await pythonMachine(build);
    await box.write('pyproject.toml', project('flit_core.buildapi', 'flit_core'));
    await box.write('acme_built/__init__.py', '"""Ties shoes"""\n');
    await box.ok(['--no-isolation', '.']);
    const names = (await readdir(path.join(box.home, 'dist'))).toSorted();
    expect(names).toEqual(['acme_built-1.0-py3-none-any.whl', 'acme_built-1.0.tar.gz']);
    const [said, sent] = [
      wheel({ name: 'acme-built', version: '1.0' }),
      await sdist({ name: 'acme-built', version: '1.0' }),
    ];
    for (const { fileName, fields } of [said, sent]) {
      const bytes = await readFile(path.join(box.home, 'dist', fileName));
      const sha256 = createHash('sha256').update(bytes).digest('hex');
      await at.put(at.open, { fileName, bytes, sha256, fields, metadata: '' });
    }
    expect(Object.keys((await at.page('acme-built')).digests)).toEqual(names);
  });
});
