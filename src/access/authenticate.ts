import { LRUCache } from 'lru-cache';
import type { Account } from '../catalog/accounts.ts';
import { findTokenByDigest, type TokenHolder } from '../catalog/tokens.ts';
import type { Database } from '../database/database.ts';
import type { Caller, Credential, UserCaller } from './caller.ts';
import { LastUse } from './last-use.ts';
import type { verifyPassword } from './passwords.ts';
import { SignIn } from './sign-in.ts';
import { looksLikeToken, shortestToken, tokenDigest } from './token-format.ts';

export type Authenticated = { readonly caller: Caller } | { readonly refused: 'bad-credential' };

export interface Authenticator {
  /**
   * Who a credential belongs to. Refused: unknown, revoked, expired, of a blocked account, or of the wrong kind for
   * its carrier. Throws `too-many-requests` when a user name has had too many wrong passwords.
   */
  authenticate(credential: Credential): Promise<Authenticated>;
  /** Checks an account's password: `null` when it is wrong. Throws `too-many-requests` as above. */
  signIn(username: string, password: string): Promise<Account | null>;
  /** Writes down when tokens were last used; call it every minute or so and before the end. */
  flush(): Promise<void>;
}

export interface AuthenticatorOptions {
  readonly db: Database;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Replaced by tests that count. */
  readonly verify?: typeof verifyPassword;
}

export function createAuthenticator(options: AuthenticatorOptions): Authenticator {
  return new CatalogueAuthenticator(options);
}

/** A token that was looked up, good as long as the database's stamp is the same. */
interface Known {
  readonly stamp: number;
  readonly holder: TokenHolder;
  readonly caller: Caller | null;
}

const refused: Authenticated = { refused: 'bad-credential' };

class CatalogueAuthenticator implements Authenticator {
  readonly #db: Database;
  readonly #now: () => number;
  readonly #passwords: SignIn;
  readonly #lastUse = new LastUse();
  /** Only tokens that exist are kept, so that guessing can't push them out. */
  readonly #known = new LRUCache<string, Known>({ max: 5000 });

  constructor(options: AuthenticatorOptions) {
    this.#db = options.db;
    this.#now = options.now;
    this.#passwords = new SignIn(options);
  }

  authenticate(credential: Credential): Promise<Authenticated> {
    switch (credential.carrier) {
      case 'token':
        return this.#byToken(credential.secret, () => true);
      case 'deploy-token':
        return this.#byToken(credential.secret, ({ token }) => token.kind === 'deploy');
      case 'basic':
        return this.#byBasic(credential.username, credential.secret);
    }
  }

  signIn(username: string, password: string): Promise<Account | null> {
    return this.#passwords.check(username, password);
  }

  flush(): Promise<void> {
    return this.#lastUse.flush(this.#db, this.#now());
  }

  async #byToken(secret: string, accepts: (holder: TokenHolder) => boolean): Promise<Authenticated> {
    const known = secret.length < shortestToken ? undefined : await this.#lookUp(tokenDigest(secret));
    return known !== undefined && accepts(known.holder) ? this.#use(known) : refused;
  }

  /** A token goes with any user name, a deploy token with its own only. */
  async #byBasic(username: string, secret: string): Promise<Authenticated> {
    const known = secret.length < shortestToken ? undefined : await this.#lookUp(tokenDigest(secret));
    if (known !== undefined) {
      const { kind, username: itsOwn } = known.holder.token;
      return kind !== 'deploy' || itsOwn === username ? this.#use(known) : refused;
    }
    if (looksLikeToken(secret)) return refused;
    const account = await this.#passwords.check(username, secret);
    return account === null ? refused : { caller: callerOf(account) };
  }

  async #lookUp(digest: string): Promise<Known | undefined> {
    const stamp = this.#db.stamp();
    const remembered = this.#known.get(digest);
    if (remembered !== undefined && remembered.stamp === stamp) return remembered;
    const holder = await findTokenByDigest(this.#db, digest);
    if (holder === undefined) return undefined;
    const known = { stamp: stamp ?? Number.NaN, holder, caller: callerOfToken(holder) };
    if (stamp !== null) this.#known.set(digest, known);
    return known;
  }

  #use({ holder: { token }, caller }: Known): Authenticated {
    const now = this.#now();
    if (caller === null || (token.expiresAt !== null && token.expiresAt <= now)) return refused;
    this.#lastUse.note(token.id, token.lastUsedAt, now);
    return { caller };
  }
}

/** The caller of somebody who signed in by password. */
export function callerOf(account: Account): UserCaller {
  const { id, username, isAdmin, isBot } = account;
  return { kind: 'user', accountId: id, username, isAdmin, isBot, tokenId: null, scopes: null, expiresAt: null };
}

/** Whom a token stands for; `null` when it was revoked or its account is blocked. Doesn't look at the time. */
export function callerOfToken({ token, account }: TokenHolder): Caller | null {
  if (token.revokedAt !== null) return null;
  const shared = { tokenId: token.id, scopes: new Set(token.scopes), expiresAt: token.expiresAt };
  if (token.kind === 'deploy') {
    const { username, projectId, namespaceId } = token;
    return { kind: 'deploy-token', username: username ?? '', projectId, namespaceId, ...shared };
  }
  if (account === null || account.state !== 'active' || token.accountId === null) return null;
  const { username, isAdmin, isBot } = account;
  return { kind: 'user', accountId: token.accountId, username, isAdmin, isBot, ...shared };
}
