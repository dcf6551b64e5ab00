import { randomBytes } from 'node:crypto';
import { deflateRawSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { zip, type ZipMember } from '../../test/harness/zip.ts';
import { bufferSource, InvalidArchive, openZip, type ZipLimits } from './zip-reader.ts';

const open = (bytes: Buffer, limits: ZipLimits = {}) => openZip(bufferSource(bytes), limits);

const two: ZipMember[] = [
  { name: 'a-1.dist-info/METADATA', body: 'Name: a\n' },
  { name: 'a/__init__.py', body: 'x = 1\n'.repeat(100) },
];

/** One extra field. */
const extra = (id: number, data: Buffer): Buffer => {
  const head = Buffer.alloc(4);
  head.writeUInt16LE(id, 0);
  head.writeUInt16LE(data.length, 2);
  return Buffer.concat([head, data]);
};

describe('hostile archives', () => {
  const [first, second] = two as [ZipMember, ZipMember];
  const big = Buffer.alloc(200_000);
  const file = (name: string): ZipMember => ({ name, body: 'x' });
  const cases: [string, Buffer, RegExp, ZipLimits?][] = [
    ['nothing', Buffer.alloc(0), /too short/],
    ['a web page', Buffer.from('<!doctype html><p>Sign in to go on'), /web page/],
    ['a gzipped file', Buffer.concat([Buffer.from([0x1f, 0x8b]), Buffer.alloc(40)]), /gzipped/],
    ['cut off', zip(two).subarray(0, -30), /cut off/],
    ['bytes behind its end', zip(two, { suffix: Buffer.from('#!') }), /behind its end/],
    ['bytes before its start', zip(two, { prefix: Buffer.from('#!/bin/sh\n') }), /before its start/],
    [
      'bytes before its start that it counts',
      zip(two, { prefix: Buffer.from('#!'), prefixCounted: true }),
      /belong to none/,
    ],
    ['an archive in its comment', zip([first], { comment: zip([second]) }), /several end records/],
    ['an archive before it', Buffer.concat([zip([first]), zip([second])]), /before its start/],
    ['bytes between entries', zip([first, { ...second, before: Buffer.from('PK') }]), /belong to none/],
    ['an entry that the directory leaves out', hidden(), /belong to none/],
    ['bytes before its directory', zip(two, { beforeDirectory: Buffer.from('hidden') }), /belong to none/],
    ['two entries of one name', zip([first, first]), /several entries called/],
    ['a file and a folder of one name', zip([file('a'), { name: 'a/' }]), /several entries called/],
    ['names that differ by case', zip([file('a'), file('A')]), /several entries called/, { ignoreCase: true }],
    ['entries that overlap', overlapping(), /overlap/],
    [
      'an entry without a header',
      zip([{ ...first, patchCentral: (header) => header.writeUInt32LE(5, 42) }]),
      /belong to none/,
    ],
    [
      'another name in the local header',
      zip([{ ...first, patchLocal: (header) => header.write('EVIL', 34) }]),
      /in another/,
    ],
    [
      'another method in the local header',
      zip([{ ...first, patchLocal: (header) => header.writeUInt16LE(0, 8) }]),
      /two different/,
    ],
    [
      'another size in the local header',
      zip([{ ...first, patchLocal: (header) => header.writeUInt32LE(1, 22) }]),
      /two different/,
    ],
    [
      'another CRC in the local header',
      zip([{ ...first, patchLocal: (header) => header.writeUInt32LE(1, 14) }]),
      /two different/,
    ],
    [
      'a descriptor that differs',
      zip([{ ...first, descriptor: 16, patchCentral: (header) => header.writeUInt32LE(1, 16) }]),
      /another size/,
    ],
    ['encrypted', zip([{ ...first, flags: 1 }]), /is encrypted/],
    [
      'encrypted in the local header',
      zip([{ ...first, patchLocal: (header) => header.writeUInt16LE(1, 6) }]),
      /is encrypted/,
    ],
    [
      'an unknown method',
      zip([{ ...first, patchCentral: (header) => header.writeUInt16LE(14, 10) }]),
      /packed with method 14/,
    ],
    [
      'stored with two sizes',
      zip([{ ...first, stored: true, patchCentral: (header) => header.writeUInt32LE(1, 24) }]),
      /another size/,
    ],
    ['a name that readers spell differently', zip([file('naïve')]), /not marked as UTF-8/],
    [
      'a name that is marked as UTF-8 in one place only',
      zip([{ ...file('naïve'), flags: 0x0800, patchLocal: (header) => header.writeUInt16LE(0, 6) }]),
      /two different things/,
    ],
    ['a patch', zip([{ ...first, flags: 0x0020 }]), /usual programs/],
    [
      'an entry for later programs',
      zip([{ ...first, patchCentral: (header) => header.writeUInt16LE(64, 6) }]),
      /usual programs/,
    ],
    [
      'one of several disks, by ZIP64',
      zip(two, { zip64: true, patchZip64: (_, locator) => locator.writeUInt32LE(2, 16) }),
      /spans several files/,
    ],
    ['a device', zip([{ ...first, mode: 0o020644 }]), /neither a file/],
    ['a named pipe', zip([{ ...first, mode: 0o010644 }]), /neither a file/],
    ['a folder with content', zip([{ name: 'a/', body: 'x' }]), /has content/],
    ['too many entries', zip(two), /more than 1 entries/, { maxEntries: 1 }],
    ['unpacks to too much', zip(two), /unpacks to more than/, { maxUnpacked: 100 }],
    [
      'a bomb',
      zip([{ name: 'a', body: big }]),
      /more than 50 times its size/,
      { maxRatio: 50, harmlessUnpacked: 100_000 },
    ],
    ['a count of entries that is too small', zip(two, { patchEnd: count(1) }), /another number of entries/],
    ['a count of entries that is too large', zip(two, { patchEnd: count(3) }), /another number of entries/],
    [
      'one of several disks',
      zip(two, {
        patchEnd: (end) => {
          end.writeUInt16LE(1, 4);
        },
      }),
      /spans several files/,
    ],
    ['a directory elsewhere', zip(two, { patchEnd: (end) => end.writeUInt32LE(0xfffff, 16) }), /where it is not/],
    [
      'a damaged directory',
      zip([{ ...first, patchCentral: (header) => header.writeUInt16LE(900, 30) }]),
      /directory is damaged/,
    ],
    [
      'ZIP64 that differs',
      zip(two, { zip64: true, patchEnd: (end) => end.writeUInt32LE(7, 12) }),
      /end records that differ/,
    ],
    [
      'a ZIP64 locator that points elsewhere',
      zip(two, { zip64: true, patchZip64: (_, locator) => locator.writeBigUInt64LE(0n, 8) }),
      /ZIP64 end record/,
    ],
    [
      'a ZIP64 record of impossible size',
      zip(two, { zip64: true, patchZip64: (record) => record.writeBigUInt64LE(2n ** 63n, 40) }),
      /impossible/,
    ],
    [
      'two names',
      zip([
        {
          ...first,
          centralExtra: extra(0x7075, Buffer.concat([Buffer.from([1, 0, 0, 0, 0]), Buffer.from('evil')])),
        },
      ]),
      /two names/,
    ],
    [
      'an extra field that stands twice',
      zip([{ ...first, centralExtra: Buffer.concat([extra(1, Buffer.alloc(8)), extra(1, Buffer.alloc(8))]) }]),
      /same thing twice/,
    ],
    ...['/etc/passwd', '../a', 'a/../../b', '..\\a', 'a\\b', 'C:/a', 'a//b', './a', 'a/./b', '', '/'].map(
      (name): [string, Buffer, RegExp] => [`an entry called "${name}"`, zip([file(name)]), /^The archive has an entry/],
    ),
    ...['a\0b', 'a\nb', 'a\u001fb'].map((name): [string, Buffer, RegExp] => [
      `an entry called ${JSON.stringify(name)}`,
      zip([file(name)]),
      /control character/,
    ]),
    ['an endless name', zip([file('a'.repeat(5000))]), /over 4 KiB/],
  ];

  test.each(cases)('%s', async (_name, bytes, message, limits) => {
    const failure = await open(bytes, limits).then(
      () => null,
      (error: unknown) => error,
    );
    expect(failure).toBeInstanceOf(InvalidArchive);
    expect((failure as Error).message).toMatch(message);
    expect((failure as Error).message).toMatch(/^The archive.*\.$/s);
  });

  /** A local entry that only readers who stream would find. */
  function hidden(): Buffer {
    const lonely = zip([second]);
    const entryLength = lonely.length - 22 - (46 + Buffer.byteLength(second.name));
    return zip([first, { ...file('last'), before: lonely.subarray(0, entryLength) }]);
  }

  /** Two entries of the directory that share one local header and its bytes. */
  function overlapping(): Buffer {
    return zip([file('a'), { ...file('b'), patchCentral: (header) => header.writeUInt32LE(0, 42) }]);
  }

  function count(entries: number): (end: Buffer) => void {
    return (end) => {
      end.writeUInt16LE(entries, 8);
      end.writeUInt16LE(entries, 10);
    };
  }
});

describe('entries that lie', () => {
  const reading = async (member: ZipMember, maxSize = 1000) => {
    const archive = await open(zip([member]));
    const [entry] = archive.entries;
    if (entry === undefined) throw new Error('no entry');
    return archive.readEntry(entry, maxSize);
  };
  const states = (size: number) => (at: number) => (header: Buffer) => header.writeUInt32LE(size, at);
  const sized = (size: number) => ({ patchCentral: states(size)(24), patchLocal: states(size)(22) });
  const cases: [string, ZipMember, RegExp][] = [
    ['hold more than they state', { name: 'a', body: 'x'.repeat(500), ...sized(10) }, /another size/],
    ['hold less than they state', { name: 'a', body: 'x'.repeat(50), ...sized(500) }, /another size/],
    [
      'have another CRC',
      {
        name: 'a',
        body: 'x',
        patchCentral: (header) => header.writeUInt32LE(1, 16),
        patchLocal: (header) => header.writeUInt32LE(1, 14),
      },
      /CRC is wrong/,
    ],
    [
      'have bytes behind their data',
      { name: 'a', body: 'x'.repeat(50), packed: Buffer.concat([deflateRawSync('x'.repeat(50)), Buffer.from('more')]) },
      /another size/,
    ],
    [
      'are cut off',
      { name: 'a', body: 'x'.repeat(50), packed: deflateRawSync('x'.repeat(50)).subarray(0, -2) },
      /damaged: unexpected end/,
    ],
    ['are no deflated data', { name: 'a', body: 'x'.repeat(50), packed: Buffer.alloc(20, 0xff) }, /damaged/],
    ['are larger than what is wanted', { name: 'a', body: 'x'.repeat(1001) }, /more than 1000 bytes/],
    [
      'are much larger packed',
      { name: 'a', body: 'x', packed: Buffer.concat([Buffer.alloc(9000), deflateRawSync('x')]) },
      /more than 1000 bytes/,
    ],
    ['are links', { name: 'a', body: '/etc/passwd', mode: 0o120777 }, /not a regular file/],
    ['are folders', { name: 'a/' }, /not a regular file/],
  ];
  test.each(cases)('%s', async (_name, member, message) => {
    await expect(reading(member)).rejects.toThrow(InvalidArchive);
    await expect(reading(member)).rejects.toThrow(message);
  });

  test('a source that fails is not called a bad archive', async () => {
    const bytes = zip([{ name: 'a', body: randomBytes(100_000) }]);
    const source = bufferSource(bytes);
    let broken = false;
    const archive = await openZip({
      size: source.size,
      read: (start, length) => (broken ? Promise.reject(new Error('disk')) : source.read(start, length)),
    });
    broken = true;
    const [entry] = archive.entries;
    if (entry === undefined) throw new Error('no entry');
    await expect(archive.readEntry(entry, 200_000)).rejects.toThrow('disk');
  });
});
