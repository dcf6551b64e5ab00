import { insertAudit } from '../catalog/events.ts';
import { findMembership } from '../catalog/memberships.ts';
import { markRevoked, type Token } from '../catalog/tokens.ts';
import type { Database, Session } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { actorOf } from './actor.ts';
import type { Caller, UserCaller } from './caller.ts';
import { checkLevel, mint, type Minted } from './create-token.ts';
import { daysFrom } from './expiry.ts';
import { findManagedToken, type ManagedToken } from './managed-token.ts';
import { checkExpiry, checkMinter } from './token-limits.ts';

/** As in GitLab: https://docs.gitlab.com/api/personal_access_tokens/#rotate-a-personal-access-token */
const daysUnlessSaid = 7;

/**
 * Ends a personal, project or group token and makes another that may do the same. Left out, it expires in a week.
 * A token may renew itself, for as long as it was made for; with it, no other token can be prolonged beyond its own end.
 * `unauthenticated`, `forbidden`, `token-not-found`, `invalid-parameter`, `unprocessable`.
 */
export async function rotateToken(
  db: Database,
  caller: Caller,
  tokenId: number,
  wanted: { readonly expiresAt?: number | null },
  now: number,
): Promise<Minted> {
  const { token, minter } = await findRotatable(db, caller, tokenId, now);
  const latest = latestEnd(minter, token, now);
  const inAWeek = daysFrom(now, daysUnlessSaid);
  const unlessSaid = latest === null ? inAWeek : Math.min(inAWeek, latest);
  const expiresAt = checkExpiry(wanted.expiresAt ?? unlessSaid, latest, now);
  return db.transaction(async (tx) => {
    if (!(await markRevoked(tx, token.id, now))) throw hasEnded();
    const actor = actorOf(caller);
    const subject = `token:${token.id}`;
    await insertAudit(tx, { actor, action: 'token.rotate', projectId: token.projectId, subject }, now);
    const { kind, name, username, accountId, namespaceId, projectId, scopes } = token;
    const createdBy = minter.accountId;
    const content = { kind, name, username, accountId, namespaceId, projectId, scopes, createdBy, expiresAt };
    return mint(tx, caller, content, now);
  });
}

async function findRotatable(
  session: Session,
  caller: Caller,
  tokenId: number,
  now: number,
): Promise<{ token: Token; minter: UserCaller }> {
  const managed = await findManagedToken(session, caller, tokenId, now);
  const { token } = managed;
  if (token.kind === 'deploy') {
    throw problem('unprocessable', 'Deploy tokens can not be rotated: create a new one and revoke this one.');
  }
  if (token.revokedAt !== null || (token.expiresAt !== null && token.expiresAt <= now)) throw hasEnded();
  if (caller.kind === 'user' && caller.tokenId === tokenId) return { token, minter: caller };
  const minter = checkMinter(caller);
  await checkRoleOfBot(session, minter, managed, now);
  return { token, minter };
}

/** Whoever rotates a token learns its secret, so the token must not be able to do more than they. */
async function checkRoleOfBot(
  session: Session,
  minter: UserCaller,
  { token, home }: ManagedToken,
  now: number,
): Promise<void> {
  if (home === null || token.accountId === null) return;
  const target = 'project' in home ? { projectId: home.project.id } : { namespaceId: home.group.id };
  const membership = await findMembership(session, target, token.accountId);
  if (membership !== undefined) await checkLevel(session, minter, home, membership.accessLevel, now);
}

/** The latest moment at which the new token may end; `null` = any. */
function latestEnd(minter: UserCaller, token: Token, now: number): number | null {
  if (minter.expiresAt === null) return null;
  const renewsItself = minter.tokenId === token.id && token.expiresAt !== null;
  return renewsItself ? now + (token.expiresAt - token.createdAt) : minter.expiresAt;
}

function hasEnded() {
  return problem('unprocessable', 'This token was revoked or has expired: create a new one.');
}
