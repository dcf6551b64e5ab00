import { createHash, randomBytes } from 'node:crypto';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { nupkg, type NupkgParts, portablePdb, pushForm } from '../nuget/nupkg.ts';
import { mountOf, type NuGetScene, nugetScene, sceneIn } from '../nuget/scene.ts';

let scene: NuGetScene;

beforeAll(async () => {
  scene = await nugetScene();
});

afterAll(() => scene.server.stop());

const symbolsType = '<packageTypes><packageType name="SymbolsPackage"/></packageTypes>';

function snupkg(id: string, files: NonNullable<NupkgParts['files']>, version = '1.0.0'): Buffer {
  return nupkg({ id, version, metadata: symbolsType, files });
}

const pushSymbols = (file: Buffer, as?: string | null) =>
  scene.ask('/symbolpackage/', { method: 'PUT', ...pushForm(file) }, as);

/** A PDB, the signature that debuggers know it by, and the checksum that its assembly holds. */
function pdb(rest = randomBytes(8)) {
  const guid = randomBytes(16);
  const bytes = portablePdb(guid, rest);
  const hex = guid.toString('hex');
  const [a, b, c] = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16)].map((part) =>
    Buffer.from(part, 'hex').reverse().toString('hex'),
  );
  const zeroed = Buffer.from(bytes);
  zeroed.fill(0, bytes.indexOf(guid), bytes.indexOf(guid) + 20);
  const checksum = createHash('sha256').update(zeroed).digest('hex');
  return { bytes, signature: `${a}${b}${c}${hex.slice(16)}FFFFFFFF`, checksum };
}

const ask = (file: string, signature: string, checksum?: string, where: NuGetScene = scene, as: string | null = null) =>
  where.ask(
    `/symbolfiles/${file}/${signature}/${file}`,
    { headers: checksum === undefined ? {} : { symbolchecksum: `SHA256:${checksum}` } },
    as,
  );

test('symbols of a pushed version are found by signature and checksum', async () => {
  await scene.publish({ id: 'Has.Symbols' });
  const { bytes, signature, checksum } = pdb();
  const other = pdb();
  const file = snupkg('Has.Symbols', {
    'lib/net8.0/Has.Symbols.pdb': bytes,
    'lib/net6.0/Has.Symbols.pdb': other.bytes,
  });
  expect((await pushSymbols(file)).status).toBe(201);

  expect(await ask('Has.Symbols.pdb', signature, checksum)).toMatchObject({ status: 200 });
  expect((await ask('has.symbols.pdb', signature.toLowerCase(), checksum.toUpperCase())).status).toBe(200);
  expect((await ask('Has.Symbols.pdb', other.signature, `${checksum};SHA256:${other.checksum}`)).status).toBe(200);
  expect(await ask('Has.Symbols.pdb', signature)).toMatchObject({ status: 400, reason: 'Missing checksum header' });
  expect(await ask('Has.Symbols.pdb', signature, other.checksum)).toMatchObject({
    status: 404,
    reason: 'Symbol Not Found',
  });
  expect((await ask('Has.Symbols.pdb', `${'0'.repeat(32)}FFFFFFFF`, checksum)).status).toBe(404);
  const got = await fetch(`${scene.base}/symbolfiles/Has.Symbols.pdb/${signature}/Has.Symbols.pdb`, {
    headers: { symbolchecksum: `SHA256:${checksum}` },
  });
  expect(Buffer.from(await got.arrayBuffer()).equals(bytes)).toBe(true);

  const whole = await fetch(`${scene.base}/download/has.symbols/1.0.0/has.symbols.1.0.0.snupkg`);
  expect(Buffer.from(await whole.arrayBuffer()).equals(file)).toBe(true);
  expect(await scene.json('/metadata/has.symbols/index.json')).toMatchObject({ items: [{ count: 1 }] });
});

test('symbols may be pushed again: the newest answer', async () => {
  await scene.publish({ id: 'Symbols.Again' });
  const { bytes, signature, checksum } = pdb();
  expect((await pushSymbols(snupkg('Symbols.Again', { 'a.pdb': pdb().bytes }))).status).toBe(201);
  const second = snupkg('Symbols.Again', { 'b.pdb': bytes });
  expect((await pushSymbols(second)).status).toBe(201);
  expect((await pushSymbols(second)).status).toBe(201);
  expect((await ask('b.pdb', signature, checksum)).status).toBe(200);
  const whole = await fetch(`${scene.base}/download/symbols.again/1.0.0/symbols.again.1.0.0.snupkg`);
  expect(Buffer.from(await whole.arrayBuffer()).equals(second)).toBe(true);
});

test('the same PDB in two versions stays when one of them goes', async () => {
  const { bytes, signature, checksum } = pdb();
  await scene.publish({ id: 'Shared.Pdb', version: '1.0.0' }, { id: 'Shared.Pdb', version: '1.0.1' });
  for (const version of ['1.0.0', '1.0.1']) {
    expect((await pushSymbols(snupkg('Shared.Pdb', { 's.pdb': bytes }, version))).status).toBe(201);
  }
  const list = await scene.server.api<{ id: number; version: string }[]>(
    'GET',
    `/projects/${scene.project.id}/packages?package_name=Shared.Pdb`,
  );
  for (const { id, version } of list) {
    expect((await ask('s.pdb', signature, checksum)).status, version).toBe(200);
    await scene.server.api('DELETE', `/projects/${scene.project.id}/packages/${id}`);
  }
  expect((await ask('s.pdb', signature, checksum)).status).toBe(404);
});

test.each<[string, () => Buffer, number, string]>([
  [
    'before their package',
    () => snupkg('Never.Pushed', { 'a.pdb': pdb().bytes }),
    404,
    'Push Never.Pushed 1.0.0 before its symbols.',
  ],
  ['of another version', () => snupkg('Some.Package', { 'a.pdb': pdb().bytes }, '2.0.0'), 404, 'before its symbols'],
  ['without the type', () => nupkg({ id: 'Some.Package', files: { 'a.pdb': pdb().bytes } }), 400, 'SymbolsPackage'],
  ['with a library', () => snupkg('Some.Package', { 'a.pdb': pdb().bytes, 'a.dll': 'MZ' }), 400, 'portable PDBs only'],
  ['without any PDB', () => snupkg('Some.Package', { 'doc.xml': '<x/>' }), 400, '1 to 500 PDBs'],
  [
    'with a Windows PDB',
    () => snupkg('Some.Package', { 'a.pdb': 'Microsoft C/C++ MSF 7.00\r\n\x1aDS' }),
    400,
    'no portable PDB',
  ],
  [
    'with a PDB that ends early',
    () => snupkg('Some.Package', { 'a.pdb': pdb().bytes.subarray(0, 30) }),
    400,
    'no portable PDB',
  ],
  [
    'that unpack to a hundred times their size',
    () => snupkg('Some.Package', { 'a.pdb': pdb(Buffer.alloc(70 * 2 ** 20)).bytes }),
    400,
    'more than 20 times its size',
  ],
  [
    'with a PDB whose bytes are damaged',
    () =>
      nupkg({
        id: 'Some.Package',
        metadata: symbolsType,
        files: {},
        members: [
          {
            name: 'a.pdb',
            body: pdb().bytes,
            patchLocal: (h) => h.writeUInt32LE(1, 14),
            patchCentral: (h) => h.writeUInt32LE(1, 16),
          },
        ],
      }),
    400,
    'CRC',
  ],
])('symbols %s are refused', async (_name, file, status, reason) => {
  if ((await scene.ask('/download/some.package/index.json')).status === 404)
    await scene.publish({ id: 'Some.Package' });
  const blobs = (await scene.server.storedBlobs()).length;
  expect(await pushSymbols(file())).toMatchObject({ status, reason: expect.stringContaining(reason) });
  expect((await scene.server.storedBlobs()).length).toBe(blobs);
});

test('symbols of a private project need the right to read it', async () => {
  const { server } = scene;
  const hidden = sceneIn(server, await server.createProject('acme/closed', 'private'));
  const stranger = await server.createUser('symbol-stranger');
  await hidden.publish({ id: 'Closed' });
  const { bytes, signature, checksum } = pdb();
  const pushed = await hidden.ask('/symbolpackage', {
    method: 'PUT',
    ...pushForm(snupkg('Closed', { 'c.pdb': bytes })),
  });
  expect(pushed.status).toBe(201);
  expect((await ask('c.pdb', signature, checksum, hidden)).status).toBe(401);
  expect((await ask('c.pdb', signature, checksum, hidden, stranger.token)).status).toBe(404);
  expect((await ask('c.pdb', signature, checksum, hidden, server.rootToken)).status).toBe(200);
  // The other project and the group: only to those who may.
  expect((await ask('c.pdb', signature, checksum)).status).toBe(404);
  const path = `${mountOf(server, 'groups/acme')}/symbolfiles/c.pdb/${signature}/c.pdb`;
  const inGroup = (as: string | null) => scene.ask(path, { headers: { symbolchecksum: `SHA256:${checksum}` } }, as);
  expect((await inGroup(null)).status).toBe(404);
  expect((await inGroup(server.rootToken)).status).toBe(200);
});

test('who may push symbols', async () => {
  const file = snupkg('Has.Symbols', { 'a.pdb': pdb().bytes });
  const stranger = await scene.server.createUser('symbol-pusher');
  expect((await pushSymbols(file, null)).status).toBe(401);
  expect((await pushSymbols(file, stranger.token)).status).toBe(403);
});
