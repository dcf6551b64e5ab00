import { createHash, createPublicKey, type KeyObject } from 'node:crypto';
import { bytesAt, byteAt, decodeMpi, decodePackets, InvalidOpenPgp, numberAt, packetTag } from './openpgp-packets.ts';

/** A key that signatures can be checked with: a primary key, or one below it. */
export interface OpenPgpPublicKey {
  /** 16 upper-case hex digits. */
  readonly keyId: string;
  /** 40 upper-case hex digits. */
  readonly fingerprint: string;
  readonly algorithm: number;
  /** `null` when its algorithm isn't for signatures, or is not known here. */
  readonly key: KeyObject | null;
}

export const algorithms = { rsa: 1, rsaSign: 3, ecdsa: 19, eddsaLegacy: 22, ed25519: 27 } as const;

/** Object identifiers of curves, hex, and what they are called elsewhere. */
const curves: ReadonlyMap<string, string> = new Map([
  ['2a8648ce3d030107', 'P-256'],
  ['2b81040022', 'P-384'],
  ['2b81040023', 'P-521'],
]);
const ed25519Oid = '2b06010401da470f01';

/** Keys of a certificate, the primary one first. What it says of itself is not checked: whoever hands it over vouches for it. */
export function readPublicKeys(bytes: Buffer): readonly OpenPgpPublicKey[] {
  const packets = decodePackets(bytes);
  if (packets[0]?.tag !== packetTag.publicKey) throw new InvalidOpenPgp('The block holds no public key.');
  if (packets.filter(({ tag }) => tag === packetTag.publicKey).length > 1) {
    throw new InvalidOpenPgp('The block holds several keys; register them one by one.');
  }
  return packets
    .filter(({ tag }) => tag === packetTag.publicKey || tag === packetTag.publicSubkey)
    .map(({ body }) => readKey(body));
}

function readKey(body: Buffer): OpenPgpPublicKey {
  if (byteAt(body, 0) !== 4)
    throw new InvalidOpenPgp('The key is not of version 4, which is all that Terraform reads.');
  const fingerprint = fingerprintOf(body).toString('hex').toUpperCase();
  const algorithm = byteAt(body, 5);
  return { keyId: fingerprint.slice(-16), fingerprint, algorithm, key: keyOf(algorithm, body.subarray(6)) };
}

export function fingerprintOf(keyBody: Buffer): Buffer {
  return createHash('sha1').update(hashedKey(keyBody)).digest();
}

/** A key as fingerprints and certifications are made of it. */
export function hashedKey(keyBody: Buffer): Buffer {
  const head = Buffer.from([0x99, 0, 0]);
  head.writeUInt16BE(keyBody.length, 1);
  return Buffer.concat([head, keyBody]);
}

function keyOf(algorithm: number, material: Buffer): KeyObject | null {
  try {
    const jwk = jwkOf(algorithm, material);
    return jwk === null ? null : createPublicKey({ key: jwk, format: 'jwk' });
  } catch (error) {
    if (error instanceof InvalidOpenPgp) throw error;
    throw new InvalidOpenPgp('The key is damaged.');
  }
}

type Jwk = Record<string, string>;

function jwkOf(algorithm: number, material: Buffer): Jwk | null {
  switch (algorithm) {
    case algorithms.rsa:
    case algorithms.rsaSign: {
      const n = decodeMpi(material, 0);
      return { kty: 'RSA', n: base64url(n.value), e: base64url(decodeMpi(material, n.end).value) };
    }
    case algorithms.ed25519:
      return edwards(bytesAt(material, 0, 32));
    case algorithms.eddsaLegacy:
    case algorithms.ecdsa:
      return curveKey(algorithm, material);
    default:
      return null;
  }
}

function curveKey(algorithm: number, material: Buffer): Jwk | null {
  const oidLength = numberAt(material, 0, 1);
  const oid = bytesAt(material, 1, oidLength).toString('hex');
  const { value: point } = decodeMpi(material, 1 + oidLength);
  if (algorithm === algorithms.eddsaLegacy) {
    return oid === ed25519Oid && point.length === 33 && point[0] === 0x40 ? edwards(point.subarray(1)) : null;
  }
  const crv = curves.get(oid);
  if (crv === undefined || point[0] !== 4) return null;
  const half = (point.length - 1) / 2;
  return { kty: 'EC', crv, x: base64url(point.subarray(1, 1 + half)), y: base64url(point.subarray(1 + half)) };
}

function edwards(point: Buffer): Jwk {
  return { kty: 'OKP', crv: 'Ed25519', x: base64url(point) };
}

function base64url(bytes: Buffer): string {
  return bytes.toString('base64url');
}
