import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { npmPackage, packageOf, publishDocument, type PublishLies } from '../../../test/harness/packages.ts';
import { tarball } from '../../../test/harness/tarball.ts';
import { type Loose, publish, PublishRegistry, sendPut } from '../../../test/npm/publish-registry.ts';

const pkg = await npmPackage({ name: 'pkg' });

describe('a publish is refused, with nothing stored,', () => {
  const manifest = (change: Record<string, unknown>): PublishLies => ({ manifest: change });
  const sha384 = `sha384-${createHash('sha384').update(pkg.tarball).digest('base64')}`;
  const other = Buffer.from(pkg.tarball).reverse();

  test.each<[string, number, RegExp, PublishLies, ((body: Loose) => unknown)?]>([
    ['when the shasum differs', 400, /tarball's sha1/, { shasum: 'a'.repeat(40), integrity: '' }],
    ['when the integrity differs', 400, /tarball's sha512/, { integrity: `sha512-${'A'.repeat(86)}==` }],
    ['when other bytes come', 400, /tarball's sha512/, { tarball: other }],
    ['when both promise different things', 400, /two different/, { integrity: `sha1-${'A'.repeat(27)}=` }],
    ['when only an unknown algorithm is promised', 400, /must have a sha512/, { integrity: sha384 }],
    ['when the integrity is junk', 400, /must be like/, { integrity: 'junk' }],
    ['when the integrity is short', 400, /wrong length/, { integrity: 'sha512-AAAA' }],
    ['when the shasum is junk', 400, /SHA-1 in hex/, { shasum: 'junk' }],
    ['when the length differs', 400, /says 5/, { length: 5 }],
    ['when the length is junk', 400, /size in bytes/, { length: -1 }],
    ['when the tarball is empty', 400, /^Attachment data is empty\.$/, { tarball: Buffer.alloc(0) }],
    ['when the attachment is no tgz', 400, /"\.tgz"/, { attachment: 'pkg-1.0.0.zip' }],
    ['when the body names another package', 400, /name in the URL: pkg/, {}, (body) => ({ ...body, name: 'other' })],
    ['when the manifest names another package', 400, /name in the URL: pkg/, manifest({ name: 'other' })],
    ['when the manifest has another version', 400, /must be its key/, manifest({ version: '2.0.0' })],
    ['when there is no version', 400, /^Version is empty\.$/, {}, (body) => ({ ...body, versions: {} })],
    [
      'when there are two versions',
      400,
      /one version at a time/,
      {},
      (body) => ({ ...body, versions: { ...body.versions, '2.0.0': {} } }),
    ],
    [
      'when the manifest is no object',
      400,
      /must be an object/,
      {},
      (body) => ({ ...body, versions: { '1.0.0': 'x' } }),
    ],
    ['when versions is no object', 400, /"versions" must be an object/, {}, (body) => ({ ...body, versions: ['x'] })],
    ['when dist is no object', 400, /"dist" must be an object/, manifest({ dist: 'x' })],
    ['when a tag is a range', 400, /SemVer range: "1\.x"/, { tag: '1.x' }],
    ['when a tag does not fit a URL', 400, /may only have/, { tag: 'a/b' }],
    [
      'when a tag points elsewhere',
      400,
      /must point to the published version/,
      {},
      (body) => ({ ...body, 'dist-tags': { latest: '9.9.9' } }),
    ],
    [
      'when the data is no base64',
      400,
      /not base64/,
      {},
      (body) => {
        body._attachments['pkg-1.0.0.tgz'].data = '!!!!';
        return body;
      },
    ],
    [
      'when the data is missing',
      400,
      /^Attachment data is empty\.$/,
      {},
      (body) => {
        delete body._attachments['pkg-1.0.0.tgz'].data;
        return body;
      },
    ],
    [
      'when the data is a number',
      400,
      /^Attachment data is empty\.$/,
      {},
      (body) => {
        body._attachments['pkg-1.0.0.tgz'].data = 1;
        return body;
      },
    ],
    [
      'when two tarballs come',
      400,
      /one tarball/,
      {},
      (body) => ({ ...body, _attachments: { ...body._attachments, 'b.tgz': { data: '' } } }),
    ],
    [
      'when an attachment is no object',
      400,
      /must be objects/,
      {},
      (body) => ({ ...body, _attachments: { ...body._attachments, b: 1 } }),
    ],
    [
      'when the manifest is endless',
      400,
      /^Validation failed: Package json structure is too large/,
      manifest({ exports: 'x'.repeat(1024 * 1024) }),
    ],
    [
      'when the rest of the body is endless',
      413,
      /beside the tarball/,
      {},
      (body) => ({ ...body, readme: 'x'.repeat(17 * 1024 * 1024) }),
    ],
    [
      'when the manifest nests deeply',
      400,
      /^Invalid json: it nests deeper/,
      {},
      (body) => JSON.stringify(body).replace('"MIT"', `${'['.repeat(99)}${']'.repeat(99)}`),
    ],
    ['when the body is cut off', 400, /^Invalid json/, {}, (body) => JSON.stringify(body).slice(0, -2)],
    ['when the body is no object', 400, /^Invalid json/, {}, () => '[]'],
    [
      'when the name occurs twice',
      400,
      /occurs twice/,
      {},
      (body) => JSON.stringify(body).replace('"_id":"pkg",', '"name":"other",'),
    ],
    [
      'when the version occurs twice',
      400,
      /occurs twice/,
      {},
      (body) => JSON.stringify(body).replace('"license":', '"version":"9.9.9","license":'),
    ],
    [
      'when the attachments occur twice',
      400,
      /occurs twice/,
      {},
      (body) => JSON.stringify(body).replace('"access":', '"_attachments":{},"access":'),
    ],
  ])('%s', async (_what, status, message, lies, change) => {
    const { registry, answer } = await publish(pkg, lies, change);
    expect(answer).toMatchObject({
      status,
      body: { error: expect.stringMatching(message), message: expect.any(String) },
    });
    expect(registry.published).toEqual([]);
  });

  test.each([
    ['1.0'],
    ['01.2.3'],
    ['1.0.0-01'],
    ['latest'],
    ['=1.0.0'],
    ['1.0.0 '],
    ['__proto__'],
    [`1.0.0-${'a'.repeat(300)}`],
  ])('for the version %j', async (version) => {
    const { registry, answer } = await publish(pkg, { manifest: { version } }, (body) => {
      const text = JSON.stringify(body);
      return text.replaceAll('"1.0.0"', JSON.stringify(version));
    });
    const reason = 'Validation failed: Version should follow SemVer: https://semver.org';
    expect(answer).toEqual({ status: 400, body: { message: reason, error: reason } });
    expect(registry.published).toEqual([]);
  });

  test.each([
    'Upper',
    '.dot',
    '_under',
    '-dash',
    'a b',
    'a~b',
    "a'b",
    'a%2fb',
    '@s/.dot',
    '@s',
    's/pkg',
    '@S/pkg',
    '@s/a/b',
    '@s/-',
    '@./a',
    'node_modules',
    'favicon.ico',
    '__proto__',
    'ünï',
    '\ud800',
    '',
    'a'.repeat(215),
    'a+b',
  ])('for the name %j', async (name) => {
    const { registry, answer } = await publish({ ...pkg, manifest: { ...pkg.manifest, name } });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatch(/^Validation failed: Name should be a valid NPM package name: https/);
    expect(answer.body['message']).toBe(answer.body['error']);
    expect(registry.stagings).toBe(0);
  });

  test('for a version that exists, in the words of GitLab and of npm', async () => {
    const registry = new PublishRegistry();
    registry.known = ['pkg@1.0.0'];
    const reason = 'Package already exists. You cannot publish over the previously published versions: 1.0.0.';
    expect(await sendPut(registry, 'pkg', publishDocument(pkg))).toEqual({
      status: 403,
      body: { message: reason, error: reason },
    });
  });

  test('for a tarball over the limit, while it is still coming', async () => {
    const registry = new PublishRegistry();
    registry.maxSize = 100;
    expect(await sendPut(registry, 'pkg', publishDocument(pkg))).toEqual({
      status: 400,
      body: { message: 'File is too large.', error: 'File is too large.' },
    });
  });

  test('with a Content-Encoding, and under a revision', async () => {
    const registry = new PublishRegistry();
    const gzipped = await sendPut(registry, 'pkg', publishDocument(pkg), { headers: { 'content-encoding': 'gzip' } });
    expect(gzipped.status).toBe(415);
    const revised = await sendPut(registry, 'pkg', publishDocument(pkg), { rev: '1-abc' });
    expect(revised).toMatchObject({ status: 400, body: { error: expect.stringContaining('-rev') } });
    expect(registry.published).toEqual([]);
  });
});

describe('the archive', () => {
  const entry = (name: string, content = '{"name":"pkg","version":"1.0.0"}') => ({ name, content });
  test.each([
    ['no package.json', [entry('package/index.js')], /package\.json not found/],
    ['one too deep', [entry('package/lib/package.json')], /package\.json not found/],
    ['one that is no JSON', [entry('package/package.json', '{')], /not valid JSON/],
    ['one that is no object', [entry('package/package.json', '[]')], /not an object/],
    [
      'one in capitals beside',
      [entry('package/package.json'), entry('package/Package.JSON')],
      /take for package\.json/,
    ],
    [
      'one with a Kelvin sign',
      [entry('package/package.json'), entry('package/pac\u212aage.json')],
      /take for package\.json/,
    ],
    ['two that differ', [entry('package/package.json'), entry('b/package.json', '{}')], /differ/],
    ['a path that leaves', [entry('package/package.json'), entry('package/../../x')], /leaves its folder/],
  ])('with %s is refused', async (_what, entries, message) => {
    const { registry, answer } = await publish(packageOf(pkg.manifest, await tarball(entries)));
    expect(answer).toMatchObject({ status: 400, body: { error: expect.stringMatching(message) } });
    expect(registry.published).toEqual([]);
  });

  test('may have any folder, and a byte order mark', async () => {
    const { description, license, main, ...bare } = pkg.manifest;
    const archive = await tarball([entry('any/package.json', `\ufeff${JSON.stringify(pkg.manifest)}`)]);
    expect((await publish(packageOf(pkg.manifest, archive))).answer.status).toBe(201);
    expect([description, license, main, bare.name]).toEqual(['Package pkg', 'MIT', 'index.js', 'pkg']);
  });

  test('must agree with the manifest', async () => {
    const { answer } = await publish(pkg, { manifest: { dependencies: { evil: '1' } } });
    expect(answer.status).toBe(400);
    expect(answer.body['error']).toMatch(/^Package manifest is not coherent: "dependencies" \(evil\)/);
  });
});
