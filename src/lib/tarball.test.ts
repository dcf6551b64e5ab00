import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { pack } from 'tar-stream';
import { describe, expect, test } from 'vitest';
import { InvalidArchive, inspectTarball, type MemberQuery } from './tarball.ts';

const query: MemberQuery = {
  name: 'package.json',
  maxSize: 1024,
  matches: (segments) => segments.length === 2 && segments[1] === 'package.json',
};

interface Entry {
  path?: string;
  body?: string | Buffer;
  type?: string;
  link?: string;
  size?: number;
  prefix?: string;
  magic?: string;
  /** Written over the finished header, before its checksum. */
  patch?: (header: Buffer) => void;
}

function header({
  path = 'package/a',
  body = '',
  type = '0',
  link = '',
  size,
  prefix = '',
  magic,
  patch,
}: Entry): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, 100, 'utf8');
  block.write('0000644 0000000 0000000 ', 100);
  block.write((size ?? Buffer.byteLength(body)).toString(8).padStart(11, '0'), 124);
  block.write('00000000000', 136);
  block.write(type, 156);
  block.write(link, 157);
  block.write(magic ?? 'ustar\x0000', 257, 'latin1');
  block.write(prefix, 345);
  patch?.(block);
  block.fill(0x20, 148, 156);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return block;
}

function entry(given: Entry): Buffer {
  const body = Buffer.from(given.body ?? '');
  return Buffer.concat([header(given), body, Buffer.alloc((512 - (body.length % 512)) % 512)]);
}

const endMark = Buffer.alloc(1024);
const tar = (...entries: Entry[]) => Buffer.concat([...entries.map(entry), endMark]);
const tgz = (...entries: Entry[]) => gzipSync(tar(...entries));
const manifest: Entry = { path: 'package/package.json', body: '{"name":"a"}' };
const pax = (...records: string[]): Entry => ({
  path: 'PaxHeader',
  type: 'x',
  body: records
    .map((record) => {
      let length = Buffer.byteLength(record) + 3;
      while (`${length} ${record}\n`.length !== length) length++;
      return `${length} ${record}\n`;
    })
    .join(''),
});

/** Every archive goes both ways: at once, and as a stream in small pieces. */
async function inspect(archive: Buffer) {
  const atOnce = inspectTarball(archive, query);
  const pieces: Buffer[] = [];
  for (let at = 0; at < archive.length; at += 700) pieces.push(archive.subarray(at, at + 700));
  const streamed = inspectTarball(Readable.from(pieces), query);
  const [one, two] = await Promise.allSettled([atOnce, streamed]);
  if (one.status === 'fulfilled' && two.status === 'fulfilled') {
    expect(one.value).toEqual(two.value);
    return one.value;
  }
  expect([one.status, two.status]).toEqual(['rejected', 'rejected']);
  const reasons = [one, two].map((settled) => (settled as PromiseRejectedResult).reason as unknown);
  for (const reason of reasons) expect(reason).toBeInstanceOf(InvalidArchive);
  expect(String(reasons[0])).toBe(String(reasons[1]));
  throw reasons[0];
}

describe('inspectTarball', () => {
  test('counts files and finds the member, as any packer writes them', async () => {
    const packer = pack();
    packer.entry({ name: 'package/', type: 'directory' });
    packer.entry({ name: 'package/package.json' }, '{"name":"a","version":"1.0.0"}');
    packer.entry({ name: `package/${'long/'.repeat(60)}index.js` }, 'x'.repeat(2000));
    packer.entry({ name: 'package/héé.txt' }, 'é');
    packer.finalize();
    const archive = gzipSync(Buffer.concat(await Readable.from(packer).toArray()));
    expect(await inspect(archive)).toEqual({
      fileCount: 3,
      unpackedSize: 30 + 2000 + 2,
      member: '{"name":"a","version":"1.0.0"}',
    });
  });

  test('takes what is unusual but clear', async () => {
    for (const [what, archive] of Object.entries({
      'V7 header': tgz({ ...manifest, magic: '' }),
      'GNU header': tgz({ ...manifest, magic: 'ustar  \0' }),
      'GNU long name': tgz(
        { type: 'L', path: '././@LongLink', body: `package/package.json\0` },
        { ...manifest, path: 'x' },
      ),
      'PAX path': tgz(pax('path=package/package.json', 'mtime=1.5'), { ...manifest, path: 'x' }),
      'PAX size that agrees': tgz(pax('size=12'), manifest),
      'global PAX comment': tgz({ ...pax('comment=abc'), type: 'g' }, manifest),
      'no end mark': gzipSync(entry(manifest)),
      'more zeros': gzipSync(Buffer.concat([tar(manifest), Buffer.alloc(9 * 1024)])),
      'zeros behind the gzip': Buffer.concat([tgz(manifest), Buffer.alloc(600)]),
      'the same file twice': tgz(manifest, manifest),
      'binary size': tgz({ ...manifest, patch: (b) => b.fill(0, 124, 136) && (b[124] = 0x80) && (b[135] = 12) }),
      'a leading dot': tgz({ ...manifest, path: './package.json' }),
    })) {
      expect((await inspect(archive)).member, what).toBe('{"name":"a"}');
    }
  });

  test('counts links and folders as no files, and lets links stay inside', async () => {
    const links: Entry[] = [
      { path: 'package/dir', type: '5' },
      { path: 'package/old/', type: '0' },
      { path: 'package/l', type: '2', link: 'package.json' },
      { path: 'package/a/b/l', type: '2', link: '../../package.json' },
      { path: 'package/h', type: '1', link: 'package/package.json' },
    ];
    expect(await inspect(tgz(manifest, ...links))).toMatchObject({ fileCount: 1, unpackedSize: 12 });
  });

  test('gives null when the member is missing or lies elsewhere', async () => {
    expect((await inspect(tgz({ path: 'package/lib/package.json', body: '{}' }))).member).toBeNull();
    expect((await inspect(tgz({ path: 'package.json', body: '{}' }))).member).toBeNull();
  });

  const good = tgz(manifest);
  const flipped = Buffer.from(good);
  flipped[flipped.length - 6] = (flipped[flipped.length - 6] as number) ^ 1;
  test.each<[string, Buffer, RegExp]>([
    ['nothing', Buffer.alloc(0), /empty/],
    ['text', Buffer.from('hello'), /not gzipped/],
    ['a ZIP file', Buffer.from('PK\x03\x04aaaaaaaaaaaaaa'), /ZIP/],
    ['a web page', Buffer.from('<!doctype html><p>'), /web page/],
    ['a plain tar', tar(manifest), /not gzipped/],
    ['two bytes of gzip', Buffer.from('1f8b', 'hex'), /cut off/],
    ['half an archive', good.subarray(0, good.length >> 1), /cut off/],
    ['no trailer', good.subarray(0, -4), /cut off/],
    ['a wrong CRC', flipped, /damaged/],
    ['bytes behind the end', Buffer.concat([good, Buffer.from('hello')]), /damaged|behind its end/],
    ['bytes behind zeros', Buffer.concat([good, Buffer.alloc(2000), Buffer.from('x')]), /behind its end/],
    ['gzipped text', gzipSync('x'.repeat(2000)), /unreadable checksum/],
    ['a short tar', gzipSync(Buffer.concat([entry(manifest), Buffer.alloc(100, 1)])), /cut off/],
    ['a tar that ends in a file', gzipSync(tar({ path: 'package/a', size: 5000 }).subarray(0, 1024)), /cut off/],
    ['a tar that ends in a header', gzipSync(entry(pax('path=x'))), /cut off/],
    ['an entry behind the end mark', gzipSync(Buffer.concat([entry(manifest), endMark, entry(manifest)])), /end mark/],
    ['an entry behind one zero block', gzipSync(Buffer.concat([Buffer.alloc(512), tar(manifest)])), /end mark/],
    ['a wrong checksum', gzipSync(tar(manifest).fill(0x30, 148, 154)), /damaged header|checksum/],
    ['a size of letters', tgz({ patch: (b) => b.write('zzzzzzzzzzz', 124) }), /unreadable size/],
    ['a negative size', tgz({ patch: (b) => b.fill(0xff, 124, 136) }), /unreadable size/],
    ['a huge size', tgz({ patch: (b) => b.fill(0xff, 125, 136) && (b[124] = 0x80) }), /impossible size/],
    ['two sizes', tgz(pax('size=5'), manifest), /two sizes/],
    ['two names', tgz({ type: 'L', body: 'package/b' }, pax('path=package/c'), manifest), /two names/],
    ['a name for all', tgz({ ...pax('path=package/package.json'), type: 'g' }, manifest), /to all/],
    ['a broken PAX header', tgz({ type: 'x', body: '99 path=a\n' }, manifest), /broken PAX/],
    ['a PAX header of junk', tgz({ type: 'x', body: 'junk' }, manifest), /broken PAX/],
    ['a large PAX header', gzipSync(entry({ type: 'x', body: Buffer.alloc(1024 * 1024 + 1) })), /1 MiB/],
    ['a sparse file (GNU)', tgz({ type: 'S' }), /no file, folder or link/],
    ['a sparse file (PAX)', tgz(pax('GNU.sparse.major=1'), manifest), /sparse/],
    ['a character device', tgz({ type: '3' }), /no file, folder or link/],
    ['a FIFO', tgz({ type: '6' }), /no file, folder or link/],
    ['an unknown type', tgz({ type: 'Z' }), /no file, folder or link/],
    ['a folder with a size', tgz({ type: '5', body: 'x' }), /size to a directory/],
    ['a strange format', tgz({ ...manifest, magic: 'ustar\x0099' }), /unknown format/],
    ['a parent', tgz({ path: '../a' }), /leaves its folder/],
    ['a parent inside', tgz({ path: 'package/../../a' }), /leaves its folder/],
    ['a parent in the prefix', tgz({ path: 'a', prefix: 'package/..' }), /leaves its folder/],
    ['a parent with backslashes', tgz({ path: 'package\\..\\..\\a' }), /leaves its folder/],
    ['an absolute path', tgz({ path: '/etc/passwd' }), /absolute/],
    ['a drive', tgz({ path: 'C:/a' }), /absolute/],
    ['a share', tgz({ path: '\\\\host\\a' }), /absolute/],
    ['an empty name', tgz({ path: '' }), /empty/],
    ['an empty segment', tgz({ path: 'package//package.json' }), /empty/],
    ['a dot segment', tgz({ path: 'package/./package.json' }), /empty/],
    ['a name of 5 KiB', tgz(pax(`path=package/${'a'.repeat(5000)}`), {}), /4 KiB/],
    ['a NUL in a name', tgz(pax('path=package/a\0b'), {}), /NUL/],
    ['a symbolic link out', tgz({ type: '2', link: '../../etc' }), /link that leaves/],
    ['a symbolic link to its parent', tgz({ type: '2', link: '..' }), /link that leaves/],
    ['an absolute link', tgz({ type: '2', link: '/etc/passwd' }), /link that leaves/],
    ['a link at the top', tgz({ path: 'package', type: '2', link: 'b' }), /link that leaves/],
    ['a hard link out', tgz({ type: '1', link: '../../server.db' }), /leaves its folder/],
    ['a hard link elsewhere', tgz({ type: '1', link: 'other/a' }), /link that leaves/],
    ['a member that is a link', tgz({ ...manifest, body: '', type: '2', link: 'b.json' }), /is a symbolic link/],
    ['a member that is too large', tgz({ ...manifest, body: 'x'.repeat(1025) }), /more than 1024/],
    ['members that differ', tgz(manifest, { ...manifest, body: '{"name":"b"}' }), /differ/],
    ['members that differ in size', tgz(manifest, { path: 'b/package.json', body: '{}' }), /differ/],
  ])('refuses %s', async (_what, archive, message) => {
    await expect(inspect(archive)).rejects.toThrow(message);
  });

  test('refuses too many entries', async () => {
    const block = header({ path: 'package/empty' });
    const many = gzipSync(Buffer.concat(Array.from({ length: 200_001 }, () => block)), { level: 1 });
    await expect(inspectTarball(many, query)).rejects.toThrow(/200000 entries|200 times/);
  });

  test('refuses a bomb long before it is unpacked', async () => {
    const bomb = gzipSync(Buffer.concat([header({ size: 100 * 1024 * 1024 }), Buffer.alloc(100 * 1024 * 1024)]));
    await expect(inspectTarball(bomb, query)).rejects.toThrow('200 times');
  });

  test('takes a large archive that does not compress, in either form', async () => {
    const body = randomBytes(3 * 1024 * 1024);
    const archive = tgz(manifest, { path: 'package/data', body });
    const contents = { fileCount: 2, unpackedSize: 12 + body.length, member: '{"name":"a"}' };
    expect(await inspect(archive)).toEqual(contents);
    // Small, but too large to be unpacked at once.
    expect(await inspect(tgz(manifest, { path: 'package/data', body: 'x'.repeat(5_000_000) }))).toMatchObject({
      fileCount: 2,
    });
  });

  test('passes on the error of its source', async () => {
    const source = new Readable({ read() {} });
    source.push(good.subarray(0, 20));
    const reading = inspectTarball(source, query);
    setImmediate(() => source.destroy(new Error('disk')));
    await expect(reading).rejects.toThrow('disk');
  });
});
