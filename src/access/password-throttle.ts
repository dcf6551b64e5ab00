import { LRUCache } from 'lru-cache';
import { pathKey } from '../catalog/paths.ts';
import { problem } from '../problems/problem.ts';

const mostFailures = 10;
const windowMs = 10 * 60_000;

/**
 * Counts wrong passwords by user name, whether the user exists or not. In memory of one process: it slows guessing
 * down, and is not a lock that somebody else could close for good. Tokens are never throttled by it.
 */
export class PasswordThrottle {
  readonly #failures = new LRUCache<string, { count: number; since: number }>({ max: 10_000 });
  readonly #now: () => number;

  constructor(now: () => number) {
    this.#now = now;
  }

  /** Counts an attempt before its outcome is known, so that many at once count too. `too-many-requests` after ten. */
  begin(username: string): void {
    const now = this.#now();
    const key = keyOf(username);
    const before = this.#failures.get(key);
    const current = before === undefined || now - before.since >= windowMs ? { count: 0, since: now } : before;
    if (current.count >= mostFailures) {
      const seconds = Math.ceil((current.since + windowMs - now) / 1000);
      throw problem('too-many-requests', `Too many wrong passwords; try again in ${seconds} seconds.`, {
        'retry-after': String(seconds),
      });
    }
    current.count += 1;
    this.#failures.set(key, current);
  }

  succeeded(username: string): void {
    this.#failures.delete(keyOf(username));
  }
}

/** User names are no longer than this; what a stranger sends as one may be. */
function keyOf(username: string): string {
  return pathKey(username.slice(0, 255));
}
