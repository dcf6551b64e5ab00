import { LRUCache } from 'lru-cache';
import type { VirtualMount } from './virtual-mount.ts';

/** What a path leads to, whoever asks; `mount` is `null` when it has no members. */
export interface KnownMount {
  readonly ownerId: number;
  readonly mount: VirtualMount | null;
}

/**
 * Virtual mounts, put together once while nothing is committed to the database, by whichever process: what is remembered
 * of a mount (`remembered`) is therefore as good as asking again. Whether a caller may see it is asked each time.
 */
export class KnownMounts {
  readonly #known = new LRUCache<string, { readonly stamp: number; readonly known: KnownMount }>({ max: 1_000 });

  /** `stamp`: of before the request's first look-up; `null` = can't be told, and nothing is remembered. */
  async get(stamp: number | null, key: string, read: () => Promise<KnownMount | null>): Promise<KnownMount | null> {
    const last = this.#known.get(key);
    if (last !== undefined && last.stamp === stamp) return last.known;
    const known = await read();
    if (stamp !== null && known !== null) this.#known.set(key, { stamp, known });
    return known;
  }
}

/** Answers that hold as long as an object is in use, by a key; one look-up for all who ask at once. */
export class Remembered<T> {
  readonly #answers = new WeakMap<object, LRUCache<string, Promise<T>>>();

  of(owner: object, key: string, look: () => Promise<T>): Promise<T> {
    let answers = this.#answers.get(owner);
    if (answers === undefined) this.#answers.set(owner, (answers = new LRUCache({ max: 2_000 })));
    const known = answers.get(key);
    if (known !== undefined) return known;
    const answer = look();
    answers.set(key, answer);
    // A failure is nobody's answer but of those who wait for it.
    answer.catch(() => answers.delete(key));
    return answer;
  }
}
