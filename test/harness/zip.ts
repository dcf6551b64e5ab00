/** Makes ZIP archives for tests: honest ones, and ones that lie wherever a test wants them to. */
import { crc32, deflateRawSync } from 'node:zlib';

export interface ZipMember {
  readonly name: string | Buffer;
  readonly body?: string | Buffer;
  readonly stored?: boolean;
  /** Unix mode; without one the archive was made on DOS. */
  readonly mode?: number;
  /** Sizes and CRC behind the data: `16` and `24` bytes with signature, `12` and `20` without. */
  readonly descriptor?: 12 | 16 | 20 | 24;
  readonly flags?: number;
  readonly localExtra?: Buffer;
  readonly centralExtra?: Buffer;
  /** What is written instead of the body's packed bytes. */
  readonly packed?: Buffer;
  /** Change finished headers. */
  readonly patchLocal?: (header: Buffer) => void;
  readonly patchCentral?: (header: Buffer) => void;
  /** Bytes in front of the local header that belong to nothing. */
  readonly before?: Buffer;
}

export interface ZipShape {
  readonly prefix?: Buffer;
  /** Whether offsets count the prefix. */
  readonly prefixCounted?: boolean;
  readonly comment?: Buffer;
  readonly suffix?: Buffer;
  /** Between the last entry and the directory. */
  readonly beforeDirectory?: Buffer;
  readonly zip64?: boolean;
  readonly patchEnd?: (end: Buffer) => void;
  readonly patchZip64?: (record: Buffer, locator: Buffer) => void;
}

export function zip(members: readonly ZipMember[], shape: ZipShape = {}): Buffer {
  const { prefix = Buffer.alloc(0), prefixCounted = false, beforeDirectory = Buffer.alloc(0) } = shape;
  const counted = prefixCounted ? prefix.length : 0;
  const parts: Buffer[] = [];
  const central: Buffer[] = [];
  let at = counted;
  for (const member of members) {
    const before = member.before ?? Buffer.alloc(0);
    at += before.length;
    const local = localPart(member);
    central.push(centralHeader(member, at));
    parts.push(before, local);
    at += local.length;
  }
  const directory = Buffer.concat(central);
  at += beforeDirectory.length;
  const end = endRecords(members.length, directory.length, at, shape);
  return Buffer.concat([prefix, ...parts, beforeDirectory, directory, end, shape.suffix ?? Buffer.alloc(0)]);
}

interface Facts {
  readonly name: Buffer;
  readonly packed: Buffer;
  readonly size: number;
  readonly crc: number;
  readonly method: number;
  readonly flags: number;
}

function factsOf(member: ZipMember): Facts {
  const body = Buffer.from(member.body ?? '');
  const stored = member.stored ?? body.length === 0;
  return {
    name: Buffer.from(member.name),
    packed: member.packed ?? (stored ? body : deflateRawSync(body)),
    size: body.length,
    crc: crc32(body),
    method: stored ? 0 : 8,
    flags: (member.flags ?? 0) | (member.descriptor === undefined ? 0 : 8),
  };
}

function localPart(member: ZipMember): Buffer {
  const { name, packed, size, crc, method, flags } = factsOf(member);
  const extra = member.localExtra ?? Buffer.alloc(0);
  const header = Buffer.alloc(30);
  header.writeUInt32LE(0x04034b50, 0);
  header.writeUInt16LE(20, 4);
  header.writeUInt16LE(flags, 6);
  header.writeUInt16LE(method, 8);
  if (member.descriptor === undefined) {
    header.writeUInt32LE(crc, 14);
    header.writeUInt32LE(packed.length, 18);
    header.writeUInt32LE(size, 22);
  }
  header.writeUInt16LE(name.length, 26);
  header.writeUInt16LE(extra.length, 28);
  const whole = Buffer.concat([header, name, extra]);
  member.patchLocal?.(whole);
  return Buffer.concat([whole, packed, descriptor(member.descriptor, crc, packed.length, size)]);
}

function descriptor(length: ZipMember['descriptor'], crc: number, packed: number, size: number): Buffer {
  if (length === undefined) return Buffer.alloc(0);
  const wide = length >= 20;
  const bytes = Buffer.alloc(wide ? 24 : 16);
  bytes.writeUInt32LE(0x08074b50, 0);
  bytes.writeUInt32LE(crc, 4);
  bytes.writeUInt32LE(packed, 8);
  bytes.writeUInt32LE(size, wide ? 16 : 12);
  return length % 8 === 4 ? bytes.subarray(4) : bytes;
}

function centralHeader(member: ZipMember, offset: number): Buffer {
  const { name, packed, size, crc, method, flags } = factsOf(member);
  const extra = member.centralExtra ?? Buffer.alloc(0);
  const header = Buffer.alloc(46);
  header.writeUInt32LE(0x02014b50, 0);
  header.writeUInt16LE(member.mode === undefined ? 20 : (3 << 8) | 20, 4);
  header.writeUInt16LE(20, 6);
  header.writeUInt16LE(flags, 8);
  header.writeUInt16LE(method, 10);
  header.writeUInt32LE(crc, 16);
  header.writeUInt32LE(packed.length, 20);
  header.writeUInt32LE(size, 24);
  header.writeUInt16LE(name.length, 28);
  header.writeUInt16LE(extra.length, 30);
  header.writeUInt32LE(((member.mode ?? 0) << 16) >>> 0, 38);
  header.writeUInt32LE(offset, 42);
  const whole = Buffer.concat([header, name, extra]);
  member.patchCentral?.(whole);
  return whole;
}

function endRecords(count: number, size: number, offset: number, shape: ZipShape): Buffer {
  const { comment = Buffer.alloc(0), zip64 = false } = shape;
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(zip64 ? 0xffff : count, 8);
  end.writeUInt16LE(zip64 ? 0xffff : count, 10);
  end.writeUInt32LE(zip64 ? 0xffffffff : size, 12);
  end.writeUInt32LE(zip64 ? 0xffffffff : offset, 16);
  end.writeUInt16LE(comment.length, 20);
  shape.patchEnd?.(end);
  return Buffer.concat([zip64 ? zip64End(count, size, offset, shape) : Buffer.alloc(0), end, comment]);
}

function zip64End(count: number, size: number, offset: number, shape: ZipShape): Buffer {
  const record = Buffer.alloc(56);
  record.writeUInt32LE(0x06064b50, 0);
  record.writeBigUInt64LE(44n, 4);
  record.writeBigUInt64LE(BigInt(count), 24);
  record.writeBigUInt64LE(BigInt(count), 32);
  record.writeBigUInt64LE(BigInt(size), 40);
  record.writeBigUInt64LE(BigInt(offset), 48);
  const locator = Buffer.alloc(20);
  locator.writeUInt32LE(0x07064b50, 0);
  locator.writeBigUInt64LE(BigInt(offset + size), 8);
  locator.writeUInt32LE(1, 16);
  shape.patchZip64?.(record, locator);
  return Buffer.concat([record, locator]);
}
