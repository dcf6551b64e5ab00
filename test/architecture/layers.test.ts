import { describe, expect, test } from 'vitest';
import { layers, wrongImports } from './layers.ts';
import { source, sourcesBelow } from './source.ts';

const src = sourcesBelow('src');

test('imports point downwards', () => {
  expect(src.length).toBeGreaterThan(10);
  expect(src.flatMap((one) => one.imports).length).toBeGreaterThan(10);
  expect(wrongImports(src)).toEqual([]);
});

test('every row of the table only names folders of the table', () => {
  for (const allowed of Object.values(layers)) {
    for (const folder of allowed) expect(layers[folder], folder).toBeDefined();
  }
});

describe('the check finds', () => {
  const refused: [file: string, text: string, says: string][] = [
    ['src/lib/x.ts', `import { digest } from '../blobs/blob-store.ts';`, "lib doesn't import blobs"],
    ['src/database/x.ts', `import '../blobs/blob-store.ts';`, "database doesn't import blobs"],
    ['src/catalog/x.ts', `export * from '../registry/publish.ts';`, "catalog doesn't import registry"],
    ['src/catalog/x.ts', `export { a } from '../access/permit.ts';`, "catalog doesn't import access"],
    ['src/registry/x.ts', `const a = await import('../http/server.ts');`, "registry doesn't import http"],
    ['src/registry/x.ts', `import type { A } from '../formats/npm/index.ts';`, "registry doesn't import formats"],
    ['src/registry/x.ts', `import { a } from '../formats/format.ts';`, 'only its types'],
    ['src/registry/x.ts', `import { type A } from '../formats/format.ts';`, 'only its types'],
    ['src/formats/npm/x.ts', `type A = import('../generic/put.ts').A;`, 'another format'],
    ['src/formats/npm/x.ts', `import type { A } from '../../catalog/packages.ts';`, "formats doesn't import catalog"],
    ['src/formats/npm/x.ts', `import { a } from '../../registry/model.ts';`, 'only its types'],
    ['src/api/x.ts', `import type { A } from '../http/server.ts';`, "api doesn't import http"],
    ['src/lib/x.ts', `import { a } from './a.test.ts';`, 'a test'],
    ['src/cli/x.ts', `import { a } from '../../test/harness/server.ts';`, 'outside of src/'],
    ['src/helpers/x.ts', ``, 'has no place in test/architecture/layers.ts'],
    ['src/start.ts', ``, 'has no place in test/architecture/layers.ts'],
  ];
  test.each(refused)('%s: %s', (file, text, says) => {
    expect(wrongImports([source(file, text)])).toEqual([expect.stringContaining(says)]);
  });

  const allowed: [file: string, text: string][] = [
    ['src/catalog/x.ts', `import { a } from '../database/database.ts'; import b from 'semver';`],
    ['src/registry/x.ts', `import type { A } from '../formats/format.ts';`],
    ['src/formats/npm/x.ts', `import type { A } from '../format.ts'; import { b } from './deep/b.ts';`],
    ['src/formats/index.ts', `import { npm } from './npm/index.ts';`],
    ['src/compose.ts', `import { npm } from './formats/index.ts'; import { a } from './http/server.ts';`],
    ['src/http/x.ts', `import { operations } from '../api/index.ts'; import type { F } from '../formats/format.ts';`],
    ['src/lib/x.test.ts', `import { a } from '../http/server.ts';`],
  ];
  test.each(allowed)('nothing in %s: %s', (file, text) => {
    expect(wrongImports([source(file, text)])).toEqual([]);
  });
});
