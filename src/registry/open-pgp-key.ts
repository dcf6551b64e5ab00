import { createPrivateKey, generateKeyPair } from 'node:crypto';
import { promisify } from 'node:util';
import { certificateOf, detachedSignature, type OpenPgpCertificate, type OpenPgpSecret } from '../lib/openpgp-sign.ts';

const userId = 'Packyard release signing key';

/** The registry's own OpenPGP key. It takes a second to make, so the first who needs it makes it. */
export class OpenPgpKey {
  readonly #load: () => Promise<string>;
  #secret: Promise<OpenPgpSecret> | null = null;
  #certificate: OpenPgpCertificate | null = null;

  /** `load`: the text that `newOpenPgpKey` made, kept somewhere. */
  constructor(load: () => Promise<string>) {
    this.#load = load;
  }

  async certificate(): Promise<OpenPgpCertificate> {
    this.#certificate ??= certificateOf(await this.#ready(), userId);
    return this.#certificate;
  }

  /** A binary detached signature; `now` in milliseconds since the epoch. */
  async sign(bytes: Buffer, now: number): Promise<Buffer> {
    return detachedSignature(await this.#ready(), bytes, Math.floor(now / 1_000));
  }

  #ready(): Promise<OpenPgpSecret> {
    this.#secret ??= this.#load().then(
      (text) => {
        const { pem, createdAt } = JSON.parse(text) as { pem: string; createdAt: number };
        return { key: createPrivateKey(pem), createdAt };
      },
      (error: unknown) => {
        this.#secret = null;
        throw error;
      },
    );
    return this.#secret;
  }
}

/** A new key as text: RSA, because older Terraforms know no other kind. `now` in milliseconds since the epoch. */
export async function newOpenPgpKey(now: number): Promise<string> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', { modulusLength: 3072 });
  const pem = privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
  return JSON.stringify({ pem, createdAt: Math.floor(now / 1_000) });
}
