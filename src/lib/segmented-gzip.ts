/**
 * One gzip member (RFC 1952) out of pieces that were compressed apart: a document that grows compresses only its new
 * pieces. Each piece is raw deflate that ends at a byte border, so pieces can stand one after the other.
 */
import { promisify } from 'node:util';
import { constants, crc32, deflateRaw, deflateRawSync } from 'node:zlib';
import { ownBytes } from './own-bytes.ts';

export interface GzipSegment {
  /** The bytes before compression. */
  readonly raw: Buffer;
  /** What `deflateSegment` made of them. */
  readonly deflated: Buffer;
}

const options = { level: 6, finishFlush: constants.Z_SYNC_FLUSH };

/** Above this the way to a thread and back is cheaper than the loop standing still: 0.8 ms at 32 KiB. */
const onTheLoop = 32 * 1024;

const deflate = promisify<Buffer, typeof options, Buffer>(deflateRaw);

/** Deflates one piece so that it can stand anywhere in a member. The result may be kept. */
export async function deflateSegment(bytes: Buffer): Promise<Buffer> {
  return ownBytes(bytes.length > onTheLoop ? await deflate(bytes, options) : deflateRawSync(bytes, options));
}

/** Deflate, no flags, no time, no extra flags, unknown system: equal content gives equal bytes. */
const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255]);
/** A last block with nothing in it. */
const lastBlock = Buffer.from([0x03, 0x00]);

/** Joins the pieces, in order, to one gzip member. The result may be kept. */
export function assembleGzip(segments: readonly GzipSegment[]): Buffer {
  let crc = 0;
  let size = 0;
  const parts: Buffer[] = [header];
  for (const { raw, deflated } of segments) {
    // Of an empty buffer crc32 gives zero, whatever it was told to go on from.
    if (raw.length > 0) crc = crc32(raw, crc);
    size += raw.length;
    parts.push(deflated);
  }
  const trailer = Buffer.allocUnsafe(8);
  trailer.writeUInt32LE(crc, 0);
  trailer.writeUInt32LE(size % 2 ** 32, 4);
  parts.push(lastBlock, trailer);
  return ownBytes(Buffer.concat(parts));
}
