/** What GitLab's REST API calls packages: one row a version, with filters. */
import type { Session } from '../database/database.ts';
import { both, contains, type Condition } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';
import type { PackageStatus } from './version-shape.ts';

/** A version with the names of its package and project. */
export interface PackageListItem {
  /** The version's id: `package_id` of the REST API. */
  readonly id: number;
  /** Id of the package row that all versions of the name share. */
  readonly packageId: number;
  readonly name: string;
  readonly version: string;
  readonly format: string;
  readonly status: PackageStatus;
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly lastDownloadedAt: number | null;
  readonly downloads: number;
  readonly projectId: number;
  readonly projectPath: string;
}

const columns = `v.id, k.id as "packageId", k.name, v.version, k.format, v.status, v.created_at as "createdAt",
  v.updated_at as "updatedAt", v.last_downloaded_at as "lastDownloadedAt", v.downloads, p.id as "projectId",
  p.full_path as "projectPath"`;
const from = `version v join package k on k.id = v.package_id join project p on p.id = k.project_id
  join namespace n on n.id = p.namespace_id`;

/** The same for lists: `cross join` keeps SQLite to this order, from the few projects to the many versions. */
const inOrder = 'project p cross join namespace n cross join package k cross join version v';
const joined: Condition = {
  sql: 'n.id = p.namespace_id and k.project_id = p.id and v.package_id = k.id',
  params: [],
};

export type PackageOrder = 'id' | 'createdAt' | 'name' | 'version' | 'format' | 'projectPath';
const orderColumns = {
  id: 'v.id',
  createdAt: 'v.created_at',
  name: 'lower(k.name)',
  version: 'v.version',
  format: 'k.format',
  projectPath: 'p.full_path_key',
};

export interface PackageFilter {
  readonly projectId?: number;
  /** Projects directly in this namespace. */
  readonly namespaceId?: number;
  /** Projects in the namespace of this lineage and below. */
  readonly below?: string;
  /** Which projects' packages may be seen: `visibleProjects(caller, 'packages')`. */
  readonly visible?: Condition;
  readonly format?: string;
  /** Formats left out unless `format` asks for one. */
  readonly withoutFormats?: readonly string[];
  /** Part of the name, taken literally, ignoring case. */
  readonly name?: string;
  /** The whole version, as displayed. */
  readonly version?: string;
  /** Also rows whose version is empty (Maven's metadata of a whole artifact). */
  readonly versionless?: boolean;
  readonly statuses: readonly PackageStatus[];
}

export async function listPackages(
  session: Session,
  filter: PackageFilter,
  options: ListOptions<PackageOrder>,
): Promise<Listing<PackageListItem>> {
  const where = both(joined, ...conditions(filter));
  const query = { columns: 'v.id', from: inOrder, where, id: 'v.id', orderColumns };
  const page = await list<{ id: number }, PackageOrder>(session, query, options);
  return {
    items: await itemsOf(
      session,
      page.items.map(({ id }) => id),
    ),
    total: page.total,
  };
}

/** The rows of a page, in its order: found by the index first, since the rows are large. */
async function itemsOf(session: Session, ids: readonly number[]): Promise<PackageListItem[]> {
  if (ids.length === 0) return [];
  const rows = await session.all<PackageListItem>(
    `select ${columns} from ${from} where v.id in (${ids.map(() => '?').join(', ')})`,
    ids,
  );
  const byId = new Map(rows.map((row) => [row.id, row]));
  return ids.flatMap((id) => byId.get(id) ?? []);
}

function conditions(filter: PackageFilter): Condition[] {
  const where: Condition[] = [among('v.status', filter.statuses)];
  if (filter.projectId !== undefined) where.push({ sql: 'p.id = ?', params: [filter.projectId] });
  if (filter.namespaceId !== undefined) where.push({ sql: 'n.id = ?', params: [filter.namespaceId] });
  if (filter.below !== undefined) where.push({ sql: 'n.lineage like ?', params: [`${filter.below}%`] });
  if (filter.visible !== undefined) where.push(filter.visible);
  if (filter.format !== undefined) where.push({ sql: 'k.format = ?', params: [filter.format] });
  else if (filter.withoutFormats !== undefined) where.push(not(among('k.format', filter.withoutFormats)));
  if (filter.name !== undefined && filter.name !== '') where.push(contains(['k.name'], filter.name));
  if (filter.version !== undefined) where.push({ sql: 'v.version = ?', params: [filter.version] });
  if (filter.versionless !== true) where.push({ sql: "v.version <> ''", params: [] });
  return where;
}

function among(column: string, values: readonly string[]): Condition {
  if (values.length === 0) return { sql: '1 = 0', params: [] };
  return { sql: `${column} in (${values.map(() => '?').join(', ')})`, params: values };
}

function not({ sql, params }: Condition): Condition {
  return { sql: `not (${sql})`, params };
}

/** One version, if it lies in that project. */
export function findPackageItem(
  session: Session,
  projectId: number,
  versionId: number,
): Promise<PackageListItem | undefined> {
  return session.get<PackageListItem>(`select ${columns} from ${from} where v.id = ? and p.id = ?`, [
    versionId,
    projectId,
  ]);
}

/** The other listed versions of the package, newest first. */
export function otherVersions(
  session: Session,
  of: { readonly packageId: number; readonly id: number },
  limit: number,
): Promise<{ id: number; version: string; createdAt: number }[]> {
  return session.all(
    `select id, version, created_at as "createdAt" from version
     where package_id = ? and id <> ? and version <> '' and status in ('default', 'deprecated')
     order by id desc limit ?`,
    [of.packageId, of.id, limit],
  );
}

export interface VersionTag {
  readonly versionId: number;
  readonly name: string;
  readonly updatedAt: number;
}

/** Tags that point to the versions, by name. */
export function tagsOfVersions(session: Session, versionIds: readonly number[]): Promise<VersionTag[]> {
  if (versionIds.length === 0) return Promise.resolve([]);
  return session.all<VersionTag>(
    `select version_id as "versionId", name, updated_at as "updatedAt" from tag
     where version_id in (${versionIds.map(() => '?').join(', ')}) order by name`,
    versionIds,
  );
}
