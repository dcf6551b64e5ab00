import { findNamespace } from '../catalog/namespaces.ts';
import { findProject } from '../catalog/projects.ts';
import { findToken, type Token } from '../catalog/tokens.ts';
import type { Session } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import type { Caller } from './caller.ts';
import type { TokenHome } from './create-token.ts';
import { permitOnGroup, permitOnProject } from './permit.ts';
import { lacksScope, mayUse } from './scopes.ts';

export interface ManagedToken {
  readonly token: Token;
  /** `null` for personal tokens. */
  readonly home: TokenHome | null;
}

/**
 * A token that the caller may see and end: itself, one's own, those of projects and groups where one manages tokens,
 * and all for administrators. `token-not-found` for the others, as for those that don't exist.
 */
export async function findManagedToken(
  session: Session,
  caller: Caller,
  tokenId: number,
  now: number,
): Promise<ManagedToken> {
  if (caller.kind === 'anonymous') throw problem('unauthenticated');
  const token = await findToken(session, tokenId);
  const home = token === undefined ? null : await homeOf(session, token);
  if (token === undefined || !(await mayManage(session, caller, token, home, now))) throw problem('token-not-found');
  if (!mayUse(caller, 'write')) {
    throw problem('forbidden', lacksScope('write'));
  }
  return { token, home };
}

async function homeOf(session: Session, token: Token): Promise<TokenHome | null> {
  if (token.projectId !== null) {
    const project = await findProject(session, token.projectId);
    return project === undefined ? null : { project };
  }
  const group = token.namespaceId === null ? undefined : await findNamespace(session, token.namespaceId);
  return group === undefined ? null : { group };
}

async function mayManage(
  session: Session,
  caller: Caller,
  token: Token,
  home: TokenHome | null,
  now: number,
): Promise<boolean> {
  if (caller.kind !== 'user') return false;
  if (caller.tokenId === token.id) return true;
  if (home === null) return token.accountId === caller.accountId || (caller.isAdmin && !caller.isBot);
  // Whether the credential's scopes allow it is asked afterwards, and answered with another error.
  const account = { ...caller, scopes: null };
  const verdict =
    'project' in home
      ? await permitOnProject(session, account, 'manage-tokens', home.project, now)
      : await permitOnGroup(session, account, 'manage-tokens', home.group, now);
  return verdict.allowed;
}
