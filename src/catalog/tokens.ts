import { type Session, type SqlValue, UniqueViolation } from '../database/database.ts';
import { problem } from '../problems/problem.ts';
import type { AccountState } from './accounts.ts';
import { both, contains, type Condition } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';
import type { TokenScope } from './token-scope.ts';

export type TokenKind = 'personal' | 'project' | 'group' | 'deploy';

/** A token as stored: the secret itself is nowhere, only its digest. */
export interface Token {
  readonly id: number;
  readonly kind: TokenKind;
  /** First characters of the secret, to recognise it by. */
  readonly hint: string;
  readonly name: string;
  /** Deploy tokens: the user name that goes with it in Basic authentication. */
  readonly username: string | null;
  /** Whom it stands for: a person, the bot of a project or group token; `null` for deploy tokens. */
  readonly accountId: number | null;
  /** The group that a group or deploy token belongs to. */
  readonly namespaceId: number | null;
  /** The project that a project or deploy token belongs to. */
  readonly projectId: number | null;
  readonly scopes: readonly TokenScope[];
  readonly createdAt: number;
  readonly createdBy: number | null;
  /** Not valid from this moment on. */
  readonly expiresAt: number | null;
  readonly revokedAt: number | null;
  readonly lastUsedAt: number | null;
}

type TokenRow = Omit<Token, 'scopes'> & { readonly scopes: string };

const columns = `token.id, token.kind, token.hint, token.name, token.username, token.account_id as "accountId",
  token.namespace_id as "namespaceId", token.project_id as "projectId", token.scopes,
  token.created_at as "createdAt", token.created_by as "createdBy", token.expires_at as "expiresAt",
  token.revoked_at as "revokedAt", token.last_used_at as "lastUsedAt"`;

export interface NewToken {
  readonly kind: TokenKind;
  readonly digest: string;
  readonly hint: string;
  readonly name: string;
  readonly username: string | null;
  readonly accountId: number | null;
  readonly namespaceId: number | null;
  readonly projectId: number | null;
  readonly scopes: readonly TokenScope[];
  readonly createdBy: number | null;
  readonly expiresAt: number | null;
}

/** `already-exists` when a token with that digest is stored already. */
export async function insertToken(tx: Session, token: NewToken, now: number): Promise<Token> {
  try {
    const row = await tx.get<TokenRow>(
      `insert into token (kind, digest, hint, name, username, account_id, namespace_id, project_id, scopes, created_at,
         created_by, expires_at)
       values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning ${columns.replaceAll('token.', '')}`,
      [
        token.kind,
        token.digest,
        token.hint,
        token.name,
        token.username,
        token.accountId,
        token.namespaceId,
        token.projectId,
        token.scopes.join(' '),
        now,
        token.createdBy,
        token.expiresAt,
      ],
    );
    if (row === undefined) throw new Error('the new token was not returned');
    return toToken(row);
  } catch (error) {
    if (error instanceof UniqueViolation) throw problem('already-exists', 'This token exists already.');
    throw error;
  }
}

/** A token with what authentication needs to know of the account behind it. */
export interface TokenHolder {
  readonly token: Token;
  readonly account: {
    readonly username: string;
    readonly state: AccountState;
    readonly isAdmin: boolean;
    readonly isBot: boolean;
  } | null;
}

/** Found whatever its state: revoked and expired tokens too. */
export async function findTokenByDigest(session: Session, digest: string): Promise<TokenHolder | undefined> {
  const row = await session.get<
    TokenRow & { accountName: string | null; state: AccountState; isAdmin: number; isBot: number }
  >(
    `select ${columns}, account.username as "accountName", account.state, account.is_admin as "isAdmin",
       account.is_bot as "isBot"
     from token left join account on account.id = token.account_id where token.digest = ?`,
    [digest],
  );
  if (row === undefined) return undefined;
  const { accountName, state, isAdmin, isBot, ...token } = row;
  const account =
    accountName === null ? null : { username: accountName, state, isAdmin: isAdmin === 1, isBot: isBot === 1 };
  return { token: toToken(token), account };
}

export async function findToken(session: Session, id: number): Promise<Token | undefined> {
  const row = await session.get<TokenRow>(`select ${columns} from token where token.id = ?`, [id]);
  return row && toToken(row);
}

export interface TokenFilter {
  readonly kinds?: readonly TokenKind[];
  readonly accountId?: number;
  readonly projectId?: number;
  readonly namespaceId?: number;
  /** `active` = neither revoked nor expired. */
  readonly state?: 'active' | 'inactive';
  readonly revoked?: boolean;
  /** Part of the name. */
  readonly search?: string;
}

export type TokenOrder = 'id' | 'name' | 'createdAt' | 'expiresAt' | 'lastUsedAt';
const orderColumns = {
  id: 'token.id',
  name: 'lower(token.name)',
  createdAt: 'token.created_at',
  // Engines differ in where they sort what is not there: here it comes before everything.
  expiresAt: 'coalesce(token.expires_at, -1)',
  lastUsedAt: 'coalesce(token.last_used_at, -1)',
};

export async function listTokens(
  session: Session,
  filter: TokenFilter,
  options: ListOptions<TokenOrder>,
  now: number,
): Promise<Listing<Token>> {
  const where: Condition[] = [];
  if (filter.kinds !== undefined) {
    where.push({ sql: `token.kind in (${filter.kinds.map(() => '?').join(', ')})`, params: filter.kinds });
  }
  const equal = (column: string, value: SqlValue | undefined) => {
    if (value !== undefined) where.push({ sql: `token.${column} = ?`, params: [value] });
  };
  equal('account_id', filter.accountId);
  equal('project_id', filter.projectId);
  equal('namespace_id', filter.namespaceId);
  const active = 'token.revoked_at is null and (token.expires_at is null or token.expires_at > ?)';
  if (filter.state === 'active') where.push({ sql: active, params: [now] });
  if (filter.state === 'inactive') where.push({ sql: `not (${active})`, params: [now] });
  if (filter.revoked !== undefined) {
    where.push({ sql: `token.revoked_at is ${filter.revoked ? 'not null' : 'null'}`, params: [] });
  }
  if (filter.search !== undefined && filter.search !== '') where.push(contains(['token.name'], filter.search));
  const query = { columns, from: 'token', where: both(...where), id: 'token.id', orderColumns };
  const page = await list<TokenRow, TokenOrder>(session, query, options);
  return { items: page.items.map(toToken), total: page.total };
}

/** `true` when this call revoked it: of several at once exactly one is told so. */
export async function markRevoked(tx: Session, id: number, now: number): Promise<boolean> {
  return (await tx.run('update token set revoked_at = ? where id = ? and revoked_at is null', [now, id])) === 1;
}

export function nameDeployToken(tx: Session, id: number, username: string): Promise<number> {
  return tx.run('update token set username = ? where id = ?', [username, id]);
}

/** Writes down that the tokens were used at `at`, a few hundred a statement. */
export async function touchTokens(tx: Session, ids: readonly number[], at: number): Promise<void> {
  for (let start = 0; start < ids.length; start += 200) {
    const some = ids.slice(start, start + 200);
    await tx.run(
      `update token set last_used_at = ? where (last_used_at is null or last_used_at < ?)
         and id in (${some.map(() => '?').join(', ')})`,
      [at, at, ...some],
    );
  }
}

function toToken(row: TokenRow): Token {
  return { ...row, scopes: row.scopes.split(' ').filter((scope) => scope !== '') as TokenScope[] };
}
