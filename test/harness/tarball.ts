import { buffer } from 'node:stream/consumers';
import { createGzip } from 'node:zlib';
import { type Header, pack } from 'tar-stream';

/** One member of an archive; `content` is a file's text or bytes, the other kinds have none. */
export interface TarEntry {
  readonly name: string;
  readonly content?: string | Uint8Array;
  readonly type?: NonNullable<Header['type']>;
  /** Target of a link. */
  readonly linkname?: string;
  readonly mode?: number;
}

/** npm's own fixed date for members: the same entries always give the same bytes. */
const memberDate = new Date('1985-10-26T08:15:00.000Z');

/** A gzipped tar of the entries, in their order. Nothing is checked: hostile names are written as given. */
export async function tarball(entries: readonly TarEntry[]): Promise<Buffer> {
  const archive = pack();
  for (const { name, content = '', type = 'file', linkname, mode = 0o644 } of entries) {
    const bytes = typeof content === 'string' ? Buffer.from(content) : Buffer.from(content);
    archive.entry({ name, type, mode, mtime: memberDate, ...(linkname === undefined ? {} : { linkname }) }, bytes);
  }
  archive.finalize();
  return buffer(archive.pipe(createGzip({ level: 9 })));
}
