import { createCipheriv, createDecipheriv, createHash, randomBytes } from 'node:crypto';

const algorithm = 'aes-256-gcm';

/**
 * Encrypts credentials for upstreams, so that a copy of the database alone gives nobody away. `key`: any text of 32
 * characters or more, kept outside of the database.
 */
export class Seal {
  readonly #key: () => Promise<string>;
  #known: Buffer | null = null;

  /** `key` is asked for when something is sealed or opened first. */
  constructor(key: () => Promise<string>) {
    this.#key = key;
  }

  async seal(secret: string): Promise<string> {
    const iv = randomBytes(12);
    const cipher = createCipheriv(algorithm, await this.#bytes(), iv);
    const sealed = Buffer.concat([cipher.update(secret, 'utf8'), cipher.final()]);
    return ['1', iv, cipher.getAuthTag(), sealed]
      .map((part) => (typeof part === 'string' ? part : base64(part)))
      .join('.');
  }

  /** `null` when it was sealed with another key. */
  async open(sealed: string): Promise<string | null> {
    const [version, iv = '', tag = '', bytes = ''] = sealed.split('.');
    if (version !== '1') return null;
    try {
      const decipher = createDecipheriv(algorithm, await this.#bytes(), Buffer.from(iv, 'base64url'), {
        authTagLength: 16,
      });
      decipher.setAuthTag(Buffer.from(tag, 'base64url'));
      return decipher.update(Buffer.from(bytes, 'base64url')).toString('utf8') + decipher.final('utf8');
    } catch {
      return null;
    }
  }

  async #bytes(): Promise<Buffer> {
    this.#known ??= createHash('sha256')
      .update(`packyard upstream credentials\n${await this.#key()}`)
      .digest();
    return this.#known;
  }
}

function base64(bytes: Buffer): string {
  return bytes.toString('base64url');
}
