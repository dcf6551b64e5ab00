import { expect, test } from 'vitest';
import { readModuleSource } from './module-source.ts';

const base = 'https://up.example/modules/net/aws/1.0.0/download';
const hex = 'a'.repeat(64);

test.each([
  ['https://up.example/x.tgz', { url: 'https://up.example/x.tgz', kind: 'tgz', folder: '', digests: {} }],
  ['https://up.example/x.tar.gz?a=b', { url: 'https://up.example/x.tar.gz?a=b', kind: 'tgz', folder: '', digests: {} }],
  ['https::https://up.example/x.zip', { url: 'https://up.example/x.zip', kind: 'zip', folder: '', digests: {} }],
  ['/x.ZIP', { url: 'https://up.example/x.ZIP', kind: 'zip', folder: '', digests: {} }],
  ['./file', { refused: expect.stringContaining('no archive') as string }],
  [
    '../file?token=a-b_c&archive=tgz',
    { url: 'https://up.example/modules/net/aws/file?token=a-b_c', kind: 'tgz', folder: '', digests: {} },
  ],
  ['/x//part/of?archive=zip', { url: 'https://up.example/x', kind: 'zip', folder: 'part/of', digests: {} }],
  [
    'https://api.up.example/tarball/v1//*?archive=tar.gz',
    { url: 'https://api.up.example/tarball/v1', kind: 'tgz', folder: '*', digests: {} },
  ],
  [
    `/x.zip?checksum=sha256:${hex}`,
    { url: 'https://up.example/x.zip', kind: 'zip', folder: '', digests: { sha256: hex } },
  ],
  [`/x.zip?checksum=${hex}`, { url: 'https://up.example/x.zip', kind: 'zip', folder: '', digests: { sha256: hex } }],
  [`/x.zip?checksum=sha512:${hex}`, { refused: expect.stringContaining('checksum') as string }],
  ['/x.zip?checksum=file:./sums', { refused: expect.stringContaining('checksum') as string }],
  ['/x.zip//..', { refused: expect.stringContaining('address') as string }],
  ['/x.zip//a/../../b', { refused: expect.stringContaining('address') as string }],
  ['/x.zip//a b', { refused: expect.stringContaining('address') as string }],
  ['/x.tar.xz', { refused: expect.stringContaining('no archive') as string }],
  ['/x.zip?archive=false', { refused: expect.stringContaining('no archive') as string }],
  ['https://[', { refused: expect.stringContaining('address') as string }],
])('%s', (address, source) => {
  expect(readModuleSource(address, base)).toEqual(source);
});

const commit = 'b'.repeat(40);
const archive = (ref: string, folder: string): object => {
  return { url: `https://github.com/owner/repo/archive/${ref}.tar.gz`, kind: 'tgz', folder, digests: {} };
};

test.each([
  [`git::https://github.com/owner/repo?ref=${commit}`, archive(commit, `repo-${commit}`)],
  ['git::https://github.com/owner/repo.git?ref=v1.2.3', archive('v1.2.3', 'repo-1.2.3')],
  ['git::https://github.com/owner/repo//modules/part?ref=1.2.3', archive('1.2.3', 'repo-1.2.3/modules/part')],
])('a commit or version at GitHub is an archive there: %s', (address, source) => {
  expect(readModuleSource(address, base)).toEqual(source);
});

test.each([
  'git::https://github.com/owner/repo',
  'git::https://github.com/owner/repo?ref=main',
  'git::https://github.com/owner/repo?ref=v1/../../x',
  'git::https://github.com.example.com/owner/repo?ref=v1.2.3',
  'git::https://me@github.com/owner/repo?ref=v1.2.3',
  'git::https://git.example.com/owner/repo?ref=v1.2.3',
  'git::ssh://git@github.com/owner/repo.git?ref=v1.2.3',
  'git@github.com:owner/repo.git',
  'github.com/owner/repo',
  'hg::https://up.example/repo',
  's3::https://s3.amazonaws.com/bucket/x.zip',
  'file:///etc/passwd',
  'ftp://up.example/x.zip',
  'registry.example.com/net/aws',
])('nothing that could be kept: %s', (address) => {
  expect(readModuleSource(address, base)).toEqual({ refused: expect.any(String) as string });
});
