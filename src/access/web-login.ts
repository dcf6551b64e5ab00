/**
 * A login that a program starts and a person finishes in a browser: `npm login`. The program keeps the poll id, the
 * person gets the login id; the token is made when the program collects it, so that it is never stored.
 */
import { randomBytes } from 'node:crypto';
import { findAccount } from '../catalog/accounts.ts';
import type { Database } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { callerOf } from './authenticate.ts';
import type { Caller } from './caller.ts';
import { mint } from './create-token.ts';
import { mayUse } from './scopes.ts';
import { tokenDigest } from './token-format.ts';
import { approveLogin, countLogins, findLogin, insertLogin, isLoginOpen, takeLogin } from './web-login.store.ts';

const lifetime = 5 * 60_000;
/** Anyone may start one, so there is an end to it. */
const mostOpen = 10_000;

export interface WebLoginIds {
  /** For the person's browser. */
  readonly loginId: string;
  /** For the program that waits. */
  readonly pollId: string;
}

export type WebLoginState =
  | { readonly state: 'waiting' }
  | { readonly state: 'done'; readonly token: string }
  | { readonly state: 'gone' };

/** Both ids are secrets of 256 bits and good for five minutes. `too-many-requests` when far too many are open. */
export async function startWebLogin(db: Database, now: number): Promise<WebLoginIds> {
  const [loginId, pollId] = [secret(), secret()];
  const login = { loginDigest: tokenDigest(loginId), pollDigest: tokenDigest(pollId), expiresAt: now + lifetime };
  await db.transaction(async (tx) => {
    if ((await countLogins(tx, now)) >= mostOpen) {
      throw problem('too-many-requests', 'Too many logins are open; try again in a few minutes.', {
        'retry-after': '300',
      });
    }
    await insertLogin(tx, login, now);
  });
  return { loginId, pollId };
}

/** `true` while a person may still finish it: what the page shows before it asks to confirm. */
export function isWebLoginOpen(db: Database, loginId: string, now: number): Promise<boolean> {
  return isLoginOpen(db, tokenDigest(loginId), now);
}

/**
 * The person confirms: whoever polls may have a token of theirs. `false` when the login is gone or was used.
 * `unauthenticated`, `forbidden`.
 */
export async function completeWebLogin(db: Database, loginId: string, caller: Caller, now: number): Promise<boolean> {
  if (caller.kind === 'anonymous') throw problem('unauthenticated');
  // The new token never expires, so a credential that does can't be turned into one.
  if (caller.kind !== 'user' || caller.isBot || !mayUse(caller, 'write') || caller.expiresAt !== null) {
    throw problem('forbidden', 'Sign in with user name and password to finish a login.');
  }
  return approveLogin(db, tokenDigest(loginId), caller.accountId, now);
}

/** Asked by the program, again and again; `done` once, with the token, which is named after the program's command. */
export async function pollWebLogin(
  db: Database,
  pollId: string,
  now: number,
  client = 'npm login',
): Promise<WebLoginState> {
  const pollDigest = tokenDigest(pollId);
  const accountId = await findLogin(db, pollDigest, now);
  if (accountId === undefined) return { state: 'gone' };
  if (accountId === null) return { state: 'waiting' };
  return db.transaction(async (tx) => {
    const owner = await takeLogin(tx, pollDigest);
    const account = owner === undefined ? undefined : await findAccount(tx, owner);
    if (account === undefined || account.state !== 'active') return { state: 'gone' };
    const content = {
      kind: 'personal',
      name: `${client} ${new Date(now).toISOString().slice(0, 16)}`,
      username: null,
      accountId: account.id,
      namespaceId: null,
      projectId: null,
      scopes: ['api'],
      createdBy: account.id,
      expiresAt: null,
    } as const;
    const minted = await mint(tx, callerOf(account), content, now);
    return { state: 'done', token: minted.secret };
  });
}

function secret(): string {
  return randomBytes(32).toString('base64url');
}
