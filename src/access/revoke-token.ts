import { updateAccount } from '../catalog/accounts.ts';
import { insertAudit } from '../catalog/events.ts';
import { removeMembership } from '../catalog/memberships.ts';
import { findToken, findTokenByDigest, markRevoked, type Token } from '../catalog/tokens.ts';
import type { Database, Transaction } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { actorOf, type Responsible } from './actor.ts';
import type { Caller } from './caller.ts';
import { findManagedToken } from './managed-token.ts';
import { tokenDigest } from './token-format.ts';

/**
 * Ends a token at once; one that has ended already stays so. A token of a user may always end itself, whatever its
 * scopes. `unauthenticated`, `forbidden`, `token-not-found`.
 */
export async function revokeToken(db: Database, caller: Caller, tokenId: number, now: number): Promise<void> {
  const isItself = caller.kind === 'user' && caller.tokenId === tokenId;
  const token = isItself ? await findToken(db, tokenId) : (await findManagedToken(db, caller, tokenId, now)).token;
  if (token === undefined) throw problem('token-not-found');
  await db.transaction((tx) => revoke(tx, caller, token, now));
}

/** Ends the token with that secret, under the same rules. */
export async function revokeSecret(db: Database, caller: Caller, secret: string, now: number): Promise<void> {
  if (caller.kind === 'anonymous') throw problem('unauthenticated');
  const found = await findTokenByDigest(db, tokenDigest(secret));
  if (found === undefined) throw problem('token-not-found');
  await revokeToken(db, caller, found.token.id, now);
}

/** Ends a token and, behind a project or group token, its bot. Checks nothing. */
export async function revoke(tx: Transaction, caller: Responsible, token: Token, now: number): Promise<void> {
  if (!(await markRevoked(tx, token.id, now))) return;
  if (token.kind === 'project' || token.kind === 'group') await retireBot(tx, token, now);
  const { id, kind, name, projectId } = token;
  const subject = `token:${id}`;
  const details = { kind, name };
  await insertAudit(tx, { actor: actorOf(caller), action: 'token.revoke', projectId, subject, details }, now);
}

/** The account stays, for what it published names it. */
async function retireBot(tx: Transaction, token: Token, now: number): Promise<void> {
  if (token.accountId === null) return;
  await updateAccount(tx, token.accountId, { state: 'blocked' }, now);
  if (token.projectId !== null) await removeMembership(tx, { projectId: token.projectId }, token.accountId);
  if (token.namespaceId !== null) await removeMembership(tx, { namespaceId: token.namespaceId }, token.accountId);
}
