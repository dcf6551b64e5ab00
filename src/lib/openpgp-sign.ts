/** Certificates and detached signatures of version 4 by an RSA key: what every Terraform since 0.13 understands. */
import { createHash, createPublicKey, type KeyObject, sign } from 'node:crypto';
import { armor } from './openpgp-armor.ts';
import { fingerprintOf, hashedKey } from './openpgp-keys.ts';
import { encodeMpi, encodePacket, encodeSubpacket, packetTag } from './openpgp-packets.ts';

export interface OpenPgpSecret {
  /** RSA. */
  readonly key: KeyObject;
  /** Seconds since the epoch: part of the fingerprint. */
  readonly createdAt: number;
}

const rsa = 1;
const sha512 = 10;
const signatureType = { binary: 0x00, certification: 0x13 } as const;
const subpacketType = { createdAt: 2, preferredHashes: 21, keyFlags: 27, issuer: 16, issuerFingerprint: 33 } as const;
/** It may certify and sign. */
const keyFlags = 0x03;

export interface OpenPgpCertificate {
  /** 16 upper-case hex digits. */
  readonly keyId: string;
  readonly armored: string;
}

/** The public half, with one user id that the key itself certifies. */
export function certificateOf(secret: OpenPgpSecret, userId: string): OpenPgpCertificate {
  const body = publicKeyBody(secret);
  const name = Buffer.from(userId);
  const hashedName = Buffer.concat([Buffer.from([0xb4]), uint32(name.length), name]);
  const certification = signatureBody(secret, {
    type: signatureType.certification,
    at: secret.createdAt,
    data: Buffer.concat([hashedKey(body), hashedName]),
    more: [
      encodeSubpacket(subpacketType.keyFlags, Buffer.from([keyFlags])),
      encodeSubpacket(subpacketType.preferredHashes, Buffer.from([sha512])),
    ],
  });
  const packets = Buffer.concat([
    encodePacket(packetTag.publicKey, body),
    encodePacket(packetTag.userId, name),
    encodePacket(packetTag.signature, certification),
  ]);
  return { keyId: keyIdOf(body).toString('hex').toUpperCase(), armored: armor('PUBLIC KEY BLOCK', packets) };
}

/** A binary detached signature; `at`: seconds since the epoch. */
export function detachedSignature(secret: OpenPgpSecret, data: Buffer, at: number): Buffer {
  const body = signatureBody(secret, { type: signatureType.binary, at, data, more: [] });
  return encodePacket(packetTag.signature, body);
}

interface Signing {
  readonly type: number;
  readonly at: number;
  readonly data: Buffer;
  readonly more: readonly Buffer[];
}

function signatureBody(secret: OpenPgpSecret, { type, at, data, more }: Signing): Buffer {
  const body = publicKeyBody(secret);
  const hashedSubpackets = Buffer.concat([
    encodeSubpacket(subpacketType.createdAt, uint32(at)),
    encodeSubpacket(subpacketType.issuerFingerprint, Buffer.concat([Buffer.from([4]), fingerprintOf(body)])),
    ...more,
  ]);
  const hashed = Buffer.concat([
    Buffer.from([4, type, rsa, sha512]),
    uint16(hashedSubpackets.length),
    hashedSubpackets,
  ]);
  const trailer = Buffer.concat([Buffer.from([4, 0xff]), uint32(hashed.length)]);
  const signed = Buffer.concat([data, hashed, trailer]);
  const unhashed = encodeSubpacket(subpacketType.issuer, keyIdOf(body));
  const digest = createHash('sha512').update(signed).digest();
  const value = encodeMpi(sign('sha512', signed, secret.key));
  return Buffer.concat([hashed, uint16(unhashed.length), unhashed, digest.subarray(0, 2), value]);
}

function publicKeyBody({ key, createdAt }: OpenPgpSecret): Buffer {
  const { n = '', e = '' } = createPublicKey(key).export({ format: 'jwk' });
  const numbers = [n, e].map((number) => encodeMpi(Buffer.from(number, 'base64url')));
  return Buffer.concat([Buffer.from([4]), uint32(createdAt), Buffer.from([rsa]), ...numbers]);
}

function keyIdOf(keyBody: Buffer): Buffer {
  return fingerprintOf(keyBody).subarray(-8);
}

function uint16(value: number): Buffer {
  const bytes = Buffer.alloc(2);
  bytes.writeUInt16BE(value);
  return bytes;
}

function uint32(value: number): Buffer {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(value);
  return bytes;
}
