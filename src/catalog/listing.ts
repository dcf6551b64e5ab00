import type { Session } from '../database/database.ts';
import type { Condition } from './condition.ts';

export interface Listing<T> {
  readonly items: readonly T[];
  /** How many there are without `limit` and `offset`. */
  readonly total: number;
}

export interface ListOptions<Key extends string = string> {
  readonly limit: number;
  readonly offset: number;
  /** Ties are broken by id, so that pages never overlap. */
  readonly order?: { readonly by: Key; readonly direction: 'asc' | 'desc' };
}

interface ListQuery<Key extends string> {
  readonly columns: string;
  /** The `from` clause with its joins. */
  readonly from: string;
  readonly where: Condition;
  readonly id: string;
  readonly orderColumns: Readonly<Record<Key, string>>;
}

/** One page of rows and their total number. */
export async function list<T, Key extends string>(
  session: Session,
  query: ListQuery<Key>,
  options: ListOptions<Key>,
): Promise<Listing<T>> {
  const { columns, from, where, id } = query;
  const direction = options.order?.direction === 'desc' ? 'desc' : 'asc';
  const by = options.order === undefined ? id : query.orderColumns[options.order.by];
  const order = by === id ? `${id} ${direction}` : `${by} ${direction}, ${id} ${direction}`;
  const items = await session.all<T>(
    `select ${columns} from ${from} where ${where.sql} order by ${order} limit ? offset ?`,
    [...where.params, options.limit, options.offset],
  );
  if (options.offset === 0 && items.length < options.limit) return { items, total: items.length };
  const counted = await session.get<{ total: number }>(
    `select count(*) as total from ${from} where ${where.sql}`,
    where.params,
  );
  return { items, total: counted?.total ?? 0 };
}
