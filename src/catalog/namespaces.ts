import type { Session } from '../database/database.ts';
import { both, contains, type Condition } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';
import { idOf, pathKey } from './paths.ts';
import type { Visibility } from './visibility.ts';

/** A group, or the space of one user. */
export interface Namespace {
  readonly id: number;
  readonly kind: 'group' | 'user';
  readonly parentId: number | null;
  /** The user whose space it is; `null` for groups. */
  readonly ownerId: number | null;
  readonly path: string;
  readonly fullPath: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  /** Ids from the outermost ancestor down to itself: `/1/5/`. */
  readonly lineage: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const columns = `n.id, n.kind, n.parent_id as "parentId", n.owner_id as "ownerId", n.path, n.full_path as "fullPath",
  n.name, n.description, n.visibility, n.lineage, n.created_at as "createdAt", n.updated_at as "updatedAt"`;

export type NamespaceOrder = 'id' | 'name' | 'path';
const orderColumns = { id: 'n.id', name: 'lower(n.name)', path: 'n.full_path_key' };

/** A group or user namespace, by number or by full path ignoring case: what `:id` in a URL holds once decoded. */
export function findNamespace(session: Session, idOrPath: number | string): Promise<Namespace | undefined> {
  return findWhere(session, idOrPath, '');
}

/** Like `findNamespace`, but groups only. */
export function findGroup(session: Session, idOrPath: number | string): Promise<Namespace | undefined> {
  return findWhere(session, idOrPath, " and n.kind = 'group'");
}

function findWhere(session: Session, idOrPath: number | string, also: string): Promise<Namespace | undefined> {
  const id = idOf(idOrPath);
  return id === null
    ? session.get<Namespace>(`select ${columns} from namespace n where n.full_path_key = ?${also}`, [
        pathKey(String(idOrPath)),
      ])
    : session.get<Namespace>(`select ${columns} from namespace n where n.id = ?${also}`, [id]);
}

/** The group or user that holds a path at the top; digits are a path here, never an id. */
export function findTopNamespace(session: Session, path: string): Promise<Namespace | undefined> {
  return session.get<Namespace>(
    `select ${columns} from namespace n where n.full_path_key = ? and n.parent_id is null`,
    [pathKey(path)],
  );
}

export function findUserNamespace(session: Session, accountId: number): Promise<Namespace | undefined> {
  return session.get<Namespace>(`select ${columns} from namespace n where n.owner_id = ? and n.kind = 'user'`, [
    accountId,
  ]);
}

/** Itself and everything above it, outermost first. */
export function listAncestors(session: Session, lineage: string): Promise<Namespace[]> {
  return session.all<Namespace>(
    `select ${columns} from namespace n where ? like n.lineage || '%' order by length(n.lineage)`,
    [lineage],
  );
}

export interface NamespaceFilter {
  readonly kind?: 'group' | 'user';
  /** Direct children of this namespace; `null` = those at the top. */
  readonly parentId?: number | null;
  /** Everything below the namespace of this lineage, itself not included. */
  readonly below?: string;
  /** Words in name or full path. */
  readonly search?: string;
  /** Which of them may be seen: `visibleGroups(caller)`. */
  readonly visible?: Condition;
}

export function listNamespaces(
  session: Session,
  filter: NamespaceFilter,
  options: ListOptions<NamespaceOrder>,
): Promise<Listing<Namespace>> {
  const where: Condition[] = [];
  if (filter.kind !== undefined) where.push({ sql: 'n.kind = ?', params: [filter.kind] });
  if (filter.parentId === null) where.push({ sql: 'n.parent_id is null', params: [] });
  else if (filter.parentId !== undefined) where.push({ sql: 'n.parent_id = ?', params: [filter.parentId] });
  if (filter.below !== undefined) where.push({ sql: 'n.lineage like ?', params: [`${filter.below}_%`] });
  if (filter.search !== undefined && filter.search !== '')
    where.push(contains(['n.name', 'n.full_path'], filter.search));
  if (filter.visible !== undefined) where.push(filter.visible);
  const query = { columns, from: 'namespace n', where: both(...where), id: 'n.id', orderColumns };
  return list<Namespace, NamespaceOrder>(session, query, options);
}
