import { InvalidArchive } from './invalid-archive.ts';

/** One 512-byte header block (POSIX ustar, GNU or V7): https://pubs.opengroup.org/onlinepubs/9699919799/utilities/pax.html. */
export interface TarHeader {
  /** Prefix joined; ends at the first NUL. */
  readonly path: string;
  readonly size: number;
  /** The character of the type flag; `0` also for old files. */
  readonly type: string;
  readonly linkPath: string;
}

const magicOf = { posix: 'ustar\x0000', gnu: 'ustar  \0' };

/** Decodes a block that isn't all zeros. Readers disagree on what is odd in a header, so what is odd is refused. */
export function decodeTarHeader(block: Buffer): TarHeader {
  if (checksum(block) !== octal(block, 148, 8, 'checksum'))
    throw new InvalidArchive('The tar archive has a damaged header.');
  const magic = block.toString('latin1', 257, 265);
  if (magic.startsWith('ustar') && magic !== magicOf.posix && magic !== magicOf.gnu) {
    throw new InvalidArchive('The tar archive has a header of an unknown format.');
  }
  const name = text(block, 0, 100);
  const prefix = magic === magicOf.posix ? text(block, 345, 155) : '';
  const flag = block[156] as number;
  return {
    path: prefix === '' ? name : `${prefix}/${name}`,
    size: number(block, 124, 12, 'size'),
    type: flag === 0 ? '0' : String.fromCharCode(flag),
    linkPath: text(block, 157, 100),
  };
}

/** Sum of all bytes, those of the checksum itself taken as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 32;
  for (let i = 0; i < 148; i++) sum += block[i] as number;
  for (let i = 156; i < 512; i++) sum += block[i] as number;
  return sum;
}

function text(block: Buffer, start: number, length: number): string {
  const nul = block.indexOf(0, start);
  return block.toString('utf8', start, nul === -1 || nul > start + length ? start + length : nul);
}

/** GNU writes numbers too large for octal as big-endian binary, marked by the first bit. */
function number(block: Buffer, start: number, length: number, what: string): number {
  if (block[start] !== 0x80) return octal(block, start, length, what);
  const high = block.subarray(start + 1, start + length - 6);
  const value = block.readUIntBE(start + length - 6, 6);
  if (high.some((byte) => byte !== 0))
    throw new InvalidArchive(`The tar archive has a header with an impossible ${what}.`);
  return value;
}

function octal(block: Buffer, start: number, length: number, what: string): number {
  const match = /^ *([0-7]*)[ \0]*$/.exec(block.toString('latin1', start, start + length));
  if (match === null) throw new InvalidArchive(`The tar archive has a header with an unreadable ${what}.`);
  return match[1] === '' ? 0 : Number.parseInt(match[1] as string, 8);
}
