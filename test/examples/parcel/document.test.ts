import { expect, test } from 'vitest';
import { parcelList } from './document.ts';

const list = {
  name: 'tea',
  entries: [
    { version: '1', publishedAt: 1_000, sha256: 'aa' },
    { version: '2', publishedAt: null, sha256: 'bb' },
  ],
};
const versionsOf = (doc: typeof list) => parcelList.versions(doc).map(({ version }) => version);

test('the laws of a document kind', () => {
  expect(parcelList.keep(list, new Set(versionsOf(list)))).toEqual(list);
  expect(parcelList.versions(parcelList.keep(list, new Set(['2', '9'])))).toEqual([list.entries[1]]);
  expect(parcelList.merge([list])).toEqual(list);
  const other = { name: 'tea', entries: [{ version: '2', publishedAt: 2_000, sha256: 'cc' }] };
  expect(parcelList.merge([list, other]).entries[1]).toEqual({ version: '2', publishedAt: 2_000, sha256: 'bb' });
  const { parts } = parcelList.render(list, { base: 'https://x' });
  const text = parts.map((part) => (typeof part === 'string' ? part : part.text())).join('');
  expect(parcelList.parse(text)).toEqual(list);
});
