import type { ClientBase, QueryConfig, QueryResult } from 'pg';
import type { SqlValue } from './database.ts';
import { ConnectionLost, sqlState, UnreadableValue } from './postgres-errors.ts';
import type { Query } from './postgres-statements.ts';

/** `pg` has it, its types do not. */
type LimitedQuery = QueryConfig<SqlValue[]> & { readonly query_timeout: number };

/** Sends one statement and waits for its answer, at most `answerLimit` milliseconds (0: any time). Rejects with the server's error, or `ConnectionLost`. */
export async function execute(
  client: ClientBase,
  query: Query | { readonly text: string },
  answerLimit: number,
): Promise<QueryResult> {
  try {
    const limited: LimitedQuery = { ...query, query_timeout: answerLimit };
    return await client.query(limited);
  } catch (error) {
    if (sqlState(error) !== null || error instanceof UnreadableValue) throw error;
    throw new ConnectionLost(error);
  }
}
