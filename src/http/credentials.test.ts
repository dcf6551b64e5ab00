import { describe, expect, test } from 'vitest';
import { readCredential } from './credentials.ts';

const basic = (text: string): string => `Basic ${Buffer.from(text).toString('base64')}`;

describe('readCredential', () => {
  test('nothing is nothing', () => {
    expect(readCredential({})).toBeNull();
    expect(readCredential({ authorization: '', 'private-token': '' })).toBeNull();
  });

  test.each([
    [{ authorization: 'Bearer abc' }, { carrier: 'token', secret: 'abc' }],
    [{ authorization: 'bearer  abc ' }, { carrier: 'token', secret: 'abc' }],
    [{ 'private-token': 'abc' }, { carrier: 'token', secret: 'abc' }],
    [{ 'job-token': 'abc' }, { carrier: 'token', secret: 'abc' }],
    [{ 'x-nuget-apikey': 'abc' }, { carrier: 'token', secret: 'abc' }],
    [{ 'deploy-token': 'abc' }, { carrier: 'deploy-token', secret: 'abc' }],
    [{ authorization: basic('alice:s3:cret') }, { carrier: 'basic', username: 'alice', secret: 's3:cret' }],
    [{ authorization: basic(':abc') }, { carrier: 'basic', username: '', secret: 'abc' }],
    [
      { authorization: 'Bearer abc', 'private-token': 'abc' },
      { carrier: 'token', secret: 'abc' },
    ],
    [
      { authorization: basic('alice:s3cret'), 'x-nuget-apikey': 'other' },
      { carrier: 'basic', username: 'alice', secret: 's3cret' },
    ],
  ])('%j', (headers, credential) => {
    expect(readCredential(headers)).toEqual(credential);
  });

  test.each([
    [{ authorization: 'Bearer abc', 'private-token': 'other' }],
    [{ 'private-token': 'abc', 'deploy-token': 'other' }],
    [{ authorization: 'Digest username="x"' }],
    [{ authorization: 'Bearer' }],
    [{ authorization: basic('no colon') }],
  ])('refuses %j', (headers) => {
    expect(() => readCredential(headers)).toThrow(expect.objectContaining({ code: 'unauthenticated' }));
  });
});
