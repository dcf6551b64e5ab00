import { expect, test } from 'vitest';
import { keyedParts, type ListWriting } from './keyed-parts.ts';

interface Item {
  readonly id: string;
  readonly name: string;
}

const writing: ListWriting<Item> = {
  mark: 'm',
  separator: ',',
  nameOf: ({ name }) => name,
  write: ({ id }, base) => `${base}${id}`,
};
const items = (count: number): Item[] =>
  Array.from({ length: count }, (_, n) => ({ id: `${n}.1`, name: `foo-1.${n}` }));
const parts = (all: readonly Item[], base = '/') => keyedParts(all, writing, base);
const keys = (all: readonly Item[], base?: string) =>
  new Set(parts(all, base).map((part) => (typeof part === 'string' ? part : part.key)));
const text = (all: readonly Item[]) =>
  parts(all)
    .map((part) => (typeof part === 'string' ? part : part.text()))
    .join('');

test('the parts together are the list', () => {
  for (const count of [0, 1, 31, 32, 2_000]) {
    expect(text(items(count))).toBe(
      items(count)
        .map(({ id }) => `/${id}`)
        .join(),
    );
  }
  expect(parts(items(2_000)).length).toBeGreaterThan(10);
  expect(parts(items(31)).every((part) => typeof part === 'string')).toBe(true);
});

test('an item that comes into the middle, or changes, changes one part', () => {
  const all = items(2_000);
  const before = keys(all);
  const differing = (after: readonly Item[]) => [...keys(after)].filter((key) => !before.has(key)).length;
  expect(differing([...all.slice(0, 700), { id: 'new.1', name: 'foo-new' }, ...all.slice(700)])).toBeLessThanOrEqual(2);
  expect(differing(all.map((item, at) => (at === 700 ? { ...item, id: '700.2' } : item)))).toBe(1);
  expect(differing(all)).toBe(0);
});

test('another mount has other keys', () => {
  const [one, other] = [keys(items(100)), keys(items(100), '/other')];
  expect([...one].filter((key) => other.has(key))).toEqual([]);
});
