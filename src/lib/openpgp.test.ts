import { generateKeyPairSync } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { gnupgCases, signedText } from '../../test/harness/gnupg-cases.ts';
import { armor, dearmor } from './openpgp-armor.ts';
import { readPublicKeys } from './openpgp-keys.ts';
import { decodeMpi, decodePackets, encodeMpi, encodePacket, InvalidOpenPgp } from './openpgp-packets.ts';
import { certificateOf, detachedSignature } from './openpgp-sign.ts';
import { signerOf } from './openpgp-verify.ts';

const text = Buffer.from(signedText);
const keysOf = (armored: string) => readPublicKeys(dearmor('PUBLIC KEY BLOCK', armored));

test.each(gnupgCases)('a signature that GnuPG made with $algorithm', ({ armored, signature }) => {
  const keys = keysOf(armored);
  const bytes = Buffer.from(signature, 'base64');
  expect(keys).toContain(signerOf(bytes, text, keys));
  expect(() => signerOf(bytes, Buffer.from('other'), keys)).toThrow('made of other bytes');
  for (const other of gnupgCases.filter((one) => one.armored !== armored)) {
    expect(signerOf(bytes, text, keysOf(other.armored))).toBeNull();
  }
});

test('no bit of a signature may be another', () => {
  for (const { armored, signature } of gnupgCases) {
    const keys = keysOf(armored);
    const bytes = Buffer.from(signature, 'base64');
    const outcome = (changed: Buffer): unknown => {
      try {
        return signerOf(changed, text, keys);
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidOpenPgp);
        return null;
      }
    };
    const property = fc.property(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), (at, flip) => {
      const changed = Buffer.from(bytes);
      changed[at] = (changed[at] ?? 0) ^ flip;
      // What isn't hashed (the issuer's id, two bytes of the digest) may be wrong: then it is another key's, or right.
      const signer = outcome(changed);
      expect(signer === null || keys.includes(signer as (typeof keys)[number])).toBe(true);
    });
    fc.assert(property, { numRuns: 60 });
  }
});

test('our own certificate and signature are read back, and tell their key', () => {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const secret = { key: privateKey, createdAt: 1_750_000_000 };
  const { keyId, armored } = certificateOf(secret, 'Test <test@example.test>');
  const [key] = keysOf(armored);
  expect(key?.keyId).toBe(keyId);
  expect(keyId).toMatch(/^[0-9A-F]{16}$/);
  const signature = detachedSignature(secret, text, 1_750_000_100);
  expect(signerOf(signature, text, key === undefined ? [] : [key])).toBe(key);
  expect(() => signerOf(signature, Buffer.from('x'), key === undefined ? [] : [key])).toThrow(InvalidOpenPgp);
});

test('armour comes back as it was, and is refused when it changed', () => {
  const property = fc.property(fc.uint8Array({ minLength: 1, maxLength: 500 }), (content) => {
    const bytes = Buffer.from(content);
    expect(dearmor('PUBLIC KEY BLOCK', armor('PUBLIC KEY BLOCK', bytes)).equals(bytes)).toBe(true);
  });
  fc.assert(property);
  const good = gnupgCases[0]?.armored ?? '';
  expect(dearmor('PUBLIC KEY BLOCK', `hello\n${good.replaceAll('\n', '\r\n')}\nbye`).length).toBeGreaterThan(100);
  for (const bad of [
    '',
    'x',
    `${good}${good}`,
    good.replace(/\n=..../, '\n=AAAA'),
    good.replace('PUBLIC KEY', 'MESSAGE'),
  ]) {
    expect(() => dearmor('PUBLIC KEY BLOCK', bad)).toThrow(InvalidOpenPgp);
  }
});

test('packets and numbers come back as they were', () => {
  const lengths = fc.constantFrom(0, 1, 191, 192, 8_383, 8_384, 70_000);
  const property = fc.property(fc.constantFrom(2, 6, 13), lengths, (tag, length) => {
    const body = Buffer.alloc(length, 7);
    expect(decodePackets(encodePacket(tag, body))).toEqual([{ tag, body }]);
  });
  fc.assert(property);
  for (const hex of ['01', '80', '00ff', '0000010203', '7f00']) {
    const { value, end } = decodeMpi(encodeMpi(Buffer.from(hex, 'hex')), 0);
    expect(value.toString('hex').replace(/^(?:00)+/, '')).toBe(hex.replace(/^(?:00)+/, ''));
    expect(end).toBe(value.length + 2);
  }
});

test('whatever is read, it is understood or refused', () => {
  const property = fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
    for (const read of [() => readPublicKeys(Buffer.from(bytes)), () => signerOf(Buffer.from(bytes), text, [])]) {
      try {
        read();
      } catch (error) {
        expect(error).toBeInstanceOf(InvalidOpenPgp);
      }
    }
  });
  fc.assert(property, { numRuns: 500 });
});
