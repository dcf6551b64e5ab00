import { type Session, UniqueViolation } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import { assignments } from './assignments.ts';
import { both, contains, type Condition } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';
import { pathKey } from './paths.ts';

export type AccountState = 'active' | 'blocked';

/** A person, or the bot behind a project or group token. */
export interface Account {
  readonly id: number;
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly state: AccountState;
  readonly isAdmin: boolean;
  readonly isBot: boolean;
  readonly createdAt: number;
  readonly updatedAt: number;
}

type AccountRow = Omit<Account, 'isAdmin' | 'isBot'> & { readonly isAdmin: number; readonly isBot: number };

const columns = `account.id, account.username, account.name, account.email, account.state,
  account.is_admin as "isAdmin", account.is_bot as "isBot", account.created_at as "createdAt",
  account.updated_at as "updatedAt"`;

export type AccountOrder = 'id' | 'name' | 'username' | 'createdAt';
const orderColumns = {
  id: 'account.id',
  name: 'lower(account.name)',
  username: 'account.username_key',
  createdAt: 'account.created_at',
};

function toAccount(row: AccountRow): Account {
  return { ...row, isAdmin: row.isAdmin === 1, isBot: row.isBot === 1 };
}

export async function findAccount(session: Session, id: number): Promise<Account | undefined> {
  const row = await session.get<AccountRow>(`select ${columns} from account where id = ?`, [id]);
  return row && toAccount(row);
}

/** User names ignore case. */
export async function findAccountNamed(session: Session, username: string): Promise<Account | undefined> {
  const row = await session.get<AccountRow>(`select ${columns} from account where username_key = ?`, [
    pathKey(username),
  ]);
  return row && toAccount(row);
}

/** For signing in only: no other function lets a password hash out. */
export async function findPassword(
  session: Session,
  username: string,
): Promise<{ account: Account; passwordHash: string | null } | undefined> {
  const row = await session.get<AccountRow & { passwordHash: string | null }>(
    `select ${columns}, account.password_hash as "passwordHash" from account where username_key = ?`,
    [pathKey(username)],
  );
  if (row === undefined) return undefined;
  const { passwordHash, ...account } = row;
  return { account: toAccount(account), passwordHash };
}

export interface AccountFilter {
  /** Words in user name or name. */
  readonly search?: string;
  readonly username?: string;
  readonly state?: AccountState;
  readonly isBot?: boolean;
  readonly isAdmin?: boolean;
}

export async function listAccounts(
  session: Session,
  filter: AccountFilter,
  options: ListOptions<AccountOrder>,
): Promise<Listing<Account>> {
  const where: Condition[] = [];
  if (filter.search !== undefined && filter.search !== '') {
    where.push(contains(['account.username', 'account.name'], filter.search));
  }
  if (filter.username !== undefined) {
    where.push({ sql: 'account.username_key = ?', params: [pathKey(filter.username)] });
  }
  if (filter.state !== undefined) where.push({ sql: 'account.state = ?', params: [filter.state] });
  if (filter.isBot !== undefined) where.push({ sql: 'account.is_bot = ?', params: [Number(filter.isBot)] });
  if (filter.isAdmin !== undefined) where.push({ sql: 'account.is_admin = ?', params: [Number(filter.isAdmin)] });
  const query = { columns, from: 'account', where: both(...where), id: 'account.id', orderColumns };
  const page = await list<AccountRow, AccountOrder>(session, query, options);
  return { items: page.items.map(toAccount), total: page.total };
}

export interface NewAccount {
  readonly username: string;
  readonly name: string;
  readonly email: string | null;
  readonly isAdmin?: boolean;
  readonly isBot?: boolean;
  /** As `hashPassword` made it; `null` = no password opens this account. */
  readonly passwordHash: string | null;
}

/** `already-exists` when the user name is taken. People need a namespace too: `createUser` of `access/accounts.ts`. */
export async function insertAccount(tx: Session, account: NewAccount, now: number): Promise<Account> {
  const row = await unlessTaken(
    tx.get<AccountRow>(
      `insert into account (username, username_key, name, email, is_admin, is_bot, password_hash, created_at, updated_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?) returning ${columns.replaceAll('account.', '')}`,
      [
        account.username,
        pathKey(account.username),
        account.name,
        account.email,
        Number(account.isAdmin ?? false),
        Number(account.isBot ?? false),
        account.passwordHash,
        now,
        now,
      ],
    ),
  );
  if (row === undefined) throw new Error('the new account was not returned');
  return toAccount(row);
}

export interface AccountChanges {
  readonly username?: string;
  readonly name?: string;
  readonly email?: string | null;
  readonly isAdmin?: boolean;
  readonly state?: AccountState;
  readonly passwordHash?: string;
}

/** Number of rows changed: 0 when there is no such account. `already-exists` when the new user name is taken. */
export function updateAccount(tx: Session, id: number, changes: AccountChanges, now: number): Promise<number> {
  const set = assignments({
    username: changes.username,
    username_key: changes.username === undefined ? undefined : pathKey(changes.username),
    name: changes.name,
    email: changes.email,
    is_admin: changes.isAdmin === undefined ? undefined : Number(changes.isAdmin),
    state: changes.state,
    password_hash: changes.passwordHash,
    updated_at: now,
  });
  return unlessTaken(tx.run(`update account set ${set.sql} where id = ?`, [...set.params, id]));
}

/** Active administrators by id, at most `limit`; until the end of the transaction none of them resigns. */
export async function lockAdministrators(tx: Session, limit: number): Promise<number[]> {
  const rows = await tx.all<{ id: number }>(
    `select id from account where is_admin = 1 and state = 'active' order by id limit ? ${tx.dialect.forUpdate}`,
    [limit],
  );
  return rows.map(({ id }) => id);
}

/** The account must own no namespace any more: `deleteUser` of `access/accounts.ts`. */
export function deleteAccount(tx: Session, id: number): Promise<number> {
  return tx.run('delete from account where id = ?', [id]);
}

/** Closes the bot accounts of tokens that `where` (over `token`) picks: before a project or group goes. */
export function blockBots(tx: Session, where: Condition, now: number): Promise<number> {
  return tx.run(
    `update account set state = 'blocked', updated_at = ? where is_bot = 1 and id in
     (select token.account_id from token where token.kind in ('project', 'group') and ${where.sql})`,
    [now, ...where.params],
  );
}

async function unlessTaken<T>(statement: Promise<T>): Promise<T> {
  try {
    return await statement;
  } catch (error) {
    if (error instanceof UniqueViolation) throw problem('already-exists', 'Username has already been taken.');
    throw error;
  }
}
