import path from 'node:path';
import { isTest, type Import, type Source } from './source.ts';

/**
 * The import direction: a folder of `src/` and the folders it may import besides itself. A folder that is not listed
 * fails, so a new one is placed here on purpose. Folders of one row don't know each other.
 */
const below = {
  ground: ['lib', 'problems'],
  stores: ['lib', 'problems', 'database', 'blobs', 'config'],
  domain: ['lib', 'problems', 'database', 'blobs', 'config', 'catalog'],
  pipeline: [
    'lib',
    'problems',
    'database',
    'blobs',
    'config',
    'catalog',
    'access',
    'policy',
    'usage',
    'jobs',
    'upstream',
  ],
  edge: [
    'lib',
    'problems',
    'database',
    'blobs',
    'config',
    'catalog',
    'access',
    'advisories',
    'policy',
    'usage',
    'jobs',
    'upstream',
    'registry',
  ],
} as const;

export const layers: Readonly<Record<string, readonly string[]>> = {
  lib: ['problems'],
  problems: [],
  database: below.ground,
  blobs: below.ground,
  config: below.ground,
  catalog: below.stores,
  access: below.domain,
  advisories: below.domain,
  policy: below.domain,
  usage: below.domain,
  jobs: below.domain,
  upstream: below.domain,
  registry: below.pipeline,
  formats: ['lib', 'problems'],
  processes: ['lib', 'problems'],
  api: below.edge,
  // The API is data and pure functions; the web framework mounts it.
  http: [...below.edge, 'api'],
  'version.ts': [],
};

/** Folders (and files of the root of `src/`) that may import anything: the places that construct and start things. */
export const unrestricted: ReadonlySet<string> = new Set(['cli', 'compose.ts', 'main.ts']);

/** Seams: files of which these folders may import the types, against the direction or beside it. */
export const seams: Readonly<Record<string, readonly string[]>> = {
  'src/formats/format.ts': ['registry', 'http', 'api', 'upstream'],
  'src/registry/model.ts': ['formats'],
};

/** Sentences, one for each import that points the wrong way. */
export function wrongImports(sources: readonly Source[]): string[] {
  return sources.filter((source) => !isTest(source.path)).flatMap(wrongImportsOf);
}

function wrongImportsOf(source: Source): string[] {
  const from = folderOf(source.path);
  if (!unrestricted.has(from) && layers[from] === undefined) {
    return [`${source.path}: src/${from} has no place in test/architecture/layers.ts`];
  }
  return source.imports.flatMap((one) => {
    if (!one.specifier.startsWith('.')) return [];
    const target = path.posix.join(path.posix.dirname(source.path), one.specifier);
    const reason = wrongBecause(source.path, from, target, one);
    return reason === null ? [] : [`${source.path} imports ${target}: ${reason}`];
  });
}

function wrongBecause(file: string, from: string, target: string, one: Import): string | null {
  if (!target.startsWith('src/')) return 'outside of src/';
  if (isTest(target)) return 'a test';
  if (unrestricted.has(from)) return null;
  if (seams[target]?.includes(from) === true) return one.typeOnly ? null : 'only its types may be imported here';
  const to = folderOf(target);
  if (from === to) return from === 'formats' ? wrongBetweenFormats(file, target) : null;
  return layers[from]?.includes(to) === true ? null : `${from} doesn't import ${to}`;
}

const seamFiles: ReadonlySet<string> = new Set(
  ['format', 'accounts-port', 'document-kind', 'exchange', 'upstream-protocol', 'elsewhere'].map(
    (name) => `src/formats/${name}.ts`,
  ),
);

/** A format sees the seam and itself; `formats/index.ts` lists them all. */
function wrongBetweenFormats(file: string, target: string): string | null {
  if (seamFiles.has(target) || file === 'src/formats/index.ts') return null;
  return formatOf(file) === formatOf(target) ? null : 'another format';
}

function formatOf(file: string): string {
  return file.split('/')[2] ?? '';
}

/** `lib` of `src/lib/x.ts`; the file's own name for files of the root. */
function folderOf(file: string): string {
  return file.split('/')[1] ?? '';
}
