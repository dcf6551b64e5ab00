import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { describe, expect, test } from 'vitest';
import { readPromisedDigests } from './promised-digests.ts';

const hex = (algorithm: string) => createHash(algorithm).update('x').digest('hex');
const base64 = (algorithm: string) => createHash(algorithm).update('x').digest('base64');

describe('promises', () => {
  test.each<[IncomingHttpHeaders, Record<string, string>]>([
    [{}, {}],
    [{ 'x-checksum-sha256': hex('sha256') }, { sha256: hex('sha256') }],
    [{ 'x-checksum-sha256': ` ${hex('sha256').toUpperCase()} ` }, { sha256: hex('sha256') }],
    [
      { 'x-checksum-md5': hex('md5'), 'x-checksum-sha1': hex('sha1'), 'x-checksum-sha512': hex('sha512') },
      { md5: hex('md5'), sha1: hex('sha1'), sha512: hex('sha512') },
    ],
    [{ 'content-md5': base64('md5') }, { md5: hex('md5') }],
    [{ 'repr-digest': `sha-256=:${base64('sha256')}:` }, { sha256: hex('sha256') }],
    [
      { 'content-digest': `sha-512=:${base64('sha512')}:, SHA-256=:${base64('sha256')}: , unixsum=:AAA=:` },
      { sha512: hex('sha512'), sha256: hex('sha256') },
    ],
    [
      { 'x-checksum-sha256': hex('sha256'), 'content-digest': `sha-256=:${base64('sha256')}:` },
      { sha256: hex('sha256') },
    ],
    [{ 'content-digest': 'constructor=:AAAA:, __proto__=:AAAA:' }, {}],
    [{ 'x-checksum-sha256': '' }, {}],
  ])('%j', (headers, promised) => {
    expect(readPromisedDigests(headers)).toEqual(promised);
  });
});

describe('what is none', () => {
  test.each<IncomingHttpHeaders>([
    { 'x-checksum-sha256': 'x'.repeat(64) },
    { 'x-checksum-sha256': hex('sha1') },
    { 'x-checksum-sha1': `${hex('sha1')}, ${hex('sha1')}` },
    { 'content-md5': hex('md5') },
    { 'content-digest': 'sha-256=::' },
    { 'content-digest': `sha-256=${base64('sha256')}` },
    { 'content-digest': 'sha-256=:AAAA:' },
    { 'repr-digest': 'sha-256=?1' },
  ])('%j is refused', (headers) => {
    expect(() => readPromisedDigests(headers)).toThrow(expect.objectContaining({ code: 'invalid-request' }));
  });

  test('two promises that cannot both be kept are refused', () => {
    const other = createHash('sha256').update('y').digest('base64');
    const headers = { 'x-checksum-sha256': hex('sha256'), 'content-digest': `sha-256=:${other}:` };
    expect(() => readPromisedDigests(headers)).toThrow(expect.objectContaining({ code: 'digest-mismatch' }));
  });
});
