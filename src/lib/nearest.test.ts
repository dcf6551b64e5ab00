import { expect, test } from 'vitest';
import { nearest } from './nearest.ts';

const words = ['PACKYARD_PORT', 'PACKYARD_HOST', 'PACKYARD_DATA'];

test.each([
  ['PACKYARD_POTR', 'PACKYARD_PORT'],
  ['PACKYARD_HOSTS', 'PACKYARD_HOST'],
  ['PACKYARD_DAT', 'PACKYARD_DATA'],
  ['PACKYARD_SOMETHING', null],
  ['', null],
])('%s → %s', (word, meant) => {
  expect(nearest(word, words)).toBe(meant);
});
