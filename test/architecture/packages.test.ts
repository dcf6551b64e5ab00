import { expect, test } from 'vitest';
import { strayPackages } from './packages.ts';
import { source, sourcesBelow } from './source.ts';

test('the web framework, the database engines and the command line have one owner each', () => {
  expect(strayPackages(sourcesBelow('src'))).toEqual([]);
});

test.each([
  ['src/api/x.ts', `import type { FastifyInstance } from 'fastify';`],
  ['src/registry/x.ts', `import files from '@fastify/static';`],
  ['src/registry/x.ts', `import { sql } from 'kysely';`],
  ['src/catalog/x.ts', `const { DatabaseSync } = await import('node:sqlite');`],
  ['src/http/x.ts', `import { Command } from 'commander';`],
  ['src/blobs/connect.ts', `import { S3Client } from '@aws-sdk/client-s3';`],
])('%s: %s is found', (file, text) => {
  expect(strayPackages([source(file, text)])).toHaveLength(1);
});

test('owners keep theirs', () => {
  expect(strayPackages([source('src/http/x.ts', `import Fastify from 'fastify';`)])).toEqual([]);
  expect(strayPackages([source('src/access/tokens.store.ts', `import { sql } from 'kysely';`)])).toEqual([]);
});
