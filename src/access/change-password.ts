import type { Database } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { setPassword } from './accounts.ts';
import { actorOf } from './actor.ts';
import type { Authenticator } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { mayUse } from './scopes.ts';

/**
 * A user changes the own password. The old one is asked for, and wrong ones are counted as wrong sign-ins are.
 * `unauthenticated`, `forbidden`, `invalid-parameter`, `too-many-requests`.
 */
export async function changePassword(
  services: { readonly db: Database; readonly authenticator: Authenticator },
  caller: Caller,
  passwords: { readonly old: string; readonly new: string },
  now: number,
): Promise<void> {
  if (caller.kind === 'anonymous') throw problem('unauthenticated');
  if (caller.kind !== 'user' || !mayUse(caller, 'write'))
    throw problem('forbidden', 'This credential has no password.');
  const account = await services.authenticator.signIn(caller.username, passwords.old);
  if (account?.id !== caller.accountId) throw problem('forbidden', 'The old password is wrong.');
  await setPassword(services.db, caller.accountId, passwords.new, { actor: actorOf(caller), now });
}
