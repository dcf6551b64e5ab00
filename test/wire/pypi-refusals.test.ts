import { createHash } from 'node:crypto';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, afterEach, describe, expect, test } from 'vitest';
import { attestation } from '../harness/attestations.ts';
import { type Distribution, type PythonPackage, sdist, wheel } from '../harness/python-packages.ts';
import { startServer } from '../harness/server.ts';
import { tarball } from '../harness/tarball.ts';
import type { TestServer } from '../harness/types.ts';
import { zip, type ZipMember } from '../harness/zip.ts';
import { type PypiWire, pypiWire } from './pypi-wire.ts';

let server: TestServer;
let pypi: PypiWire;
let before: unknown;

beforeAll(async () => {
  server = await startServer();
  await server.createGroup('acme', 'public');
  pypi = pypiWire(server, await server.createProject('acme/python', 'public'));
  expect((await pypi.upload(wheel({ name: 'known', version: '1.0' }))).status).toBe(201);
});

afterAll(() => server.stop());

/** Everything that a refused upload could have changed. */
const state = async () => ({
  blobs: await server.storedBlobs(),
  staging: await readdir(join(server.data, 'staging')),
  index: (await pypi.send('GET', '/simple/')).text,
});

beforeEach(async () => {
  before = await state();
});

afterEach(async () => {
  expect(await state()).toEqual(before);
});

const good = { name: 'foo-bar', version: '1.0' };

/** The same file with other bytes or another name. */
function altered(of: Distribution, change: { bytes?: Buffer; fileName?: string }): Distribution {
  const bytes = change.bytes ?? of.bytes;
  return { ...of, ...change, bytes, sha256: createHash('sha256').update(bytes).digest('hex') };
}

describe('the form', () => {
  test.each<[string, RegExp, (form: FormData) => void]>([
    ['no file', /content is missing/, (form) => form.delete('content')],
    ['a file that is text', /content is missing/, (form) => form.set('content', 'text')],
    ['two files', /one file/, (form) => form.append('content', new Blob(['x']), 'x.whl')],
    ['no name', /name is missing/, (form) => form.delete('name')],
    ['an empty name', /name is missing/, (form) => form.set('name', ' ')],
    ['two names', /name is given twice/, (form) => form.append('name', 'other')],
    ['no version', /version is missing/, (form) => form.delete('version')],
    ['a name that is none', /Name is/, (form) => form.set('name', 'foo bar')],
    ['a version that is none', /PEP 440/, (form) => form.set('version', '1.0-SNAPSHOT')],
    ['a very long version', /PEP 440/, (form) => form.set('version', `1${'.1'.repeat(20_000)}`)],
    ['another name', /file name .* is not that/, (form) => form.set('name', 'other')],
    ['another version', /not of version 2.0/, (form) => form.set('version', '2.0')],
    ['another type', /filetype is "sdist"/, (form) => form.set('filetype', 'sdist')],
    ['another action', /"doc_upload" is not offered/, (form) => form.set(':action', 'doc_upload')],
    ['another protocol', /protocol_version/, (form) => form.set('protocol_version', '2')],
    ['a wrong SHA-256', /another sha256/, (form) => form.set('sha256_digest', 'a'.repeat(64))],
    ['a wrong MD5', /another md5/, (form) => form.set('md5_digest', 'a'.repeat(32))],
    ['a wrong BLAKE2b', /another blake2b256/, (form) => form.set('blake2_256_digest', 'a'.repeat(64))],
    ['a digest that is none', /64 hexadecimal/, (form) => form.set('sha256_digest', 'x')],
    ['attestations that are none', /attestations/, (form) => form.set('attestations', '[]')],
    [
      'attestations of other bytes',
      /other bytes/,
      (form) =>
        form.set(
          'attestations',
          JSON.stringify([attestation({ name: 'foo_bar-1.0-py3-none-any.whl', sha256: 'a'.repeat(64) })]),
        ),
    ],
    ['a signature that is none', /PGP/, (form) => form.append('gpg_signature', new Blob(['x']), 'x.asc')],
    ['too much text', /more than|too much/, (form) => form.set('description', 'x'.repeat(5 * 1024 ** 2))],
    [
      'too many fields',
      /fields/,
      (form) => Array.from({ length: 10_001 }).forEach(() => form.append('classifiers', 'x')),
    ],
  ])('with %s', async (_what, message, change) => {
    const answer = await pypi.upload(wheel(good), change);
    expect([answer.status, answer.message]).toEqual([400, expect.stringMatching(message)]);
    // twine shows nothing else.
    expect(answer.reason).not.toBe('Bad Request');
  });

  test('that is none', async () => {
    for (const [type, status] of [
      ['application/json', 415],
      ['multipart/form-data', 400],
      ['multipart/form-data; boundary=x', 400],
    ] as const) {
      expect((await pypi.send('POST', '', { 'content-type': type }, 'x')).status, type).toBe(status);
    }
  });

  test('of XML-RPC, as pip search sends it, gets a fault that pip prints', async () => {
    const answer = await pypi.send('POST', '', { 'content-type': 'text/xml' }, '<methodCall/>');
    expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'text/xml; charset=utf-8']);
    expect(answer.text).toContain('pip index versions');
  });
});

test.each([
  '../foo_bar-1.0-py3-none-any.whl',
  '/etc/foo_bar-1.0-py3-none-any.whl',
  'a\\foo_bar-1.0-py3-none-any.whl',
  'C:foo_bar-1.0-py3-none-any.whl',
  'foo_bar-1.0-py3-none-any.whl ',
  'foo_bar-1.0-py3-none-any.whl%00',
  'foo_bar-1.0-py3-none-any.exe',
  'foo_bar-1.0-py2.7.egg',
  'foo-bar-1.0-py3-none-any.whl',
  'foo_bar-1.0-py3-none-any.whl.metadata',
  'known-1.0-py3-none-any.whl',
  'é-1.0-py3-none-any.whl',
  '',
])('a file called %j', async (fileName) => {
  const answer = await pypi.upload(altered(wheel(good), { fileName }));
  expect(answer.status).toBe(400);
});

describe('an archive', () => {
  const info = 'foo_bar-1.0.dist-info';
  const metadata = 'Metadata-Version: 2.1\nName: foo-bar\nVersion: 1.0\n';
  const members = (changes: Readonly<Record<string, string | null>> = {}): ZipMember[] => {
    const files: Record<string, string | null> = {
      'foo_bar/__init__.py': '',
      [`${info}/METADATA`]: metadata,
      [`${info}/WHEEL`]: 'Wheel-Version: 1.0\n',
      ...changes,
    };
    const present = Object.entries(files).flatMap(([name, body]) => (body === null ? [] : [{ name, body }]));
    const record = [...present.map(({ name }) => `${name},,`), `${info}/RECORD,,`].join('\n');
    return [...present, { name: `${info}/RECORD`, body: record }];
  };
  const bomb = zip([...members(), { name: 'bomb', body: Buffer.alloc(66 * 1024 ** 2) }]);

  test.each<[string, RegExp, Buffer]>([
    ['that is empty', /archive/, Buffer.alloc(0)],
    ['that is a web page', /archive/, Buffer.from('<html>')],
    ['that is cut off', /archive/, zip(members()).subarray(0, -30)],
    ['with bytes behind its end', /archive/, Buffer.concat([zip(members()), Buffer.from('x')])],
    ['with bytes in front', /archive/, zip(members(), { prefix: Buffer.from('x'), prefixCounted: true })],
    [
      'with two files of one name',
      /archive|twice|several/,
      zip([...members(), { name: `${info}/METADATA`, body: 'x' }]),
    ],
    ['with two names for one file', /archive/, zip(nameChanged(members()))],
    ['that climbs out', /leaves its folder|path/, zip([...members(), { name: '../evil', body: 'x' }])],
    ['with an absolute path', /absolute path/, zip([...members(), { name: '/evil', body: 'x' }])],
    ['that is a bomb', /times its size/, bomb],
    ['without metadata', /has no .*METADATA/, zip(members({ [`${info}/METADATA`]: null }))],
    ['without WHEEL', /has no .*WHEEL/, zip(members({ [`${info}/WHEEL`]: null }))],
    ['with two folders of metadata', /one \.dist-info/, zip(members({ 'other-1.0.dist-info/METADATA': metadata }))],
    ['with the metadata of another', /is not that of the wheel/, zip(renamed(members(), info, 'other-1.0.dist-info'))],
    ['whose record lacks a file', /does not list "evil.py"/, zip([...members(), { name: 'evil.py', body: 'x' }])],
    [
      'of another name',
      /names the project/,
      zip(members({ [`${info}/METADATA`]: metadata.replace('foo-bar', 'bar') })),
    ],
    [
      'of another version',
      /of version "2.0"/,
      zip(members({ [`${info}/METADATA`]: metadata.replace('n: 1.0', 'n: 2.0') })),
    ],
    [
      'of metadata to come',
      /Metadata-Version 3.0/,
      zip(members({ [`${info}/METADATA`]: metadata.replace('2.1', '3.0') })),
    ],
    [
      'with two licences',
      /both License/,
      zip(members({ [`${info}/METADATA`]: `${metadata}License: a\nLicense-Expression: MIT\n` })),
    ],
    [
      'that wants no Python',
      /no version specifier/,
      zip(members({ [`${info}/METADATA`]: `${metadata}Requires-Python: 3\n` })),
    ],
    ['whose metadata is no text', /UTF-8/, zip(notText(members()))],
  ])('of a wheel %s', async (_what, message, bytes) => {
    const answer = await pypi.upload(altered(wheel(good), { bytes }));
    expect([answer.status, answer.message]).toEqual([400, expect.stringMatching(message)]);
  });

  test.each<[string, RegExp, () => Promise<Buffer>]>([
    ['that is a ZIP file', /must be a gzipped tar/, () => Promise.resolve(zip(members()))],
    ['without metadata', /no PKG-INFO/, () => tarball([{ name: 'foo_bar-1.0/setup.py', content: '' }])],
    ['with metadata too deep', /no PKG-INFO/, () => tarball([{ name: 'foo_bar-1.0/x/PKG-INFO', content: metadata }])],
    [
      'with two folders at its top',
      /one folder/,
      () => tarball(['a', 'b'].map((top) => ({ name: `${top}/PKG-INFO`, content: metadata }))),
    ],
    [
      'with two metadata that differ',
      /differ/,
      () => tarball([metadata, `${metadata}X: y\n`].map((content) => ({ name: 'foo_bar-1.0/PKG-INFO', content }))),
    ],
    ['that climbs out', /leaves its folder/, () => tarball([{ name: '../PKG-INFO', content: metadata }])],
    [
      'with metadata that is a link',
      /symbolic link/,
      () => tarball([{ name: 'foo_bar-1.0/PKG-INFO', type: 'symlink', linkname: 'x' }]),
    ],
    [
      'that is a bomb',
      /times its size/,
      () =>
        tarball([
          { name: 'foo_bar-1.0/PKG-INFO', content: metadata },
          { name: 'foo_bar-1.0/zero', content: Buffer.alloc(66 * 1024 ** 2) },
        ]),
    ],
  ])('of a source distribution %s', async (_what, message, make) => {
    const answer = await pypi.upload(altered(await sdist(good), { bytes: await make() }));
    expect([answer.status, answer.message]).toEqual([400, expect.stringMatching(message)]);
  });

  function nameChanged(all: readonly ZipMember[]): ZipMember[] {
    const change = (header: Buffer) => header.write('F', header.length - 'foo_bar/__init__.py'.length);
    return all.map((member, at) => (at === 0 ? { ...member, patchLocal: change } : member));
  }

  function renamed(all: readonly ZipMember[], from: string, to: string): ZipMember[] {
    const body = (text: ZipMember['body']) => String(text ?? '').replaceAll(from, to);
    return all.map((member) => ({ name: String(member.name).replace(from, to), body: body(member.body) }));
  }

  function notText(all: readonly ZipMember[]): ZipMember[] {
    const isMetadata = ({ name }: ZipMember) => name === `${info}/METADATA`;
    return all.map((member) => (isMetadata(member) ? { ...member, body: Buffer.from([0xff, 0xfe]) } : member));
  }
});

test('a file that is larger than the format allows', async () => {
  const small = await startServer({ settings: { PACKYARD_PYPI_MAX_FILE_SIZE: '1000' } });
  try {
    await small.createGroup('acme');
    const wire = pypiWire(small, await small.createProject('acme/python'));
    const answer = await wire.upload(wheel({ ...good, ballast: 2_000 } satisfies PythonPackage));
    expect([answer.status, answer.message, answer.reason]).toEqual([
      400,
      '400 Bad request - File is too large',
      'File is too large',
    ]);
  } finally {
    await small.stop();
  }
});
