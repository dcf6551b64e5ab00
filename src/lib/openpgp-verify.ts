import { constants, createHash, verify } from 'node:crypto';
import { algorithms, type OpenPgpPublicKey } from './openpgp-keys.ts';
import {
  byteAt,
  bytesAt,
  decodeMpi,
  decodePackets,
  decodeSubpackets,
  InvalidOpenPgp,
  numberAt,
  packetTag,
} from './openpgp-packets.ts';

/** A detached signature of version 4, taken apart. */
interface Signature {
  readonly type: number;
  readonly algorithm: number;
  readonly hash: string;
  /** What is hashed behind the data. */
  readonly trailer: Buffer;
  /** Upper-case hex; `null` when it names none. */
  readonly issuerKeyId: string | null;
  readonly material: Buffer;
}

const hashes: ReadonlyMap<number, string> = new Map([
  [8, 'sha256'],
  [9, 'sha384'],
  [10, 'sha512'],
]);
const subpacketType = { issuer: 16, issuerFingerprint: 33 } as const;

/**
 * The key that made a binary detached signature of `data`; `null` when it is none of these. Throws `InvalidOpenPgp` for what
 * isn't such a signature, and for one that a given key should have made and didn't.
 */
export function signerOf(signature: Buffer, data: Buffer, keys: readonly OpenPgpPublicKey[]): OpenPgpPublicKey | null {
  const parsed = readSignature(signature);
  const key = keys.find(({ keyId }) => keyId === parsed.issuerKeyId);
  if (key === undefined) return null;
  if (key.key === null || key.algorithm !== parsed.algorithm) {
    throw new InvalidOpenPgp('The signature is of a kind that its key does not make.');
  }
  const isRight = check(parsed, Buffer.concat([data, parsed.trailer]), key);
  if (!isRight) throw new InvalidOpenPgp('The signature is wrong: it was made of other bytes.');
  return key;
}

function readSignature(bytes: Buffer): Signature {
  if (bytes.toString('latin1', 0, 10) === '-----BEGIN') {
    throw new InvalidOpenPgp('The signature is armoured; make a binary one, without --armor.');
  }
  const packets = decodePackets(bytes);
  const [packet] = packets;
  if (packet?.tag !== packetTag.signature || packets.length > 1) {
    throw new InvalidOpenPgp('The file is not one detached OpenPGP signature.');
  }
  const { body } = packet;
  if (byteAt(body, 0) !== 4) throw new InvalidOpenPgp('The signature is not of version 4.');
  const type = byteAt(body, 1);
  if (type !== 0) throw new InvalidOpenPgp('The signature is not one of a binary file.');
  const hash = hashes.get(byteAt(body, 3));
  if (hash === undefined)
    throw new InvalidOpenPgp('The signature uses a digest other than SHA-256, SHA-384 or SHA-512.');
  const hashedEnd = 6 + numberAt(body, 4, 2);
  const unhashedEnd = hashedEnd + 2 + numberAt(body, hashedEnd, 2);
  const hashed = bytesAt(body, 0, hashedEnd);
  const trailer = Buffer.from([4, 0xff, 0, 0, 0, 0]);
  trailer.writeUInt32BE(hashed.length, 2);
  return {
    type,
    algorithm: byteAt(body, 2),
    hash,
    trailer: Buffer.concat([hashed, trailer]),
    issuerKeyId: issuerOf(bytesAt(body, 6, hashedEnd - 6), bytesAt(body, hashedEnd + 2, unhashedEnd - hashedEnd - 2)),
    material: body.subarray(unhashedEnd + 2),
  };
}

/** What is hashed says it before what isn't. */
function issuerOf(...areas: readonly Buffer[]): string | null {
  for (const { type, body } of areas.flatMap((area) => decodeSubpackets(area))) {
    if (type === subpacketType.issuer && body.length === 8) return body.toString('hex').toUpperCase();
    if (type === subpacketType.issuerFingerprint && body[0] === 4)
      return body.subarray(-8).toString('hex').toUpperCase();
  }
  return null;
}

function check({ algorithm, hash, material }: Signature, signed: Buffer, { key }: OpenPgpPublicKey): boolean {
  if (key === null) return false;
  switch (algorithm) {
    case algorithms.rsa:
    case algorithms.rsaSign: {
      const size = Math.ceil((key.asymmetricKeyDetails?.modulusLength ?? 0) / 8);
      const value = padded(decodeMpi(material, 0).value, size);
      return verify(hash, signed, { key, padding: constants.RSA_PKCS1_PADDING }, value);
    }
    case algorithms.ed25519:
      return verify(null, digestOf(hash, signed), key, bytesAt(material, 0, 64));
    case algorithms.eddsaLegacy:
      return verify(null, digestOf(hash, signed), key, pair(material, 32));
    case algorithms.ecdsa: {
      const size = { prime256v1: 32, secp384r1: 48, secp521r1: 66 }[key.asymmetricKeyDetails?.namedCurve ?? ''] ?? 0;
      return verify(hash, signed, { key, dsaEncoding: 'ieee-p1363' }, pair(material, size));
    }
    default:
      return false;
  }
}

/** Ed25519 signs the digest. */
function digestOf(hash: string, signed: Buffer): Buffer {
  return createHash(hash).update(signed).digest();
}

/** Two numbers, each made `size` bytes long. */
function pair(material: Buffer, size: number): Buffer {
  const first = decodeMpi(material, 0);
  const second = decodeMpi(material, first.end);
  return Buffer.concat([padded(first.value, size), padded(second.value, size)]);
}

function padded(value: Buffer, size: number): Buffer {
  if (value.length > size) throw new InvalidOpenPgp('The signature is damaged.');
  return Buffer.concat([Buffer.alloc(size - value.length), value]);
}
