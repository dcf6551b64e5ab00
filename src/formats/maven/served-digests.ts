import type { Digests } from '../../registry/model.ts';

/** How long a document's digests are told to the one who got it, milliseconds. */
const memory = 5_000;
const most = 5_000;

/**
 * Digests of documents that were just served, by who got which. Clients ask for `maven-metadata.xml` first and for its
 * SHA-1 then: a deploy in between must not make them believe that the document was damaged on its way.
 */
export class ServedDigests {
  readonly #served = new Map<string, { readonly digests: Digests; readonly at: number }>();

  remember(key: string, digests: Digests, now: number): void {
    // Deleted first, so that the map stays in order of time.
    this.#served.delete(key);
    this.#served.set(key, { digests, at: now });
    for (const [oldest, { at }] of this.#served) {
      if (this.#served.size <= most && now - at <= memory) break;
      this.#served.delete(oldest);
    }
  }

  recall(key: string, now: number): Digests | null {
    const served = this.#served.get(key);
    return served === undefined || now - served.at > memory ? null : served.digests;
  }
}
