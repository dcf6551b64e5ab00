/** The packages that every server gets: of a usual shape and size, made before anything is timed. */
import { randomBytes } from 'node:crypto';
import { type NpmPackage, packageOf, publishDocument } from '../harness/packages.ts';
import { tarball } from '../harness/tarball.ts';

export interface BenchVersion {
  readonly name: string;
  readonly version: string;
  readonly packed: NpmPackage;
  /** Body of the request that publishes it. */
  readonly body: Buffer;
}

/** Whether everyone may read the package, on every server: rights go by name. */
export function isOpen(name: string): boolean {
  return name.startsWith('open-');
}

/** Versions `1.0.<first>` and up, each with a file of `fileSize` bytes that doesn't compress. */
export async function versionsOf(
  name: string,
  { count, first = 0, fileSize = 300 }: { readonly count: number; readonly first?: number; readonly fileSize?: number },
): Promise<BenchVersion[]> {
  const versions: BenchVersion[] = [];
  for (let patch = first; patch < first + count; patch++) {
    versions.push(await benchVersion(name, `1.0.${patch}`, fileSize));
  }
  return versions;
}

/** `count` packages of one version each, names beginning with `prefix`. */
export async function newPackages(prefix: string, count: number, fileSize: number): Promise<BenchVersion[]> {
  const packages: BenchVersion[] = [];
  for (let index = 0; index < count; index++) {
    packages.push(await benchVersion(`${prefix}-${index}`, '1.0.0', fileSize));
  }
  return packages;
}

/**
 * `count` packages of one version each, of which each depends on the three that follow its place in a tree: a project that
 * depends on the first gets them all.
 */
export async function packageTree(prefix: string, count: number, fileSize: number): Promise<BenchVersion[]> {
  const packages: BenchVersion[] = [];
  for (let index = 0; index < count; index++) {
    const below = [1, 2, 3].map((branch) => index * 3 + branch).filter((each) => each < count);
    const dependencies = Object.fromEntries(below.map((each) => [`${prefix}-${each}`, '^1.0.0']));
    packages.push(await benchVersion(`${prefix}-${index}`, '1.0.0', fileSize, { dependencies, devDependencies: {} }));
  }
  return packages;
}

async function benchVersion(
  name: string,
  version: string,
  fileSize: number,
  other: Readonly<Record<string, unknown>> = {},
): Promise<BenchVersion> {
  const packageJson = { name, version, ...manifest, ...other };
  const archive = await tarball([
    { name: 'package/package.json', content: JSON.stringify(packageJson, null, 2) },
    { name: 'package/index.js', content: 'module.exports = require("./lib/table.bin");\n' },
    { name: 'package/lib/table.bin', content: randomBytes(fileSize) },
  ]);
  const packed = packageOf(packageJson, archive);
  const body = Buffer.from(JSON.stringify(publishDocument(packed)));
  return { name, version, packed, body };
}

/** Of the size that a library's manifest usually has: 1.5 KB in a full packument, half of it in the abbreviated one. */
const manifest = {
  description: 'Formats tables for terminals',
  license: 'MIT',
  main: 'index.js',
  keywords: ['table', 'grid', 'layout', 'text', 'terminal', 'console'],
  homepage: 'https://github.com/example/bench-package#readme',
  bugs: { url: 'https://github.com/example/bench-package/issues' },
  repository: { type: 'git', url: 'git+https://github.com/example/bench-package.git' },
  author: { name: 'Alex Example', email: 'alex@example.com' },
  exports: { '.': { import: './lib/index.mjs', require: './index.js' }, './package.json': './package.json' },
  engines: { node: '>=18' },
  scripts: { test: 'node --test', lint: 'eslint .', build: 'tsc -p .', prepare: 'npm run build' },
  dependencies: { 'ansi-styles': '^6.2.1', 'string-width': '^7.0.0', 'strip-ansi': '^7.1.0', wrap: '^9.0.0' },
  devDependencies: { eslint: '^9.10.0', typescript: '^5.6.2', tap: '^21.0.1', prettier: '^3.3.3', c8: '^10.1.2' },
} as const;
