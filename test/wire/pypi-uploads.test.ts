import { createHash } from 'node:crypto';
import { createBLAKE2b, type IHasher } from 'hash-wasm';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { attestation } from '../harness/attestations.ts';
import { type Distribution, sdist, wheel } from '../harness/python-packages.ts';
import { startServer } from '../harness/server.ts';
import { tarball } from '../harness/tarball.ts';
import type { TestProject, TestServer } from '../harness/types.ts';
import { zip } from '../harness/zip.ts';
import { type PypiWire, pypiWire, type SimplePage } from './pypi-wire.ts';

let server: TestServer;
let blake2: IHasher;
let project: TestProject;
let pypi: PypiWire;

beforeAll(async () => {
  server = await startServer();
  blake2 = await createBLAKE2b(256);
  await server.createGroup('acme', 'public');
  project = await server.createProject('acme/python', 'public');
  pypi = pypiWire(server, project);
});

afterAll(() => server.stop());

const signature = '-----BEGIN PGP SIGNATURE-----\n\nx\n-----END PGP SIGNATURE-----\n';

const file = (page: SimplePage, fileName: string) => page.files.find(({ filename }) => filename === fileName);

test('a wheel and its source distribution, with all that is said of them', async () => {
  const options = {
    name: 'Obs.Demo_Pkg',
    version: '1.0',
    requiresPython: '>=3.8, <4',
    requires: ['six'],
    summary: 'A demo',
    headers: ['Keywords: one, two', 'Project-URL: Home, https://example.org'],
    description: '# Demo\n',
  };
  const [built, source] = [wheel(options), await sdist(options)];
  expect([(await pypi.upload(built)).status, (await pypi.upload(source)).status]).toEqual([201, 201]);
  const page = await pypi.page('obs-demo-pkg');
  expect(page).toMatchObject({
    meta: { 'api-version': '1.4' },
    name: 'obs-demo-pkg',
    'project-status': { status: 'active' },
    versions: ['1.0'],
  });
  expect(page.files.map(({ filename }) => filename)).toEqual([built.fileName, source.fileName]);
  for (const each of [built, source]) {
    const url = `${pypi.url}/files/${each.sha256}/${each.fileName}`;
    const metadata = { sha256: createHash('sha256').update(each.metadata).digest('hex') };
    expect(file(page, each.fileName)).toEqual({
      filename: each.fileName,
      url,
      hashes: { sha256: each.sha256 },
      size: each.bytes.length,
      'upload-time': expect.stringMatching(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/),
      'requires-python': '>=3.8, <4',
      yanked: false,
      'core-metadata': metadata,
      'gpg-sig': false,
    });
    expect((await pypi.send('GET', url)).bytes.equals(each.bytes)).toBe(true);
    expect((await pypi.send('GET', `${url}.metadata`)).text).toBe(each.metadata);
  }
  const { body } = await packageOf('Obs.Demo_Pkg');
  expect(body).toMatchObject([{ name: 'Obs.Demo_Pkg', version: '1.0', package_type: 'pypi' }]);
});

function blake2b({ bytes }: Distribution): string {
  return blake2.init().update(bytes).digest('hex');
}

async function packageOf(name: string) {
  const body = await server.api<{ id: number }[]>('GET', `/projects/${project.id}/packages?package_name=${name}`);
  return { body, id: body[0]?.id ?? 0 };
}

test('files too large for memory, with every digest promised; a download goes on where it broke off', async () => {
  const options = { name: 'large', version: '1.0', ballast: 1_500_000 };
  for (const made of [wheel(options), await sdist(options)]) {
    const { status, message } = await pypi.upload(made, (form) => {
      form.set('md5_digest', createHash('md5').update(made.bytes).digest('hex'));
      form.set('blake2_256_digest', blake2b(made));
    });
    expect([status, message]).toEqual([201, '201 Created']);
    const url = `${pypi.url}/files/${made.sha256}/${made.fileName}`;
    const headers = { range: 'bytes=700000-', 'if-range': `"${made.sha256}"` };
    const rest = await pypi.send('GET', url, headers);
    expect(rest.status).toBe(206);
    expect(rest.bytes.equals(made.bytes.subarray(700_000))).toBe(true);
    expect((await pypi.send('HEAD', url)).headers.get('content-length')).toBe(String(made.bytes.length));
  }
});

describe('the same name again', () => {
  test('the same bytes are taken as done and change nothing, other bytes are refused in the words of clients', async () => {
    const first = wheel({ name: 'again', version: '1.0', summary: 'one' });
    const other = wheel({ name: 'again', version: '1.0', summary: 'two' });
    expect((await pypi.upload(first)).status).toBe(201);
    const { headers } = await pypi.send('GET', '/simple/again/');
    expect((await pypi.upload(first)).status).toBe(200);
    const refused = await pypi.upload(other);
    expect([refused.status, refused.reason]).toEqual([400, 'File already exists']);
    expect(refused.message).toContain('File name has already been taken');
    expect((await pypi.send('GET', '/simple/again/')).headers.get('etag')).toBe(headers.get('etag'));
    expect((await pypi.page('again')).files.map(({ hashes }) => hashes)).toEqual([{ sha256: first.sha256 }]);
  });

  test('another spelling of a version is the same release, and of a file the same file', async () => {
    expect((await pypi.upload(wheel({ name: 'spelled', version: '1.0' }))).status).toBe(201);
    expect((await pypi.upload(await sdist({ name: 'Spelled', version: '1.0.0' }))).status).toBe(201);
    expect((await pypi.upload(wheel({ name: 'spelled', version: '1.0.0' }))).status).toBe(400);
    expect((await pypi.page('spelled')).versions).toEqual(['1.0']);
  });

  test('a removed file comes back with its own bytes only', async () => {
    const first = wheel({ name: 'removed', version: '1.0', summary: 'one' });
    const other = wheel({ name: 'removed', version: '1.0', summary: 'two' });
    await pypi.upload(first);
    const { id } = await packageOf('removed');
    await server.api('DELETE', `/projects/${project.id}/packages/${id}`);
    expect((await pypi.send('GET', '/simple/removed/')).status).toBe(404);
    const refused = await pypi.upload(other);
    expect([refused.status, refused.reason]).toEqual([400, 'File already exists']);
    expect((await pypi.upload(first)).status).toBe(201);
    expect((await pypi.page('removed')).files).toHaveLength(1);
  });

  test('so does one that was removed alone, or with a version of several, in whatever spelling', async () => {
    const first = wheel({ name: 'alone', version: '1.0', summary: 'one' });
    const other = wheel({ name: 'alone', version: '1.0', summary: 'two' });
    for (const made of [first, wheel({ name: 'alone', version: '2.0' })]) await pypi.upload(made);
    const packages = `/projects/${project.id}/packages`;
    const list = await server.api<{ id: number; version: string }[]>('GET', `${packages}?package_name=alone`);
    const id = list.find(({ version }) => version === '1.0')?.id;
    const files = await server.api<{ id: number; file_name: string }[]>('GET', `${packages}/${id}/package_files`);
    const file = files.find(({ file_name: name }) => name === first.fileName);
    await server.api('DELETE', `${packages}/${id}/package_files/${file?.id}`);
    expect((await pypi.page('alone')).versions).toEqual(['2.0']);
    const spelled = { ...other, fileName: 'Alone-1.0.0-py3-none-any.whl' };
    for (const refused of [other, spelled]) expect((await pypi.upload(refused)).status).toBe(400);
    expect((await pypi.upload(first)).status).toBe(201);
    const [listed] = (await pypi.page('alone')).files;
    const companion = await pypi.send('GET', `${String(listed?.['url'])}.metadata`);
    expect([companion.status, companion.text]).toEqual([200, first.metadata]);
    await server.api('DELETE', `${packages}/${id}`);
    expect((await pypi.upload(other)).status).toBe(400);
  });

  test('of 16 uploads of one name with different bytes one wins, and its bytes are what everybody gets', async () => {
    const candidates = Array.from({ length: 16 }, (_, n) => wheel({ name: 'race', version: '1.0', summary: `${n}` }));
    const answers = await Promise.all(candidates.map((candidate) => pypi.upload(candidate)));
    const statuses = answers.map(({ status }) => status).sort((a, b) => a - b);
    expect(statuses).toEqual([201, ...Array.from({ length: 15 }, () => 400)]);
    const winner = candidates[answers.findIndex(({ status }) => status === 201)];
    const [listed] = (await pypi.page('race')).files;
    expect(listed?.['hashes']).toEqual({ sha256: winner?.sha256 });
    expect((await pypi.send('GET', String(listed?.['url']))).bytes.equals(winner?.bytes ?? Buffer.alloc(0))).toBe(true);
  });

  test('the same file from eight clients at once is taken from all, and there once', async () => {
    const made = wheel({ name: 'chorus', version: '1.0', requires: ['six'] });
    const answers = await Promise.all(Array.from({ length: 8 }, () => pypi.upload(made)));
    expect(answers.filter(({ status }) => status !== 201 && status !== 200)).toEqual([]);
    expect((await pypi.page('chorus')).files).toHaveLength(1);
  });

  test('a name is one project in all of its spellings', async () => {
    const names = ['Four_Names', 'four-names', 'FOUR.names', 'four--_.names'];
    for (const [index, name] of names.entries()) {
      expect((await pypi.upload(wheel({ name, version: `1.${index}` }))).status, name).toBe(201);
    }
    expect((await pypi.page('four-names')).versions).toHaveLength(4);
  });

  test('32 files uploaded at once are all there, in order', async () => {
    const all = Array.from({ length: 32 }, (_, n) => wheel({ name: 'crowd', version: `1.${n}` }));
    const answers = await Promise.all(all.map((each) => pypi.upload(each)));
    expect(new Set(answers.map(({ status }) => status))).toEqual(new Set([201]));
    expect((await pypi.page('crowd')).versions).toEqual(all.map((_, n) => `1.${n}`));
  });
});

describe('what clients send in many ways', () => {
  test('old twine: empty fields, the plural of an extra, all three digests', async () => {
    const made = wheel({ name: 'old-twine', version: '1.0' });
    const { status } = await pypi.upload(made, (form) => {
      form.set('md5_digest', createHash('md5').update(made.bytes).digest('hex'));
      for (const field of ['pyversion', 'comment', 'license', 'blake2_256_digest', 'requires_python'])
        form.set(field, '');
      form.append('provides_extras', 'x');
      form.append('classifiers', 'A');
      form.append('classifiers', 'B');
    });
    expect(status).toBe(201);
  });

  test('new twine: the signature before the file; it is kept, served and told of', async () => {
    const made = wheel({ name: 'signed', version: '1.0' });
    const form = new FormData();
    form.append('gpg_signature', new Blob([signature]), `${made.fileName}.asc`);
    form.append('content', new Blob([new Uint8Array(made.bytes)]), made.fileName);
    for (const [name, value] of made.fields) form.append(name, value);
    expect((await pypi.send('POST', '/', {}, form)).status).toBe(201);
    const listed = file(await pypi.page('signed'), made.fileName);
    expect(listed?.['gpg-sig']).toBe(true);
    expect((await pypi.send('GET', `${String(listed?.['url'])}.asc`)).text).toBe(signature);
  });

  test('attestations are kept and served; they may come later for the same bytes', async () => {
    const made = wheel({ name: 'attested', version: '1.0' });
    expect((await pypi.upload(made)).status).toBe(201);
    const attestations = [attestation({ name: made.fileName, sha256: made.sha256 })];
    const again = await pypi.upload(made, (form) => form.set('attestations', JSON.stringify(attestations)));
    expect(again.status).toBe(200);
    const listed = file(await pypi.page('attested'), made.fileName);
    const answer = await pypi.send('GET', String(listed?.['provenance']));
    expect(answer.headers.get('content-type')).toBe('application/vnd.pypi.integrity.v1+json');
    expect(JSON.parse(answer.text)).toMatchObject({ version: 1, attestation_bundles: [{ attestations }] });
  });

  test('only what GitLab needs: a name, a version, a file', async () => {
    const made = await sdist({ name: 'plain', version: '1.0' });
    const form = new FormData();
    form.append('content', new Blob([new Uint8Array(made.bytes)]), made.fileName);
    form.append('name', 'plain');
    form.append('version', '1.0');
    expect((await pypi.send('POST', '', {}, form)).status).toBe(201);
  });

  test('a source distribution in a ZIP file, in a folder of any name', async () => {
    const made = await sdist({ name: 'zipped', version: '1.0' });
    const bytes = zip([{ name: 'x/PKG-INFO', body: made.metadata }]);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    const answer = await pypi.upload({ ...made, bytes, sha256, fileName: 'zipped-1.0.zip' });
    expect([answer.status, answer.message]).toEqual([201, '201 Created']);
    const [listed] = (await pypi.page('zipped')).files;
    expect((await pypi.send('GET', `${String(listed?.['url'])}.metadata`)).text).toBe(made.metadata);
  });

  test('a source distribution of old, whose metadata is no UTF-8: it is kept, and its metadata not served', async () => {
    const made = await sdist({ name: 'latin', version: '1.0' });
    const metadata = Buffer.from(`${made.metadata}Author: Andr\u00e9\n`, 'latin1');
    const bytes = await tarball([{ name: 'latin-1.0/PKG-INFO', content: metadata }]);
    const sha256 = createHash('sha256').update(bytes).digest('hex');
    expect((await pypi.upload({ ...made, bytes, sha256 })).status).toBe(201);
    const [listed] = (await pypi.page('latin')).files;
    expect(listed?.['core-metadata']).toBe(false);
  });

  test('a source distribution that leaves its requirements to the build serves no metadata', async () => {
    const made = await sdist({ name: 'open', version: '1.0', headers: ['Dynamic: Requires-Dist'] });
    expect((await pypi.upload(made)).status).toBe(201);
    const listed = file(await pypi.page('open'), made.fileName);
    expect(listed?.['core-metadata']).toBe(false);
    expect((await pypi.send('GET', `${String(listed?.['url'])}.metadata`)).status).toBe(404);
  });
});
