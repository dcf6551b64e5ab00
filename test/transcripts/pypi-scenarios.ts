import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type Distribution, sdist, wheel } from '../harness/python-packages.ts';
import type { Command, Scenario } from './scenarios.ts';

const lace = { name: 'acme-lace', version: '1.0', summary: 'Ties shoes', requires: ["acme.knot<2; extra == 'tight'"] };
const knot = { name: 'Acme.Knot', version: '1.5', requiresPython: '>=3.8' };
const login = ['--username', 'root', '--password', '<root token>'];

/** Files in `dist/`, those of earlier commands taken away. */
const dist =
  (...files: (Distribution | Promise<Distribution>)[]) =>
  async (folder: string): Promise<void> => {
    await rm(join(folder, 'dist'), { recursive: true, force: true });
    await mkdir(join(folder, 'dist'));
    for (const file of files) {
      const { fileName, bytes } = await file;
      await writeFile(join(folder, 'dist', fileName), bytes);
    }
  };

const write =
  (files: Readonly<Record<string, string>>) =>
  async (folder: string): Promise<void> => {
    for (const [name, text] of Object.entries(files)) await writeFile(join(folder, name), text);
  };

/** Each command once: what is new, the same again, other bytes under the name, and a wrong token. */
const uploads = (argv: readonly string[]): Command[] => [
  { prepare: dist(wheel({ ...lace, extras: ['tight'] }), sdist(lace)), argv },
  { argv },
  { prepare: dist(wheel({ ...lace, summary: 'Something else' })), argv },
  { argv: argv.map((word) => word.replace('<root token>', 'pkyp_wrong')) },
];

const twine = ['upload', '--non-interactive', '--repository-url', '<packages>/pypi', ...login, 'dist/*'];
const uv = ['uv', 'publish', '--trusted-publishing', 'never', '--publish-url', '<packages>/pypi', ...login];
const shelf = dist(wheel({ ...lace, extras: ['tight'] }), wheel(knot), sdist({ name: 'acme-bow', version: '0.1' }));
const pip = (id: 'pip@21' | 'pip@26'): Command[] => [
  { prepare: shelf, argv: [...uv, 'dist/*'] },
  {
    argv: [id, 'install', '--target', 'here', '--index-url', '<packages>/pypi/simple/', 'acme-lace[tight]', 'acme-bow'],
  },
  { argv: [id, 'download', '--no-deps', '-d', 'one', '--index-url', '<packages>/pypi/simple', 'Acme_Lace'] },
  { argv: [id, 'install', '--target', 'there', '--index-url', '<packages>/pypi/simple/', 'acme-nothing'] },
  { argv: [id, 'index', 'versions', '--index-url', '<packages>/pypi/simple/', 'acme.knot'] },
];

const shop = `[project]
name = "shop"
version = "0.1"
requires-python = ">=3.8,<4"

[tool.poetry]
package-mode = false

[[tool.poetry.source]]
name = "acme"
url = "<packages>/pypi/simple/"
priority = "primary"
`;
const flit = `[build-system]
requires = ["flit_core"]
build-backend = "flit_core.buildapi"

[project]
name = "acme-flit"
version = "1.0"
description = "Ties shoes"
`;

export const pypiScenarios: readonly Scenario[] = [
  { file: 'pypi/twine-7', title: 'twine 7 upload', commands: uploads(['twine@7', ...twine]) },
  { file: 'pypi/twine-4', title: 'twine 4 upload', commands: uploads(['twine@4', ...twine]) },
  {
    file: 'pypi/uv',
    title: 'uv publish, publish --check-url, pip install, pip compile',
    commands: [
      ...uploads([...uv, 'dist/*']),
      { prepare: shelf, argv: [...uv, '--check-url', '<packages>/pypi/simple/', 'dist/*'] },
      {
        argv: 'uv pip install --python python3 --target here --index-url <packages>/pypi/simple/ acme-lace[tight]'.split(
          ' ',
        ),
      },
      {
        argv: 'uv pip install --python python3 --target there --index-url <packages>/pypi/simple/ acme-nothing'.split(
          ' ',
        ),
      },
    ],
  },
  { file: 'pypi/pip-21', title: 'pip 21 install, download, index versions', commands: pip('pip@21') },
  { file: 'pypi/pip-26', title: 'pip 26 install, download, index versions', commands: pip('pip@26') },
  {
    file: 'pypi/poetry',
    title: 'poetry publish, add',
    commands: [
      {
        prepare: write({ 'pyproject.toml': shop }),
        argv: ['poetry', 'config', 'repositories.acme', '<packages>/pypi'],
      },
      {
        prepare: async (folder) => {
          await dist(wheel({ ...lace, extras: ['tight'] }), sdist(lace))(folder);
          await write({ 'pyproject.toml': flit.replace('acme-flit', 'acme-lace') })(folder);
        },
        argv: ['poetry', 'publish', '-n', '-r', 'acme', ...login],
      },
      { prepare: shelf, argv: [...uv, 'dist/*'] },
      { prepare: write({ 'pyproject.toml': shop }), argv: ['poetry', 'add', '-n', 'acme-lace[tight]', 'acme-bow'] },
    ],
  },
  {
    file: 'pypi/flit',
    title: 'flit publish, again, other bytes, another version',
    commands: [
      {
        prepare: write({ 'pyproject.toml': flit, 'acme_flit.py': '"""Ties shoes"""\n' }),
        argv: ['flit', 'publish', '--no-use-vcs'],
      },
      { argv: ['flit', 'publish', '--no-use-vcs'] },
      {
        prepare: write({ 'acme_flit.py': '"""Ties boots"""\n' }),
        argv: ['flit', 'publish', '--no-use-vcs'],
      },
      {
        prepare: write({ 'pyproject.toml': flit.replace('1.0', '1.1') }),
        argv: ['flit', 'publish', '--no-use-vcs'],
      },
    ],
  },
];
