import type { Session } from '../database/database.ts';
import { contains, type Condition } from './condition.ts';
import { list, type Listing, type ListOptions } from './listing.ts';

/** Another registry, or a project or group of ours, that virtual registries may be made of. */
export interface Upstream {
  readonly id: number;
  /** The group it belongs to; always one at the top. */
  readonly namespaceId: number;
  readonly format: string;
  readonly name: string;
  readonly description: string;
  /** Without a slash at the end; `null` for a local one. */
  readonly url: string | null;
  readonly localProjectId: number | null;
  readonly localNamespaceId: number | null;
  readonly username: string | null;
  /** Sealed; see `upstream/seal.ts`. Without a user name it is a bearer token. */
  readonly password: string | null;
  /** JSON array of origins. */
  readonly trustedOrigins: string;
  /** JSON array; see `policy/rules.ts`. */
  readonly rules: string;
  /** 0 = files are never looked at again. */
  readonly cacheValidityHours: number;
  readonly metadataCacheValidityHours: number;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type UpstreamFields = Omit<Upstream, 'id' | 'createdAt' | 'updatedAt'>;

const columns = `u.id, u.namespace_id as "namespaceId", u.format, u.name, u.description, u.url,
  u.local_project_id as "localProjectId", u.local_namespace_id as "localNamespaceId", u.username, u.password,
  u.trusted_origins as "trustedOrigins", u.rules, u.cache_validity_hours as "cacheValidityHours",
  u.metadata_cache_validity_hours as "metadataCacheValidityHours", u.created_at as "createdAt",
  u.updated_at as "updatedAt"`;

export function findUpstream(session: Session, id: number): Promise<Upstream | undefined> {
  return session.get<Upstream>(`select ${columns} from upstream u where u.id = ?`, [id]);
}

/** The upstreams of a virtual registry, the first to answer first. */
export function upstreamsOf(session: Session, registryId: number): Promise<Upstream[]> {
  return session.all<Upstream>(
    `select ${columns} from virtual_registry_upstream a join upstream u on u.id = a.upstream_id
     where a.registry_id = ? order by a.position, a.id`,
    [registryId],
  );
}

/** The latest upstreams with credentials, to see whether they can be opened. */
export function latestSealed(session: Session): Promise<{ name: string; password: string }[]> {
  return session.all(`select name, password from upstream where password is not null order by id desc limit 20`);
}

/** Remote ones with that URL and user name; sealed passwords can't be compared here. */
export function findUpstreamsAt(
  session: Session,
  at: { namespaceId: number; format: string; url: string },
): Promise<Upstream[]> {
  return session.all<Upstream>(
    `select ${columns} from upstream u where u.namespace_id = ? and u.format = ? and u.url = ?`,
    [at.namespaceId, at.format, at.url],
  );
}

export function listUpstreams(
  session: Session,
  filter: { namespaceId: number; format: string; search?: string | undefined },
  options: ListOptions<'id'>,
): Promise<Listing<Upstream>> {
  const named: Condition =
    filter.search === undefined || filter.search === ''
      ? { sql: '1 = 1', params: [] }
      : contains(['u.name'], filter.search);
  const where: Condition = {
    sql: `u.namespace_id = ? and u.format = ? and (${named.sql})`,
    params: [filter.namespaceId, filter.format, ...named.params],
  };
  return list<Upstream, 'id'>(
    session,
    { columns, from: 'upstream u', where, id: 'u.id', orderColumns: { id: 'u.id' } },
    options,
  );
}

export async function insertUpstream(tx: Session, fields: UpstreamFields, now: number): Promise<Upstream> {
  const row = await tx.get<{ id: number }>(
    `insert into upstream (namespace_id, format, name, description, url, local_project_id, local_namespace_id, username,
       password, trusted_origins, rules, cache_validity_hours, metadata_cache_validity_hours, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) returning id`,
    [fields.namespaceId, fields.format, ...changeable(fields), now, now],
  );
  return { ...fields, id: row?.id ?? 0, createdAt: now, updatedAt: now };
}

export function updateUpstream(tx: Session, upstream: Upstream, now: number): Promise<number> {
  return tx.run(
    `update upstream set name = ?, description = ?, url = ?, local_project_id = ?, local_namespace_id = ?, username = ?,
       password = ?, trusted_origins = ?, rules = ?, cache_validity_hours = ?, metadata_cache_validity_hours = ?,
       updated_at = ? where id = ?`,
    [...changeable(upstream), now, upstream.id],
  );
}

function changeable(fields: UpstreamFields) {
  return [
    fields.name,
    fields.description,
    fields.url,
    fields.localProjectId,
    fields.localNamespaceId,
    fields.username,
    fields.password,
    fields.trustedOrigins,
    fields.rules,
    fields.cacheValidityHours,
    fields.metadataCacheValidityHours,
  ];
}

export function deleteUpstream(tx: Session, id: number): Promise<number> {
  return tx.run('delete from upstream where id = ?', [id]);
}
