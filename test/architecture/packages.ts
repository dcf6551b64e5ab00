import { isTest, type Source } from './source.ts';

/** Packages with one owner each: the folder (or file name ending) that may import them. */
const owners: Readonly<Record<string, (file: string) => boolean>> = {
  fastify: (file) => file.startsWith('src/http/'),
  kysely: (file) => /^src\/(catalog|database)\/|\.store\.ts$/.test(file),
  'node:sqlite': (file) => file.startsWith('src/database/'),
  '@photostructure/sqlite': (file) => file.startsWith('src/database/'),
  pg: (file) => file.startsWith('src/database/'),
  '@aws-sdk/client-s3': (file) => file.startsWith('src/blobs/s3'),
  '@aws-sdk/s3-request-presigner': (file) => file.startsWith('src/blobs/s3'),
  commander: (file) => /^src\/(cli\/|main\.ts)/.test(file),
  '@node-rs/argon2': (file) => file.startsWith('src/access/'),
};

/** Sentences, one for each import of a package outside its owner's folder. Types count too. */
export function strayPackages(sources: readonly Source[]): string[] {
  return sources
    .filter(({ path }) => path.startsWith('src/') && !isTest(path))
    .flatMap(({ path, imports }) =>
      imports
        .map(({ specifier }) => packageOf(specifier))
        .filter((name) => Object.hasOwn(owners, name) && owners[name]?.(path) === false)
        .map((name) => `${path} imports ${name}, which isn't for this folder`),
    );
}

/** `semver/functions/valid.js` → `semver`; Fastify's plugins count as Fastify, its multipart parser is none. */
export function packageOf(specifier: string): string {
  const name = specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
  if (name === '@fastify/busboy') return name;
  return name.startsWith('@fastify/') || name.startsWith('fastify-') ? 'fastify' : name;
}
