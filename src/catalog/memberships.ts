import type { Session, SqlValue } from '../database/database.ts';
import { type AccessLevel, owner } from './access-level.ts';
import type { AccountState } from './accounts.ts';
import { both, contains, type Condition } from './condition.ts';
import type { Listing } from './listing.ts';
import type { Place } from './roles.ts';

/** Where a membership is held: a project, or a group or user namespace. */
export type MembershipTarget = { readonly projectId: number } | { readonly namespaceId: number };

export interface Membership {
  readonly accountId: number;
  readonly accessLevel: AccessLevel;
  /** Counts no longer from this moment on; `null` = never ends. */
  readonly expiresAt: number | null;
  readonly createdAt: number;
  readonly createdBy: number | null;
}

/** A membership with what lists show of the account. */
export interface Member extends Membership {
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly state: AccountState;
  readonly isBot: boolean;
  /** Where it comes from: the target itself, or an ancestor. */
  readonly projectId: number | null;
  readonly namespaceId: number | null;
}

const columns = `m.account_id as "accountId", m.access_level as "accessLevel", m.expires_at as "expiresAt",
  m.created_at as "createdAt", m.created_by as "createdBy", m.project_id as "projectId",
  m.namespace_id as "namespaceId", account.username, account.name, account.email, account.state,
  account.is_bot as "isBot"`;
const memberNames = `"accountId", "accessLevel", "expiresAt", "createdAt", "createdBy", "projectId", "namespaceId",
  username, name, email, state, "isBot"`;
const from = 'membership m join account on account.id = m.account_id';

/** Makes the account a member with that role, or gives a member another one. */
export async function setMembership(
  tx: Session,
  target: MembershipTarget,
  member: {
    readonly accountId: number;
    readonly accessLevel: AccessLevel;
    readonly expiresAt?: number | null;
    readonly createdBy: number | null;
  },
  now: number,
): Promise<void> {
  const { column, id } = targetOf(target);
  await tx.run(
    `insert into membership (account_id, ${column}, access_level, expires_at, created_at, created_by)
     values (?, ?, ?, ?, ?, ?)
     on conflict (account_id, ${column}) where ${column} is not null
     do update set access_level = excluded.access_level, expires_at = excluded.expires_at`,
    [member.accountId, id, member.accessLevel, member.expiresAt ?? null, now, member.createdBy],
  );
}

/** Number of memberships removed: 0 when the account was no direct member. */
export function removeMembership(tx: Session, target: MembershipTarget, accountId: number): Promise<number> {
  const { column, id } = targetOf(target);
  return tx.run(`delete from membership where account_id = ? and ${column} = ?`, [accountId, id]);
}

/** Direct memberships only, expired ones too. */
export async function findMembership(
  session: Session,
  target: MembershipTarget,
  accountId: number,
): Promise<Member | undefined> {
  const { column, id } = targetOf(target);
  const row = await session.get<MemberRow>(
    `select ${columns} from ${from} where m.account_id = ? and m.${column} = ?`,
    [accountId, id],
  );
  return row && toMember(row);
}

export interface MemberListOptions {
  readonly limit: number;
  readonly offset: number;
  /** Words in user name or name. */
  readonly search?: string;
  readonly accountId?: number;
}

/** Direct members, by account id; expired memberships are left out. */
export function listMembers(
  session: Session,
  target: MembershipTarget,
  options: MemberListOptions,
  now: number,
): Promise<Listing<Member>> {
  const { column, id } = targetOf(target);
  return listWhere(session, { sql: `m.${column} = ?`, params: [id] }, options, now);
}

/** Direct and inherited members by account id, each once with the highest role; expired memberships are left out. */
export function listAllMembers(
  session: Session,
  place: Place,
  options: MemberListOptions,
  now: number,
): Promise<Listing<Member>> {
  const ancestors = place.lineage
    .split('/')
    .filter((id) => id !== '')
    .map(Number);
  const marks = ancestors.map(() => '?').join(', ');
  const where = { sql: `m.project_id = ? or m.namespace_id in (${marks})`, params: [place.projectId, ...ancestors] };
  return listWhere(session, where, options, now);
}

async function listWhere(
  session: Session,
  held: Condition,
  options: MemberListOptions,
  now: number,
): Promise<Listing<Member>> {
  const conditions: Condition[] = [held, { sql: 'm.expires_at is null or m.expires_at > ?', params: [now] }];
  if (options.search !== undefined && options.search !== '') {
    conditions.push(contains(['account.username', 'account.name'], options.search));
  }
  if (options.accountId !== undefined) conditions.push({ sql: 'm.account_id = ?', params: [options.accountId] });
  const where = both(...conditions);
  const ranked = `select ${columns}, row_number() over (
      partition by m.account_id order by m.access_level desc, coalesce(m.project_id, 0) desc, m.namespace_id desc
    ) as standing from ${from} where ${where.sql}`;
  const items = await session.all<MemberRow>(
    `select ${memberNames} from (${ranked}) ranked where standing = 1 order by "accountId" limit ? offset ?`,
    [...where.params, options.limit, options.offset],
  );
  const counted = await session.get<{ total: number }>(
    `select count(distinct m.account_id) as total from ${from} where ${where.sql}`,
    where.params,
  );
  return { items: items.map(toMember), total: counted?.total ?? 0 };
}

/** Whether anybody else owns the namespace itself; expired memberships, blocked accounts and bots don't count. */
export async function hasOtherOwner(
  session: Session,
  namespaceId: number,
  accountId: number,
  now: number,
): Promise<boolean> {
  const row = await session.get(
    `select 1 as found from ${from} where m.namespace_id = ? and m.account_id <> ? and m.access_level = ?
     and (m.expires_at is null or m.expires_at > ?) and account.is_bot = 0 and account.state = 'active' limit 1`,
    [namespaceId, accountId, owner, now],
  );
  return row !== undefined;
}

type MemberRow = Omit<Member, 'isBot'> & { readonly isBot: number };

function toMember({ isBot, ...row }: MemberRow): Member {
  return { ...row, isBot: isBot === 1 };
}

function targetOf(target: MembershipTarget): { column: 'project_id' | 'namespace_id'; id: SqlValue } {
  return 'projectId' in target
    ? { column: 'project_id', id: target.projectId }
    : { column: 'namespace_id', id: target.namespaceId };
}
