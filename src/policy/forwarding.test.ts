import { describe, expect, test } from 'vitest';
import { cascaded, levelsOf } from './forwarding.ts';

const on = { forwards: true, locked: false };
const off = { forwards: false, locked: false };
const silent = { forwards: null, locked: false };

describe('what holds', () => {
  test.each([
    [[null], false, false],
    [[null], true, true],
    [[on, null, null], false, true],
    [[on, off, null], false, false],
    [[off, null, on], false, true],
    [[on, off, silent], true, false],
    [[{ ...on, locked: true }, off, off], false, true],
    [[{ ...off, locked: true }, on, on], true, false],
    [[null, { ...silent, locked: true }, on], false, false],
    [[on, { ...silent, locked: true }, off], false, true],
    [[off, on, { ...off, locked: true }], false, false],
  ])('%j, otherwise %j: %j', (words, otherwise, forwards) => {
    expect(cascaded(words, otherwise).forwards).toBe(forwards);
  });

  test('is locked by what lies above, not by the place itself', () => {
    expect(cascaded([null, { ...on, locked: true }], false).lockedAbove).toBe(false);
    expect(cascaded([null, { ...on, locked: true }, null], false).lockedAbove).toBe(true);
  });
});

test('places are looked at from the server down to the project', () => {
  expect(levelsOf({ lineage: '/', projectId: null })).toEqual([{ kind: 'instance' }]);
  expect(levelsOf({ lineage: '/1/5/', projectId: 7 })).toEqual([
    { kind: 'instance' },
    { kind: 'namespace', id: 1 },
    { kind: 'namespace', id: 5 },
    { kind: 'project', id: 7 },
  ]);
});
