import { createHash, randomBytes } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { zip, type ZipMember, type ZipShape } from '../../test/harness/zip.ts';
import { bufferSource, InvalidArchive, openZip, type ZipLimits } from './zip-reader.ts';

const open = (bytes: Buffer, limits: ZipLimits = {}) => openZip(bufferSource(bytes), limits);
const made = (members: ZipMember[], shape: ZipShape = {}) => open(zip(members, shape));

const two: ZipMember[] = [
  { name: 'a-1.dist-info/METADATA', body: 'Name: a\n' },
  { name: 'a/__init__.py', body: 'x = 1\n'.repeat(100) },
];

describe('honest archives', () => {
  const forms: [string, ZipMember[], ZipShape][] = [
    ['plain', two, {}],
    ['stored', two.map((member) => ({ ...member, stored: true })), {}],
    ...([12, 16, 20, 24] as const).map((descriptor): [string, ZipMember[], ZipShape] => [
      `with descriptors of ${descriptor} bytes`,
      two.map((member) => ({ ...member, descriptor })),
      {},
    ]),
    ['with Unix modes', two.map((member) => ({ ...member, mode: 0o100644 })), {}],
    ['with a comment', two, { comment: Buffer.from('made by hand') }],
    ['ZIP64', two, { zip64: true }],
    ['with padding in its extra fields', two.map((member) => ({ ...member, localExtra: Buffer.alloc(3) })), {}],
  ];
  test.each(forms)('%s', async (_name, members, shape) => {
    const archive = await made(members, shape);
    expect(archive.entries.map(({ name }) => name)).toEqual(members.map(({ name }) => name));
    const texts = await Promise.all(archive.entries.map((entry) => archive.readEntry(entry, 1000)));
    expect(texts.map(String)).toEqual(members.map(({ body }) => body));
  });

  test('an empty archive', async () => {
    expect((await made([])).entries).toEqual([]);
  });

  test('what an entry is', async () => {
    const archive = await made([
      { name: 'bin/', mode: 0o040755 },
      { name: 'bin/run', body: '#!/bin/sh\n', mode: 0o100755 },
      { name: 'bin/go', body: 'run', mode: 0o120777 },
      { name: 'naïve.txt', body: '', flags: 0x0800 },
    ]);
    expect(archive.entries.map(({ kind, mode }) => [kind, mode & 0o777])).toEqual([
      ['folder', 0o755],
      ['file', 0o755],
      ['symbolic-link', 0o777],
      ['file', 0],
    ]);
    expect(archive.entries[1]?.segments).toEqual(['bin', 'run']);
    expect(archive.find('bin/run')).toBe(archive.entries[1]);
    expect(archive.find('bin/go')).toBeNull();
    expect(archive.find('bin/')).toBeNull();
    expect(archive.find('naïve.txt')?.size).toBe(0);
  });

  test('a large entry streams', async () => {
    const body = Buffer.concat([randomBytes(3 * 1024 ** 2), Buffer.alloc(3 * 1024 ** 2)]);
    const archive = await made([...two, { name: 'large', body }]);
    const hash = createHash('sha256');
    const entry = archive.find('large');
    if (entry === null) throw new Error('not found');
    for await (const chunk of archive.openEntry(entry)) hash.update(chunk as Buffer);
    expect(hash.digest('hex')).toBe(createHash('sha256').update(body).digest('hex'));
  });

  test('a stream that is left early frees what it read from', async () => {
    const archive = await made([{ name: 'large', body: randomBytes(2 * 1024 ** 2) }]);
    const [entry] = archive.entries;
    if (entry === undefined) throw new Error('not found');
    const stream = archive.openEntry(entry);
    for await (const chunk of stream) {
      expect((chunk as Buffer).length).toBeGreaterThan(0);
      break;
    }
    expect(stream.destroyed).toBe(true);
  });

  test('a nested archive, stored, is no second end record', async () => {
    const inner = zip(two);
    const archive = await made([{ name: 'inner.zip', body: inner, stored: true }]);
    expect(archive.entries).toHaveLength(1);
  });

  test('reads far fewer times than there are entries', async () => {
    const bytes = zip(Array.from({ length: 5000 }, (_, n) => ({ name: `f/${n}`, body: 'x' })));
    let reads = 0;
    const source = bufferSource(bytes);
    const counting = {
      size: source.size,
      read: (start: number, length: number) => {
        reads++;
        return source.read(start, length);
      },
    };
    expect((await openZip(counting)).entries).toHaveLength(5000);
    expect(reads).toBeLessThan(20);
  });
});

test('names as zip of Unix writes them, where they are wanted', async () => {
  const archive = await open(
    zip([
      { name: 'naïve', body: 'x' },
      { name: Buffer.from([0xff]), body: 'y' },
    ]),
    {
      unmarkedNames: true,
    },
  );
  expect(archive.entries.map(({ name }) => name)).toEqual(['naïve', 'ÿ']);
});

describe('lenient, for jars', () => {
  const lenient: ZipLimits = { lenient: true };

  test.each([true, false])('a program before the archive (counted: %s)', async (prefixCounted) => {
    const archive = await open(zip(two, { prefix: Buffer.from('#!/bin/sh\nexec java\n'), prefixCounted }), lenient);
    const entry = archive.find('a-1.dist-info/METADATA');
    if (entry === null) throw new Error('not found');
    expect(String(await archive.readEntry(entry, 100))).toBe('Name: a\n');
  });

  test('bytes between entries', async () => {
    const members = two.map((member) => ({ ...member, before: Buffer.from('gap') }));
    expect((await open(zip(members), lenient)).entries).toHaveLength(2);
  });

  test('a name that occurs twice, unless it is asked for', async () => {
    const archive = await open(zip([...two, { name: 'LICENSE', body: 'a' }, { name: 'LICENSE', body: 'b' }]), lenient);
    expect(archive.entries).toHaveLength(4);
    expect(archive.find('a/__init__.py')?.size).toBe(600);
    expect(() => archive.find('LICENSE')).toThrow(/several entries/);
  });

  test('overlapping entries are still refused', async () => {
    const bytes = zip([
      { name: 'a', body: 'x' },
      { name: 'a', body: 'x', patchCentral: (header) => header.writeUInt32LE(0, 42) },
    ]);
    await expect(open(bytes, lenient)).rejects.toThrow(/overlap/);
  });
});

describe('any bytes', () => {
  const drain = async (bytes: Buffer, limits: ZipLimits): Promise<void> => {
    const archive = await open(bytes, limits);
    for (const entry of archive.entries) {
      if (entry.kind === 'file') await archive.readEntry(entry, 10_000);
    }
  };
  const onlyRefuses = (bytes: Buffer, limits: ZipLimits): Promise<boolean> =>
    drain(bytes, limits).then(
      () => true,
      (error: unknown) => {
        if (!(error instanceof InvalidArchive)) throw error;
        return true;
      },
    );

  test('what a changed archive holds is read as it was, or refused', async () => {
    const whole = zip([...two, { name: 'c', body: 'y'.repeat(300), descriptor: 16 }], { zip64: true });
    const change = fc.record({ at: fc.nat(whole.length - 1), byte: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(fc.array(change, { minLength: 1, maxLength: 4 }), fc.boolean(), (changes, lenient) => {
        const bytes = Buffer.from(whole);
        for (const { at, byte } of changes) bytes[at] = byte;
        return onlyRefuses(bytes, { lenient });
      }),
      { numRuns: 500 },
    );
  });

  test('any cut, any bytes around', async () => {
    const whole = zip(two);
    await fc.assert(
      fc.asyncProperty(fc.nat(whole.length), fc.uint8Array({ maxLength: 60 }), fc.boolean(), (cut, noise, front) => {
        const parts = front ? [noise, whole.subarray(0, cut)] : [whole.subarray(0, cut), noise];
        return onlyRefuses(Buffer.concat(parts), { lenient: front });
      }),
      { numRuns: 300 },
    );
  });

  test('whatever is put in comes out', async () => {
    const name = fc.stringMatching(/^[a-z0-9_-]{1,12}(\/[A-Z0-9._]{1,8}x){0,2}$/);
    const member = fc.record({
      name,
      body: fc.uint8Array({ maxLength: 2000 }).map((bytes) => Buffer.from(bytes)),
      stored: fc.boolean(),
      descriptor: fc.constantFrom(undefined, 12, 16, 20, 24),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.uniqueArray(member, { selector: ({ name: path }) => path, maxLength: 8 }),
        fc.boolean(),
        async (members, zip64) => {
          const archive = await made(members as ZipMember[], { zip64 });
          const bodies = await Promise.all(archive.entries.map((entry) => archive.readEntry(entry, 2000)));
          expect(bodies).toEqual(members.map(({ body }) => body));
        },
      ),
      { numRuns: 100 },
    );
  });
});
