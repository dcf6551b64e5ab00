import { expect, test } from 'vitest';
import { formats } from '../../src/formats/index.ts';
import { isTest, sourcesBelow, textOf, walk } from './source.ts';

/** Texts in a program that are exactly a format's id, and where. Examples in the API's documentation are no knowledge. */
function formatsNamedIn(path: string): string[] {
  const ids = new Set(formats.map(({ id }) => id));
  const found: string[] = [];
  for (const source of sourcesBelow(path)) {
    if (isTest(source.path) || source.path.startsWith('src/formats/')) continue;
    const text = textOf(source.path);
    walk(source.program, (node) => {
      if (node.type !== 'Literal' || typeof node.value !== 'string' || !ids.has(node.value)) return;
      if (!text.slice(0, node.start).endsWith('examples: [')) found.push(`${source.path}: ${node.value}`);
    });
  }
  return found;
}

test('nothing outside of the formats knows which there are', () => {
  expect(formatsNamedIn('src')).toEqual([]);
});
