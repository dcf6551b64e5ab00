import { expect, test } from 'vitest';
import { deprecationOf, isListed, reasonOf, relisted } from './standing.ts';

const legacy = { reasons: ['Legacy'], message: 'old' };
const plain = { status: 'default', standing: null, standingReason: null } as const;

test.each([
  [plain, null],
  [{ ...plain, standing: 'deprecated' }, { reasons: ['Other'] }],
  [
    { ...plain, standing: 'deprecated', standingReason: 'Use another.' },
    { reasons: ['Other'], message: 'Use another.' },
  ],
  [
    { ...plain, standing: 'deprecated', standingReason: '{not json' },
    { reasons: ['Other'], message: '{not json' },
  ],
  [
    { ...plain, standing: 'deprecated', standingReason: '{"reasons":["X",1],"message":7,"alternatePackage":{"id":3}}' },
    { reasons: ['Other'] },
  ],
  [
    { ...plain, standing: 'deprecated', standingReason: '{"alternatePackage":{"id":"New"}}' },
    { reasons: ['Other'], alternatePackage: { id: 'New', range: '*' } },
  ],
  [{ ...plain, status: 'deprecated' }, { reasons: ['Other'] }],
  [{ ...plain, standing: 'unlisted', standingReason: 'a mistake' }, null],
  [{ ...plain, standing: 'unlisted', standingReason: reasonOf(legacy) }, legacy],
] as const)('what %j says', (said, deprecation) => {
  expect(deprecationOf(said)).toEqual(deprecation);
});

test('unlisting and listing again keep a deprecation', () => {
  const deprecated = { ...plain, standing: 'deprecated', standingReason: reasonOf(legacy) } as const;
  const off = relisted(deprecated, false);
  expect(off).toEqual({ standing: 'unlisted', reason: reasonOf(legacy) });
  const on = relisted({ ...plain, standing: off.standing, standingReason: off.reason }, true);
  expect(on).toEqual({ standing: 'deprecated', reason: reasonOf(legacy) });
  expect(relisted(plain, false)).toEqual({ standing: 'unlisted', reason: null });
  expect(relisted({ ...plain, standing: 'unlisted' }, true)).toEqual({ standing: null, reason: null });
});

test('hidden is as good as unlisted', () => {
  expect(
    [
      plain,
      { ...plain, status: 'hidden' },
      { ...plain, standing: 'unlisted' },
      { ...plain, standing: 'deprecated' },
    ].map((said) => isListed(said as never)),
  ).toEqual([true, false, false, true]);
});
