import { createHash } from 'node:crypto';

/** All four digests of a file, lower-case hex. */
export interface Digests {
  readonly md5: string;
  readonly sha1: string;
  readonly sha256: string;
  readonly sha512: string;
}

/** A digest that a client promised for the bytes it sends, lower-case hex. */
export type PromisedDigests = Partial<Digests>;

/** Feeds one stream of bytes to all four hashes. */
export class DigestSet {
  readonly #md5 = createHash('md5');
  readonly #sha1 = createHash('sha1');
  readonly #sha256 = createHash('sha256');
  readonly #sha512 = createHash('sha512');

  update(bytes: Uint8Array): void {
    this.#md5.update(bytes);
    this.#sha1.update(bytes);
    this.#sha256.update(bytes);
    this.#sha512.update(bytes);
  }

  /** Ends all four; call once. */
  finish(): Digests {
    return {
      md5: this.#md5.digest('hex'),
      sha1: this.#sha1.digest('hex'),
      sha256: this.#sha256.digest('hex'),
      sha512: this.#sha512.digest('hex'),
    };
  }
}

/** The digest algorithm whose promised value differs from the computed one, or `null` when all agree. */
export function brokenPromise(promised: PromisedDigests, actual: Digests): keyof Digests | null {
  for (const algorithm of ['sha512', 'sha256', 'sha1', 'md5'] as const) {
    const value = promised[algorithm];
    if (value !== undefined && value.toLowerCase() !== actual[algorithm]) return algorithm;
  }
  return null;
}
