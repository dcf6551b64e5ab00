import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mavenScenarios } from './maven-scenarios.ts';
import { nugetScenarios } from './nuget-scenarios.ts';
import { pypiScenarios } from './pypi-scenarios.ts';
import { terraformScenarios } from './terraform-scenarios.ts';

/** What a real client did when a transcript was recorded: commands in order, in one folder with one cache. */
export interface Scenario {
  /** File below `test/transcripts/`, without its ending. */
  readonly file: string;
  readonly title: string;
  /** Of a client that can't be had here: its requests were written after its source and documentation. */
  readonly written?: true;
  /** The server's clock, which stands still; for answers whose digests tell the time. */
  readonly clock?: number;
  readonly commands: readonly Command[];
}

export interface Command {
  /** Runs before the command, in its folder. */
  readonly prepare?: (folder: string) => Promise<void>;
  /**
   * `npm`, `curl`, nuget.exe, a Maven or one of the pinned Python tools, and its arguments, or `ask` and a request; `<generic>`, `<packages>`, `<root token>` and
   * `<origin>` are replaced.
   */
  readonly argv: readonly string[];
}

const pkg =
  (version: string, more: Record<string, unknown> = {}) =>
  async (folder: string): Promise<void> => {
    await mkdir(folder, { recursive: true });
    const manifest = {
      name: '@acme/lace',
      version,
      description: 'Ties shoes',
      license: 'MIT',
      main: 'index.js',
      ...more,
    };
    await writeFile(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
    await writeFile(join(folder, 'index.js'), `module.exports = '${version}';\n`);
    await writeFile(join(folder, 'README.md'), '# lace\n');
  };

const file =
  (text: string) =>
  (folder: string): Promise<void> =>
    writeFile(join(folder, 'file.txt'), text);

export const scenarios: readonly Scenario[] = [
  {
    file: 'npm/publish-and-read',
    title: 'npm publish, again, view, dist-tag, deprecate, undeprecate, unpublish',
    commands: [
      { prepare: pkg('1.0.0'), argv: ['npm', 'publish'] },
      { argv: ['npm', 'publish', '--force'] },
      {
        prepare: pkg('1.1.0', { dependencies: { '@acme/knot': '^1.0.0' } }),
        argv: ['npm', 'publish', '--tag', 'next'],
      },
      { argv: ['npm', 'view', '@acme/lace', 'versions'] },
      { argv: ['npm', 'dist-tag', 'add', '@acme/lace@1.1.0', 'beta'] },
      { argv: ['npm', 'dist-tag', 'rm', '@acme/lace', 'beta'] },
      { argv: ['npm', 'deprecate', '@acme/lace@1.0.0', 'tie it anew'] },
      { argv: ['npm', 'undeprecate', '@acme/lace@1.0.0'] },
      { argv: ['npm', 'unpublish', '@acme/lace@1.1.0'] },
      { argv: ['npm', 'unpublish', '@acme/lace', '--force'] },
      { argv: ['npm', 'view', '@acme/lace'] },
    ],
  },
  {
    file: 'npm/account',
    title: 'npm ping, whoami, profile get, token list, access, owner, search, audit',
    commands: [
      { argv: ['npm', 'ping'] },
      { argv: ['npm', 'whoami'] },
      { argv: ['npm', 'profile', 'get'] },
      { prepare: pkg('1.0.0'), argv: ['npm', 'publish'] },
      { argv: ['npm', 'access', 'get', 'status', '@acme/lace'] },
      { argv: ['npm', 'access', 'list', 'collaborators', '@acme/lace'] },
      { argv: ['npm', 'owner', 'ls', '@acme/lace'] },
      { argv: ['npm', 'star', '@acme/lace'] },
      { argv: ['npm', 'stars'] },
      { argv: ['npm', 'search', 'ties shoes'] },
    ],
  },
  {
    file: 'generic/upload-and-download',
    title: 'curl: upload, sub-path, select, range, conditional, refusals',
    commands: [
      { prepare: file('one'), argv: ['curl', '-T', 'file.txt', '<generic>/tool/1.0.0/file.txt'] },
      { argv: ['curl', '-T', 'file.txt', '<generic>/tool/1.0.0/linux/x64/file.txt?select=package_file'] },
      { argv: ['curl', '<generic>/tool/1.0.0/file.txt'] },
      { argv: ['curl', '-r', '1-', '<generic>/tool/1.0.0/file.txt'] },
      { argv: ['curl', '-r', '9-', '<generic>/tool/1.0.0/file.txt'] },
      { argv: ['curl', '-I', '<generic>/tool/1.0.0/linux/x64/file.txt'] },
      { argv: ['curl', '-H', 'If-None-Match: *', '-T', 'file.txt', '<generic>/tool/1.0.0/file.txt'] },
      { argv: ['curl', '-T', 'file.txt', '<generic>/tool/1.0.0/file.txt?status=shown'] },
      { argv: ['curl', '-T', 'file.txt', '<generic>/tool/..1/file.txt'] },
      { argv: ['curl', '-T', 'file.txt', '-H', 'Content-Range: bytes 2-4/5', '<generic>/tool/1.0.0/part.txt'] },
      { argv: ['curl', '-F', 'file=@file.txt', '-X', 'PUT', '<generic>/tool/1.0.0/form.txt'] },
      { argv: ['curl', '<generic>/tool/1.0.0/missing.txt'] },
    ],
  },
  ...terraformScenarios,
  ...pypiScenarios,
  ...mavenScenarios,
  ...nugetScenarios,
];
