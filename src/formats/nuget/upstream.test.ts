import { describe, expect, test } from 'vitest';
import type { UpstreamAnswerHead } from '../upstream-protocol.ts';
import { readPackageHash, readRegistration } from './upstream-registration.ts';
import { readServiceIndex } from './upstream-addresses.ts';

const head: UpstreamAnswerHead = { url: 'https://up.example/v3/index.json', mediaType: '', headers: {} };
const index = (...resources: unknown[]): string => JSON.stringify({ version: '3.0.0', resources });
const flat = { '@id': '/flat', '@type': 'PackageBaseAddress/3.0.0' };

describe('the service index', () => {
  test('the hive with most versions, links made whole', () => {
    const text = index(flat, { '@id': 'plain', '@type': 'RegistrationsBaseUrl' }, null, {
      '@id': 'https://up.example/best/',
      '@type': ['RegistrationsBaseUrl/3.6.0', 'x'],
    });
    expect(readServiceIndex(text, head)).toEqual({
      content: 'https://up.example/flat/',
      registration: 'https://up.example/best/',
      origin: 'https://up.example',
    });
  });

  test.each([
    ['<html>'],
    ['[]'],
    [index()],
    [index(flat)],
    [index({ '@id': 'http://', '@type': 'PackageBaseAddress/3.0.0' })],
    [JSON.stringify({ resources: 'x' })],
  ])('%s is none', (text) => {
    expect(() => readServiceIndex(text, head)).toThrow();
  });
});

describe('registrations', () => {
  const leaf = (version: unknown, more = {}) => ({
    catalogEntry: { '@id': '../c.json#x', id: 'Lib', version, ...more },
  });

  test('leaves of pages that are written out, and the pages that are not', () => {
    const pages = [
      { items: [leaf('1.0', { published: '2026-01-01T00:00:00Z' })] },
      { '@id': 'page2.json' },
      { '@id': 7 },
    ];
    expect(readRegistration(JSON.stringify({ items: pages }), head)).toMatchObject({
      leaves: [{ key: '1.0.0', publishedAt: Date.UTC(2026, 0, 1), catalog: 'https://up.example/c.json' }],
      pages: ['https://up.example/v3/page2.json'],
    });
  });

  test('leaves of a page', () => {
    const text = JSON.stringify({ items: [leaf('2.0.0-Beta'), leaf('nonsense'), leaf(7), {}, null] });
    expect(readRegistration(text, head).leaves.map(({ key }) => key)).toEqual(['2.0.0-beta']);
  });

  test.each([['<html>'], ['{}'], ['[]'], ['{"items":{}}']])('%s is none', (text) => {
    expect(() => readRegistration(text, head)).toThrow();
  });
});

test.each([
  [
    { packageHash: Buffer.alloc(64, 1).toString('base64'), packageHashAlgorithm: 'SHA512' },
    { sha512: '01'.repeat(64) },
  ],
  [{ packageHash: 'AAAA', packageHashAlgorithm: 'SHA512' }, {}],
  [{ packageHash: Buffer.alloc(32).toString('base64'), packageHashAlgorithm: 'SHA256' }, {}],
  [{}, {}],
])('digest of %j', (leaf, digests) => {
  expect(readPackageHash(JSON.stringify(leaf))).toEqual(digests);
});
