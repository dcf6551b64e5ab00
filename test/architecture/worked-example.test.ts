import { expect, test } from 'vitest';
import { parcel } from '../examples/parcel/index.ts';
import { impureFormats } from './format-purity.ts';
import { wrongImports } from './layers.ts';
import { source, textOf } from './source.ts';

const page = textOf('docs/adding-a-format.md');

test.each(['document.ts', 'index.ts', 'upstream.ts', 'document.test.ts'])(
  'docs/adding-a-format.md shows %s as it is compiled and tested',
  (file) => {
    expect(page).toContain(`\`\`\`ts\n// src/formats/parcel/${file}\n${asFormat(file)}\`\`\``);
  },
);

test('the worked example keeps the rules of formats', () => {
  const sources = ['document.ts', 'index.ts', 'upstream.ts'].map((file) =>
    source(`src/formats/parcel/${file}`, asFormat(file)),
  );
  expect([...wrongImports(sources), ...impureFormats(sources)]).toEqual([]);
  expect(parcel.routes.map(({ needs }) => needs)).toEqual(['read', 'read', 'publish']);
});

/** The example's text with its imports as they are below `src/formats/`. */
function asFormat(file: string): string {
  return textOf(`test/examples/parcel/${file}`)
    .replaceAll("'../../../src/formats/", "'../")
    .replaceAll("'../../../src/", "'../../");
}
