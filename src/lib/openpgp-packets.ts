/**
 * OpenPGP packets and their fields, as far as keys and signatures of version 4 need them.
 * https://www.rfc-editor.org/rfc/rfc9580.html#name-packet-syntax
 */

/** What isn't OpenPGP, or a part of it that is not understood; the message is a sentence for the sender. */
export class InvalidOpenPgp extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'InvalidOpenPgp';
  }
}

export const packetTag = { signature: 2, publicKey: 6, userId: 13, publicSubkey: 14 } as const;

export interface Packet {
  readonly tag: number;
  readonly body: Buffer;
}

/** A packet with the header of the new form. */
export function encodePacket(tag: number, body: Buffer): Buffer {
  return Buffer.concat([Buffer.from([0xc0 | tag]), encodeLength(body.length), body]);
}

function encodeLength(length: number): Buffer {
  if (length < 192) return Buffer.from([length]);
  if (length < 8384) return Buffer.from([((length - 192) >> 8) + 192, (length - 192) & 0xff]);
  const wide = Buffer.from([0xff, 0, 0, 0, 0]);
  wide.writeUInt32BE(length, 1);
  return wide;
}

/** All packets in order; parts of unknown length, which keys and signatures never have, are refused. */
export function decodePackets(bytes: Buffer): Packet[] {
  const packets: Packet[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at] ?? 0;
    if ((first & 0x80) === 0) throw new InvalidOpenPgp('The data is no OpenPGP data.');
    const isNew = (first & 0x40) !== 0;
    const { length, size } = isNew ? newLength(bytes, at + 1) : oldLength(bytes, at + 1, first & 3);
    const start = at + 1 + size;
    if (start + length > bytes.length) throw cutOff();
    packets.push({ tag: isNew ? first & 0x3f : (first >> 2) & 0xf, body: bytes.subarray(start, start + length) });
    at = start + length;
  }
  return packets;
}

interface Length {
  readonly length: number;
  /** Bytes that state it. */
  readonly size: number;
}

function newLength(bytes: Buffer, at: number): Length {
  const first = byteAt(bytes, at);
  if (first < 192) return { length: first, size: 1 };
  if (first < 224) return { length: ((first - 192) << 8) + byteAt(bytes, at + 1) + 192, size: 2 };
  if (first < 255) throw new InvalidOpenPgp('The OpenPGP data has a packet in pieces.');
  return { length: numberAt(bytes, at + 1, 4), size: 5 };
}

function oldLength(bytes: Buffer, at: number, type: number): Length {
  if (type === 3) throw new InvalidOpenPgp('The OpenPGP data has a packet of unknown length.');
  const size = 1 << type;
  return { length: numberAt(bytes, at, size), size };
}

export function byteAt(bytes: Buffer, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw cutOff();
  return byte;
}

export function numberAt(bytes: Buffer, at: number, size: number): number {
  if (at + size > bytes.length) throw cutOff();
  return bytes.readUIntBE(at, size);
}

export function bytesAt(bytes: Buffer, at: number, length: number): Buffer {
  if (at + length > bytes.length) throw cutOff();
  return bytes.subarray(at, at + length);
}

/** A multiprecision integer: its bits as two bytes, then its bytes without leading zeros. */
export function encodeMpi(value: Buffer): Buffer {
  let start = 0;
  while (start < value.length - 1 && value[start] === 0) start++;
  const bytes = value.subarray(start);
  const bits = bytes.length * 8 - Math.clz32(bytes[0] ?? 0) + 24;
  const head = Buffer.alloc(2);
  head.writeUInt16BE(bits);
  return Buffer.concat([head, bytes]);
}

export function decodeMpi(bytes: Buffer, at: number): { readonly value: Buffer; readonly end: number } {
  const length = Math.ceil(numberAt(bytes, at, 2) / 8);
  const value = bytesAt(bytes, at + 2, length);
  return { value, end: at + 2 + length };
}

export interface Subpacket {
  readonly type: number;
  readonly body: Buffer;
}

export function encodeSubpacket(type: number, body: Buffer): Buffer {
  return Buffer.concat([encodeLength(body.length + 1), Buffer.from([type]), body]);
}

/** The critical bit is taken off the type. */
export function decodeSubpackets(bytes: Buffer): Subpacket[] {
  const found: Subpacket[] = [];
  let at = 0;
  while (at < bytes.length) {
    const first = byteAt(bytes, at);
    const { length, size } =
      first >= 192 && first < 255
        ? { length: ((first - 192) << 8) + byteAt(bytes, at + 1) + 192, size: 2 }
        : newLength(bytes, at);
    if (length === 0) throw cutOff();
    const body = bytesAt(bytes, at + size + 1, length - 1);
    found.push({ type: byteAt(bytes, at + size) & 0x7f, body });
    at += size + length;
  }
  return found;
}

function cutOff(): InvalidOpenPgp {
  return new InvalidOpenPgp('The OpenPGP data is cut off.');
}
