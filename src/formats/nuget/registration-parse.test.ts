import { expect, test } from 'vitest';
import { parseRegistration } from './registration-parse.ts';

const index = (...leaves: object[]): string =>
  JSON.stringify({
    items: [{ items: leaves.map((leaf) => ({ catalogEntry: { id: 'Lib', version: '1.0.0', ...leaf } })) }],
  });
const stampOf = (leaf: object): string | undefined => parseRegistration(index(leaf)).entries[0]?.stamp;

test.each([
  ['unlisted', { listed: false }],
  ['deprecated', { deprecation: { reasons: ['Legacy'] } }],
  ['dated', { published: '2026-01-01T00:00:00Z' }],
  ['described', { description: 'x' }],
])('a version that was %s since is another text: what was written of it before is not kept', (_, leaf) => {
  expect(stampOf(leaf)).not.toBe(stampOf({}));
  expect(stampOf(leaf)).toBe(stampOf({ ...leaf }));
});

test('pages nested without end are read no deeper than pages are', () => {
  const deep = `${'{"items":['.repeat(50_000)}${']}'.repeat(50_000)}`;
  expect(parseRegistration(deep).entries).toEqual([]);
});
