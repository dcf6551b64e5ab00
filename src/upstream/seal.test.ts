import { expect, test } from 'vitest';
import { Seal } from './seal.ts';

const seal = new Seal(async () => 'k'.repeat(32));

test('what was sealed is opened with the same key, and with no other', async () => {
  const sealed = await seal.seal('pässword');
  expect(sealed).not.toContain('ssword');
  expect(await seal.open(sealed)).toBe('pässword');
  expect(await new Seal(async () => 'l'.repeat(32)).open(sealed)).toBeNull();
  expect(await seal.seal('pässword')).not.toBe(sealed);
});

test.each(['', 'x', '1.AA.AA.AA', '2.AA.AA.AA'])('%j is nothing that was sealed', async (text) => {
  expect(await seal.open(text)).toBeNull();
});
