import { expect, test } from 'vitest';
import { parseS3Address } from './s3-address.ts';

test("Amazon's own store needs a bucket only", () => {
  expect(parseS3Address('s3://packages')).toEqual({
    bucket: 'packages',
    prefix: '',
    endpoint: null,
    region: null,
    pathStyle: false,
    checksums: 'required',
    timeout: 7_000,
  });
});

test('a store of another kind is spoken to by path, in some region, unless told otherwise', () => {
  expect(parseS3Address('s3://a.b-c//x/y_1/?endpoint=http://127.0.0.1:9000/')).toMatchObject({
    bucket: 'a.b-c',
    prefix: 'x/y_1/',
    endpoint: 'http://127.0.0.1:9000',
    region: 'us-east-1',
    pathStyle: true,
  });
  const told =
    'S3://abc?endpoint=https%3A%2F%2Fs3.test%2Fgate&region=eu-1&path-style=false&checksums=supported&timeout=0.5';
  expect(parseS3Address(told)).toMatchObject({
    endpoint: 'https://s3.test/gate',
    region: 'eu-1',
    pathStyle: false,
    checksums: 'supported',
    timeout: 500,
  });
});

test.each([
  ['s3:packages', 'must be s3://bucket'],
  ['s3://abc#x', 'must be s3://bucket'],
  ['s3://hunter2:hunter2@bucket', 'PACKYARD_S3_ACCESS_KEY'],
  ['s3://', 'must name a bucket'],
  ['s3://Abc', 'must name a bucket'],
  ['s3://abc/../x', 'prefix'],
  ['s3://abc/x y', 'prefix'],
  ['s3://abc?endpoint=ftp://x', 'endpoint'],
  ['s3://abc?endpoint=http://hunter2@x', 'endpoint'],
  ['s3://abc?endpoint=', 'endpoint'],
  ['s3://abc?region=a b', 'region'],
  ['s3://abc?path-style=yes', 'path-style=true or false'],
  ['s3://abc?checksums=no', 'checksums=required or supported'],
  ['s3://abc?timeout=0', 'timeout'],
  ['s3://abc?timeout=1&timeout=2', 'timeout once'],
  ['s3://abc?secret=hunter2', 'no other options'],
])('%s is refused', (url, sentence) => {
  expect(() => parseS3Address(url)).toThrow(sentence);
  expect(() => parseS3Address(url)).toThrow(/^(?!.*hunter2)/);
});
