import { describe, expect, test } from 'vitest';
import type { UpstreamAnswerHead, UpstreamProtocol, UpstreamRequest } from '../upstream-protocol.ts';
import { nugetUpstream as described } from './upstream.ts';
import { readPackageHash, readRegistration } from './upstream-registration.ts';
import { readServiceIndex } from './upstream-addresses.ts';

const nugetUpstream: UpstreamProtocol = described;
const search = 'SearchQueryService';
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
      search: null,
      origin: 'https://up.example',
    });
  });

  test('names by their beginning come from its search, those that begin otherwise left out', () => {
    const text = index(flat, { '@id': '/best', '@type': 'RegistrationsBaseUrl' }, { '@id': '/find', '@type': search });
    const steps = nugetUpstream.namesBelow?.('acme.');
    const first = steps?.next().value as UpstreamRequest;
    const second = steps?.next(first.read(text, head)).value as UpstreamRequest;
    expect(second.path).toBe('https://up.example/find?q=acme.&take=50&prerelease=true&semVerLevel=2.0.0');
    const found = second.read(JSON.stringify({ data: [{ id: 'Acme.Tools' }, { id: 'My.Acme' }, null, {}] }), head);
    expect(steps?.next(found)).toEqual({ done: true, value: ['Acme.Tools'] });
    expect(() => second.read('{}', head)).toThrow();
  });

  test('a source without a search tells no names', () => {
    const steps = nugetUpstream.namesBelow?.('acme.');
    const request = steps?.next().value as UpstreamRequest;
    const addresses = request.read(index(flat, { '@id': '/best', '@type': 'RegistrationsBaseUrl' }), head);
    expect(steps?.next(addresses)).toEqual({ done: true, value: null });
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
