import { randomBytes } from 'node:crypto';
import { findAccount, findAccountNamed, insertAccount } from '../catalog/accounts.ts';
import { insertAudit } from '../catalog/events.ts';
import { setMembership } from '../catalog/memberships.ts';
import type { Namespace } from '../catalog/namespaces.ts';
import type { Project } from '../catalog/projects.ts';
import { roleOf } from '../catalog/roles.ts';
import { insertToken, nameDeployToken, type NewToken, type Token, type TokenKind } from '../catalog/tokens.ts';
import type { Database, Session, Transaction } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { actorOf, type Responsible } from './actor.ts';
import { type AccessLevel, type Caller, owner, type UserCaller } from './caller.ts';
import { permitOnGroup, permitOnProject } from './permit.ts';
import { refusal } from './refusal.ts';
import { hint, newToken, tokenDigest } from './token-format.ts';
import { checkExpiry, checkMinter, checkScopes, checkTokenName } from './token-limits.ts';

/** The secret is shown this once; only its digest is stored. */
export interface Minted {
  readonly secret: string;
  readonly token: Token;
}

/** What a project or group token, or a deploy token, belongs to. */
export type TokenHome = { readonly project: Project } | { readonly group: Namespace };

export interface WantedToken {
  readonly name: string;
  readonly scopes: readonly string[];
  /** Left out: ends when the credential that makes it ends. */
  readonly expiresAt?: number | null;
}

/**
 * A personal token for the caller, or, asked by an administrator, for `accountId`.
 * `unauthenticated`, `forbidden`, `invalid-parameter`, `user-not-found`.
 */
export async function createPersonalToken(
  db: Database,
  caller: Caller,
  wanted: WantedToken & { readonly accountId?: number },
  now: number,
): Promise<Minted> {
  const minter = checkMinter(caller);
  const accountId = wanted.accountId ?? minter.accountId;
  if (accountId !== minter.accountId && !minter.isAdmin) {
    throw problem('forbidden', 'Only administrators create tokens for others.');
  }
  const content = contentOf('personal', minter, wanted, now);
  return db.transaction(async (tx) => {
    const account = await findAccount(tx, accountId);
    if (account === undefined || account.isBot) throw problem('user-not-found');
    return mint(tx, caller, { ...content, ...nowhere, accountId }, now);
  });
}

/** A project or group token: a bot account that is a member with the given role. */
export async function createAccessToken(
  db: Database,
  caller: Caller,
  home: TokenHome,
  wanted: WantedToken & { readonly accessLevel: AccessLevel },
  now: number,
): Promise<Minted> {
  const minter = await checkManager(db, caller, home, now);
  await checkLevel(db, minter, home, wanted.accessLevel, now);
  const kind = 'project' in home ? 'project' : 'group';
  const content = contentOf(kind, minter, wanted, now);
  return db.transaction(async (tx) => {
    const place = placeOf(home);
    const bot = await insertAccount(tx, botFor(home, content.name), now);
    const target = place.projectId === null ? { namespaceId: place.namespaceId ?? 0 } : { projectId: place.projectId };
    const { accessLevel } = wanted;
    await setMembership(tx, target, { accountId: bot.id, accessLevel, createdBy: minter.accountId }, now);
    return mint(tx, caller, { ...content, ...place, accountId: bot.id, username: null }, now);
  });
}

/** `username` left out: `packyard+deploy-token-<id>`. It can't be a person's: packages show who published them. */
export async function createDeployToken(
  db: Database,
  caller: Caller,
  home: TokenHome,
  wanted: WantedToken & { readonly username?: string | null },
  now: number,
): Promise<Minted> {
  const minter = await checkManager(db, caller, home, now);
  const content = contentOf('deploy', minter, wanted, now);
  const username = checkDeployUsername(wanted.username ?? null);
  return db.transaction(async (tx) => {
    if (username !== null && (await findAccountNamed(tx, username)) !== undefined) {
      throw problem('invalid-parameter', 'username is the name of a user: choose another one.');
    }
    const minted = await mint(tx, caller, { ...content, ...placeOf(home), accountId: null, username }, now);
    if (username !== null) return minted;
    const standard = `packyard+deploy-token-${minted.token.id}`;
    await nameDeployToken(tx, minted.token.id, standard);
    return { secret: minted.secret, token: { ...minted.token, username: standard } };
  });
}

const nowhere = { namespaceId: null, projectId: null, username: null };

type Content = Pick<NewToken, 'kind' | 'name' | 'scopes' | 'expiresAt' | 'createdBy'>;

function contentOf(kind: TokenKind, minter: UserCaller, wanted: WantedToken, now: number): Content {
  return {
    kind,
    name: checkTokenName(wanted.name),
    scopes: checkScopes(kind, wanted.scopes),
    expiresAt: checkExpiry(wanted.expiresAt ?? null, minter.expiresAt, now),
    createdBy: minter.accountId,
  };
}

/** Stores a new token and says so in the audit trail. Checks nothing. */
export async function mint(
  tx: Transaction,
  caller: Responsible,
  content: Omit<NewToken, 'digest' | 'hint'>,
  now: number,
  secret: string = newToken(content.kind),
): Promise<Minted> {
  const token = await insertToken(tx, { ...content, digest: tokenDigest(secret), hint: hint(secret) }, now);
  const { id, kind, name, scopes, projectId, expiresAt } = token;
  const details = { kind, name, scopes, expiresAt, accountId: token.accountId, namespaceId: token.namespaceId };
  const subject = `token:${id}`;
  await insertAudit(tx, { actor: actorOf(caller), action: 'token.create', projectId, subject, details }, now);
  return { secret, token };
}

async function checkManager(session: Session, caller: Caller, home: TokenHome, now: number): Promise<UserCaller> {
  const verdict =
    'project' in home
      ? await permitOnProject(session, caller, 'manage-tokens', home.project, now)
      : await permitOnGroup(session, caller, 'manage-tokens', home.group, now);
  if (!verdict.allowed) throw refusal(verdict, 'project' in home ? 'project' : 'group');
  return checkMinter(caller);
}

/** `forbidden` when the caller's own role in the place is lower. */
export async function checkLevel(
  session: Session,
  minter: UserCaller,
  home: TokenHome,
  level: AccessLevel,
  now: number,
): Promise<void> {
  const place =
    'project' in home
      ? { lineage: home.project.lineage, projectId: home.project.id }
      : { lineage: home.group.lineage, projectId: null };
  const role = minter.isAdmin ? owner : await roleOf(session, minter.accountId, place, now);
  if (level > role) throw problem('forbidden', 'A token can not have a higher role than the one who creates it.');
}

function placeOf(home: TokenHome): { projectId: number | null; namespaceId: number | null } {
  return 'project' in home
    ? { projectId: home.project.id, namespaceId: null }
    : { projectId: null, namespaceId: home.group.id };
}

function botFor(home: TokenHome, name: string) {
  const of = 'project' in home ? `project_${home.project.id}` : `group_${home.group.id}`;
  const username = `${of}_bot_${randomBytes(16).toString('hex')}`;
  return { username, name, email: null, isBot: true, passwordHash: null };
}

function checkDeployUsername(username: string | null): string | null {
  if (username === null || username === '') return null;
  if (username.length > 255 || !/^[A-Za-z0-9_.+-]+$/.test(username)) {
    throw problem('invalid-parameter', "username can contain only letters, digits, '_', '-', '+' and '.'.");
  }
  return username;
}
