/** Archives that are taken are the same archives to Python, whose installers unpack them. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bufferSource, InvalidArchive, openZip } from '../../src/lib/zip-reader.ts';
import { zip, type ZipMember } from '../harness/zip.ts';
import { describeClient } from './client.ts';
import { pythonMachine } from './python-machine.ts';

const members: ZipMember[] = [
  { name: 'a-1.dist-info/METADATA', body: 'Name: a\n', mode: 0o100644 },
  { name: 'a/__init__.py', body: 'x = 1\n'.repeat(40) },
  { name: 'a/data', body: 'stored', stored: true },
  { name: 'a/streamed', body: 'y'.repeat(99), descriptor: 16 },
  { name: 'a/naïve', body: '', flags: 0x0800 },
];
const honest = [zip(members), zip(members, { zip64: true }), zip(members, { comment: Buffer.from('PK\u0005\u0006') })];

/** Bytes changed here and there, mostly in headers: what is packed is looked after by its CRC. */
const changed = fc
  .tuple(
    fc.nat(honest.length - 1),
    fc.array(fc.tuple(fc.nat(4000), fc.oneof(fc.nat(255), fc.constantFrom(0, 1, 8, 47, 92))), { maxLength: 3 }),
    fc.option(fc.tuple(fc.nat(4000), fc.nat(4000), fc.nat(60)), { nil: null }),
  )
  .map(([which, changes, copy]) => {
    const bytes = Buffer.from(honest[which] ?? []);
    for (const [at, byte] of changes) bytes[at % bytes.length] = byte;
    if (copy !== null)
      bytes.copy(bytes, copy[0] % bytes.length, copy[1] % bytes.length, (copy[1] % bytes.length) + copy[2]);
    return bytes;
  });

/** Content by name, as we read it; `null` for what is refused. */
async function ours(bytes: Buffer): Promise<Record<string, string> | null> {
  try {
    const archive = await openZip(bufferSource(bytes));
    const read: [string, string][] = [];
    for (const entry of archive.entries) {
      if (entry.kind === 'file') read.push([entry.name, (await archive.readEntry(entry, 10_000)).toString('hex')]);
    }
    return Object.fromEntries(read);
  } catch (error) {
    if (error instanceof InvalidArchive) return null;
    throw error;
  }
}

const theirs = `
import base64, io, json, sys, zipfile
def read(text):
    try:
        with zipfile.ZipFile(io.BytesIO(base64.b64decode(text))) as archive:
            return {info.filename: archive.read(info).hex() for info in archive.infolist() if not info.is_dir()}
    except Exception as error:
        return "refused: %r" % error
json.dump([read(text) for text in json.load(sys.stdin)], sys.stdout)`;

describeClient('pip@26', (pip) => {
  test('what is taken of 10,000 changed archives holds for Python what it holds for us', async () => {
    const archives = fc.sample(changed, { numRuns: 10_000, seed: 20_261_124 });
    const taken: { bytes: Buffer; read: Record<string, string> }[] = [];
    for (const bytes of archives) {
      const read = await ours(bytes);
      if (read !== null) taken.push({ bytes, read });
    }
    // Most changes of a byte matter; those that don't (times, versions, comments) are taken.
    expect(taken.length).toBeGreaterThan(500);
    expect(taken.length).toBeLessThan(8_000);
    const python = await pythonMachine(pip);
    const other = (await python.python(
      theirs,
      taken.map(({ bytes }) => bytes.toString('base64')),
    )) as unknown[];
    const differing = taken.flatMap(({ bytes, read }, at) =>
      JSON.stringify(read) === JSON.stringify(other[at])
        ? []
        : [{ archive: bytes.toString('base64'), read, other: other[at] }],
    );
    expect(differing).toEqual([]);
  });
});
