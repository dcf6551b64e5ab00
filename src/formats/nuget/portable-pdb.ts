import { createHash } from 'node:crypto';
import { Transform, type TransformCallback } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { StagedFile } from '../../registry/model.ts';

/** How debuggers find a PDB. */
export interface PdbIdentity {
  /** GUID and `ffffffff`, hex in lower case: https://github.com/dotnet/symstore/blob/main/docs/specs/SSQP_Key_Conventions.md. */
  readonly signature: string;
  /** SHA-256, hex, of the file with its id taken for zeros: what compilers write into the assembly. */
  readonly checksum: string;
}

const idLength = 20;
const longestRoot = 64 * 1024;

/**
 * The identity of a portable PDB; `null` when it is none.
 * https://github.com/dotnet/runtime/blob/main/docs/design/specs/PortablePdb-Metadata.md, ECMA-335 II.24.2
 */
export async function identifyPdb(staged: StagedFile): Promise<PdbIdentity | null> {
  const root = await staged.read(0, Math.min(staged.size, longestRoot));
  const start = pdbStreamStart(root);
  if (start === null || start + idLength > staged.size) return null;
  const id = await staged.read(start, idLength);
  return { signature: `${guidText(id)}ffffffff`, checksum: await checksumWithout(staged, start) };
}

/** Where the stream `#Pdb`, which begins with the id, lies in the file. */
function pdbStreamStart(root: Buffer): number | null {
  if (root.length < 20 || root.toString('latin1', 0, 4) !== 'BSJB') return null;
  const versionLength = root.readUInt32LE(12);
  let at = 16 + versionLength + 4;
  if (versionLength > 255 || at > root.length) return null;
  const streams = root.readUInt16LE(at - 2);
  for (let index = 0; index < streams; index++) {
    if (at + 8 > root.length) return null;
    const offset = root.readUInt32LE(at);
    const end = root.indexOf(0, at + 8);
    if (end < 0 || end - at > 40) return null;
    if (root.toString('latin1', at + 8, end) === '#Pdb') return offset;
    // Names are padded to four bytes, with a NUL at least.
    at = at + 8 + Math.ceil((end - at - 8 + 1) / 4) * 4;
  }
  return null;
}

/** As .NET prints a GUID without dashes: its first three numbers are stored with the low byte first. */
function guidText(id: Buffer): string {
  const [first, second, third] = [id.subarray(0, 4), id.subarray(4, 6), id.subarray(6, 8)];
  const numbers = [first, second, third].map((bytes) => Buffer.from(bytes).reverse().toString('hex'));
  return numbers.join('') + id.toString('hex', 8, 16);
}

async function checksumWithout(staged: StagedFile, start: number): Promise<string> {
  const hash = createHash('sha256');
  await pipeline(staged.open(), new Zeros(start, start + idLength), hash);
  return hash.digest('hex');
}

/** Passes bytes on, zeros in place of those from `start` to `end`. */
class Zeros extends Transform {
  readonly #start: number;
  readonly #end: number;
  #at = 0;

  constructor(start: number, end: number) {
    super();
    this.#start = start;
    this.#end = end;
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, done: TransformCallback): void {
    const from = Math.max(0, this.#start - this.#at);
    const to = Math.min(chunk.length, this.#end - this.#at);
    this.#at += chunk.length;
    if (from >= to) return done(null, chunk);
    return done(null, Buffer.concat([chunk.subarray(0, from), Buffer.alloc(to - from), chunk.subarray(to)]));
  }
}
