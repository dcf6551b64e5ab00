import { expect, test } from 'vitest';
import { hint, looksLikeToken, newToken, tokenDigest } from './token-format.ts';

test.each([
  ['personal', 'pkyp_'],
  ['project', 'pkyr_'],
  ['group', 'pkyg_'],
  ['deploy', 'pkyd_'],
] as const)('a %s token begins with %s, is long enough and knows itself', (kind, prefix) => {
  const token = newToken(kind);
  expect(token).toMatch(new RegExp(`^${prefix}[0-9A-Za-z]{49}$`));
  expect(looksLikeToken(token)).toBe(true);
  expect(hint(token)).toBe(token.slice(0, 9));
});

test('no two are alike', () => {
  expect(new Set(Array.from({ length: 500 }, () => newToken('personal'))).size).toBe(500);
});

test('the checksum tells a token from a look-alike', () => {
  const token = newToken('personal');
  const at = 20;
  const other = token[at] === 'a' ? 'b' : 'a';
  expect(looksLikeToken(token.slice(0, at) + other + token.slice(at + 1))).toBe(false);
  expect(looksLikeToken(token.replace('pkyp_', 'pkyd_'))).toBe(false);
  for (const text of ['', token.slice(1), `${token}0`, `${token}\n`, token.replace('pkyp_', 'glpat-')]) {
    expect(looksLikeToken(text)).toBe(false);
  }
});

test('the form is fixed: a scanner that knows it keeps working', () => {
  // CRC32 of `pkyp_` and 43 zeros, in base62.
  const body = `pkyp_${'0'.repeat(43)}`;
  expect(looksLikeToken(`${body}4JV31U`)).toBe(true);
});

test('the digest is SHA-256; of a token that we did not make little is shown', () => {
  expect(tokenDigest('abc')).toBe('ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad');
  expect(hint('some-imported-token-value')).toBe('some');
});
