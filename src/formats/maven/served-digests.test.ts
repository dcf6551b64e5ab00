import { expect, test } from 'vitest';
import type { Digests } from '../../registry/model.ts';
import { ServedDigests } from './served-digests.ts';

const digests = (text: string): Digests => ({ md5: text, sha1: text, sha256: text, sha512: text });

test('for a moment, the last that somebody got', () => {
  const served = new ServedDigests();
  served.remember('alice', digests('1'), 1_000);
  served.remember('bob', digests('2'), 2_000);
  served.remember('alice', digests('3'), 3_000);
  expect(served.recall('alice', 8_000)?.sha1).toBe('3');
  expect(served.recall('alice', 8_001)).toBeNull();
  expect(served.recall('bob', 3_000)?.sha1).toBe('2');
  expect(served.recall('carol', 3_000)).toBeNull();
});

test('of many, the oldest are forgotten', () => {
  const served = new ServedDigests();
  for (let n = 0; n < 6_000; n++) served.remember(`${n}`, digests(`${n}`), 1_000);
  expect(served.recall('0', 1_000)).toBeNull();
  expect(served.recall('5999', 1_000)?.md5).toBe('5999');
});
