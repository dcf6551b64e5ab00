import { createHash, createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';

export interface PublicKey {
  readonly keyId: string;
  /** Base64 of the DER SubjectPublicKeyInfo. */
  readonly spki: string;
  /** Milliseconds since the epoch; `null` = in use. */
  readonly expiresAt: number | null;
}

/** The registry's own signing key: ECDSA on P-256 with SHA-256, signatures in DER. https://docs.npmjs.com/about-registry-signatures */
export class SigningKeys {
  readonly #key: KeyObject;
  readonly public: PublicKey;

  /** `pem`: PKCS #8, as `newSigningKey` makes it. */
  constructor(pem: string) {
    this.#key = createPrivateKey(pem);
    const spki = createPublicKey(this.#key).export({ type: 'spki', format: 'der' });
    const digest = createHash('sha256').update(spki).digest('base64').replace(/=+$/, '');
    this.public = { keyId: `SHA256:${digest}`, spki: spki.toString('base64'), expiresAt: null };
  }

  /** Some 50 µs: not worth a trip to another thread. */
  sign(text: string): { keyId: string; signature: string } {
    const signature = sign('sha256', Buffer.from(text), this.#key);
    return { keyId: this.public.keyId, signature: signature.toString('base64') };
  }
}

/** A new private key, PKCS #8 PEM. */
export function newSigningKey(): string {
  const { privateKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  return privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
}
