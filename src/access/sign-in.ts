import { createHmac, randomBytes } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { type Account, findPassword } from '../catalog/accounts.ts';
import type { Session } from '../database/database.ts';
import { PasswordThrottle } from './password-throttle.ts';
import { verifyPassword } from './passwords.ts';

const rememberedMs = 60_000;

export interface SignInOptions {
  readonly db: Session;
  readonly now: () => number;
  /** Replaced by tests that count. */
  readonly verify?: typeof verifyPassword;
}

/** Checks passwords of accounts. Answers and costs are the same for users that don't exist, are blocked or are bots. */
export class SignIn {
  readonly #db: Session;
  readonly #verify: typeof verifyPassword;
  readonly #throttle: PasswordThrottle;
  /** Successes of the last minute: package clients send the password with every request. */
  readonly #verified = new LRUCache<string, true>({ max: 1000, ttl: rememberedMs });
  readonly #verifying = new Map<string, Promise<boolean>>();
  /** What is remembered of passwords is worthless outside this process. */
  readonly #key = randomBytes(32);

  constructor({ db, now, verify = verifyPassword }: SignInOptions) {
    this.#db = db;
    this.#verify = verify;
    this.#throttle = new PasswordThrottle(now);
  }

  /** The account, or `null` when the credential is no good. `too-many-requests` after ten wrong passwords. */
  async check(username: string, password: string): Promise<Account | null> {
    const found = await findPassword(this.#db, username);
    const stored = found?.passwordHash ?? null;
    const matches = await this.#matches(username, password, stored);
    if (!matches || found === undefined) return null;
    return found.account.state === 'active' && !found.account.isBot ? found.account : null;
  }

  async #matches(username: string, password: string, stored: string | null): Promise<boolean> {
    const key = this.#fingerprint(username, password, stored);
    if (this.#verified.has(key)) return true;
    const running = this.#verifying.get(key);
    if (running !== undefined) return running;
    this.#throttle.begin(username);
    const attempt = this.#verify(password, stored).finally(() => this.#verifying.delete(key));
    this.#verifying.set(key, attempt);
    const matches = await attempt;
    if (matches) {
      this.#throttle.succeeded(username);
      this.#verified.set(key, true);
    }
    return matches;
  }

  /** Holds the stored hash, so that a changed password ends what was remembered of the old one. */
  #fingerprint(username: string, password: string, stored: string | null): string {
    const parts = JSON.stringify([username.toLowerCase(), password, stored]);
    return createHmac('sha256', this.#key).update(parts).digest('base64');
  }
}
