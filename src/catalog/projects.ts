import type { Session } from '../database/database.ts';
import { both, contains, type Condition } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';
import { idOf, pathKey } from './paths.ts';
import type { PackagesAccess, Visibility } from './visibility.ts';

export interface Project {
  readonly id: number;
  readonly namespaceId: number;
  readonly path: string;
  readonly fullPath: string;
  readonly name: string;
  readonly description: string;
  readonly visibility: Visibility;
  readonly packagesAccess: PackagesAccess;
  /** Ids of the namespaces it lies in, outermost first: `/1/5/`. */
  readonly lineage: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

const columns = `p.id, p.namespace_id as "namespaceId", p.path, p.full_path as "fullPath", p.name, p.description,
  p.visibility, p.packages_access as "packagesAccess", n.lineage, p.created_at as "createdAt",
  p.updated_at as "updatedAt"`;
const from = 'project p join namespace n on n.id = p.namespace_id';

export type ProjectOrder = 'id' | 'name' | 'path' | 'createdAt' | 'updatedAt';
const orderColumns = {
  id: 'p.id',
  name: 'lower(p.name)',
  path: 'p.full_path_key',
  createdAt: 'p.created_at',
  updatedAt: 'p.updated_at',
};

/** By number, or by full path ignoring case: what `:id` in a URL holds once decoded. */
export function findProject(session: Session, idOrPath: number | string): Promise<Project | undefined> {
  const id = idOf(idOrPath);
  return id === null
    ? session.get<Project>(`select ${columns} from ${from} where p.full_path_key = ?`, [pathKey(String(idOrPath))])
    : session.get<Project>(`select ${columns} from ${from} where p.id = ?`, [id]);
}

export interface ProjectFilter {
  readonly namespaceId?: number;
  /** Everything in the namespace of this lineage and below. */
  readonly below?: string;
  /** Words in name or full path. */
  readonly search?: string;
  readonly visibility?: Visibility;
  /** Which of them may be seen: `visibleProjects(caller, …)`. */
  readonly visible?: Condition;
}

export function listProjects(
  session: Session,
  filter: ProjectFilter,
  options: ListOptions<ProjectOrder>,
): Promise<Listing<Project>> {
  const where: Condition[] = [];
  if (filter.namespaceId !== undefined) where.push({ sql: 'p.namespace_id = ?', params: [filter.namespaceId] });
  if (filter.below !== undefined) where.push({ sql: 'n.lineage like ?', params: [`${filter.below}%`] });
  if (filter.search !== undefined && filter.search !== '')
    where.push(contains(['p.name', 'p.full_path'], filter.search));
  if (filter.visibility !== undefined) where.push({ sql: 'p.visibility = ?', params: [filter.visibility] });
  if (filter.visible !== undefined) where.push(filter.visible);
  const query = { columns, from, where: both(...where), id: 'p.id', orderColumns };
  return list<Project, ProjectOrder>(session, query, options);
}
