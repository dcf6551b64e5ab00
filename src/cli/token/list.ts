import { findAccount } from '../../catalog/accounts.ts';
import type { Token, TokenFilter } from '../../catalog/tokens.ts';
import { listTokens } from '../../catalog/tokens.ts';
import type { Database } from '../../database/database.ts';
import type { Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import type { Cell } from '../table.ts';
import { printRows, shortTime } from '../table.ts';
import { needUser } from '../user/find.ts';

interface ListOptions {
  readonly user?: string;
  readonly all?: boolean;
}

const pageSize = 1000;
const columns = ['id', 'kind', 'owner', 'name', 'hint', 'scopes', 'created', 'expires', 'used', 'revoked'];

export function run(invocation: Invocation<[], ListOptions>): Promise<void> {
  const { terminal, options } = invocation;
  return withDatabase(invocation, async ({ database }) => {
    const filter = await filterOf(database, options);
    const rows: Record<string, Cell>[] = [];
    for (let offset = 0; ; offset += pageSize) {
      const order = { by: 'id', direction: 'asc' } as const;
      const { items } = await listTokens(database, filter, { limit: pageSize, offset, order }, Date.now());
      for (const token of items) rows.push(await rowOf(database, token));
      if (items.length < pageSize) break;
    }
    printRows(terminal, rows, { json: options.json, columns });
  });
}

async function filterOf(database: Database, { user, all }: ListOptions): Promise<TokenFilter> {
  const state = all === true ? {} : ({ state: 'active' } as const);
  if (user === undefined) return state;
  return { ...state, accountId: (await needUser(database, user)).id, kinds: ['personal'] };
}

async function rowOf(database: Database, token: Token): Promise<Record<string, Cell>> {
  const { id, kind, name, hint, scopes } = token;
  return {
    id,
    kind,
    owner: await ownerOf(database, token),
    name,
    hint: `${hint}…`,
    scopes: scopes.join(' '),
    created: shortTime(token.createdAt),
    expires: shortTime(token.expiresAt),
    used: shortTime(token.lastUsedAt),
    revoked: shortTime(token.revokedAt),
  };
}

/** User name, `project 7` or `group 3`. */
async function ownerOf(database: Database, token: Token): Promise<string | null> {
  if (token.projectId !== null) return `project ${token.projectId}`;
  if (token.namespaceId !== null) return `group ${token.namespaceId}`;
  const account = token.accountId === null ? undefined : await findAccount(database, token.accountId);
  return account?.username ?? null;
}
