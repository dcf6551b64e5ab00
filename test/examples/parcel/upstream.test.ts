import { expect, test } from 'vitest';
import { parcelUpstream } from './upstream.ts';

test('the file lies where the list says, and must be what it says', () => {
  const name = { key: 'tea', display: 'tea', namespace: null };
  const wanted = { name, versionKey: '1', fileName: 'parcel', role: null, sha256: null, dates: false };
  const steps = parcelUpstream.file(wanted);
  const asked = steps.next();
  expect(asked.value).toMatchObject({ path: 'tea' });
  const entries = [{ version: '1', publishedAt: 1_000, sha256: 'aa' }];
  expect(steps.next({ name: 'tea', entries }).value).toMatchObject({ path: 'tea/1', digests: { sha256: 'aa' } });
});
