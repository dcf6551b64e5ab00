import type { Database } from '../database/database.ts';
import type { Caller, Credential } from './caller.ts';

export type Authenticated = { readonly caller: Caller } | { readonly refused: 'bad-credential' };

export interface Authenticator {
  /**
   * Who a credential belongs to. Refused: unknown, revoked, expired, of a blocked account, or of the wrong kind for
   * its carrier. Throws `too-many-requests` when a user name has had too many wrong passwords.
   */
  authenticate(credential: Credential): Promise<Authenticated>;
  /** Writes down when tokens were last used; call it every minute or so and before the end. */
  flush(): Promise<void>;
}

export declare function createAuthenticator(options: { db: Database; now: () => number }): Authenticator;
