/** Bytes of any size for uploads, never whole in memory: the same size and seed always give the same bytes. */
import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';

const blockSize = 64 * 1024;

/** A body of exactly `size` bytes that doesn't compress. */
export function payload(size: number, seed = 'payload'): Readable {
  return Readable.from(blocks(size, seed), { objectMode: false, highWaterMark: blockSize });
}

/** Lower-case hex SHA-256 of the payload with that size and seed. */
export function payloadSha256(size: number, seed = 'payload'): string {
  const hash = createHash('sha256');
  for (const block of blocks(size, seed)) hash.update(block);
  return hash.digest('hex');
}

/** One base block per seed, its first bytes replaced by the block's number: cheap, and no two blocks are equal. */
function* blocks(size: number, seed: string): Generator<Buffer> {
  const base = baseBlock(seed);
  for (let start = 0; start < size; start += blockSize) {
    const block = Buffer.from(base);
    block.writeBigUInt64BE(BigInt(start), 0);
    yield block.subarray(0, Math.min(blockSize, size - start));
  }
}

function baseBlock(seed: string): Buffer {
  const block = Buffer.alloc(blockSize);
  for (let at = 0; at < blockSize; at += 64) createHash('sha512').update(`${seed}:${at}`).digest().copy(block, at);
  return block;
}
