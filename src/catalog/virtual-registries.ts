import type { Session } from '../database/database.ts';

/** An ordered list of upstreams that answers as one registry. */
export interface VirtualRegistry {
  readonly id: number;
  /** The group it belongs to; always one at the top. */
  readonly namespaceId: number;
  readonly format: string;
  readonly name: string;
  readonly description: string;
  /** Where what is published through it goes; `null` = it takes nothing. */
  readonly deployProjectId: number | null;
  /** JSON; see `policy/registry-policy.ts`. */
  readonly policy: string;
  readonly createdAt: number;
  readonly updatedAt: number;
}

export type VirtualRegistryFields = Omit<VirtualRegistry, 'id' | 'createdAt' | 'updatedAt'>;

/** One upstream in one registry; a lower position answers first. */
export interface Association {
  readonly id: number;
  readonly registryId: number;
  readonly upstreamId: number;
  /** From 1. */
  readonly position: number;
}

const columns = `r.id, r.namespace_id as "namespaceId", r.format, r.name, r.description,
  r.deploy_project_id as "deployProjectId", r.policy, r.created_at as "createdAt", r.updated_at as "updatedAt"`;
const associationColumns = `a.id, a.registry_id as "registryId", a.upstream_id as "upstreamId", a.position`;

export function findRegistry(session: Session, id: number): Promise<VirtualRegistry | undefined> {
  return session.get<VirtualRegistry>(`select ${columns} from virtual_registry r where r.id = ?`, [id]);
}

export function listRegistries(
  session: Session,
  of: { namespaceId: number; format: string },
): Promise<VirtualRegistry[]> {
  return session.all<VirtualRegistry>(
    `select ${columns} from virtual_registry r where r.namespace_id = ? and r.format = ? order by r.id`,
    [of.namespaceId, of.format],
  );
}

export async function insertRegistry(
  tx: Session,
  fields: VirtualRegistryFields,
  now: number,
): Promise<VirtualRegistry> {
  const row = await tx.get<{ id: number }>(
    `insert into virtual_registry (namespace_id, format, name, description, deploy_project_id, policy, created_at, updated_at)
     values (?, ?, ?, ?, ?, ?, ?, ?) returning id`,
    [
      fields.namespaceId,
      fields.format,
      fields.name,
      fields.description,
      fields.deployProjectId,
      fields.policy,
      now,
      now,
    ],
  );
  return { ...fields, id: row?.id ?? 0, createdAt: now, updatedAt: now };
}

export function updateRegistry(tx: Session, registry: VirtualRegistry, now: number): Promise<number> {
  return tx.run(
    'update virtual_registry set name = ?, description = ?, deploy_project_id = ?, policy = ?, updated_at = ? where id = ?',
    [registry.name, registry.description, registry.deployProjectId, registry.policy, now, registry.id],
  );
}

export function deleteRegistry(tx: Session, id: number): Promise<number> {
  return tx.run('delete from virtual_registry where id = ?', [id]);
}

export function associationsOf(session: Session, registryId: number): Promise<Association[]> {
  return session.all<Association>(
    `select ${associationColumns} from virtual_registry_upstream a where a.registry_id = ? order by a.position, a.id`,
    [registryId],
  );
}

/** Where an upstream is used. */
export function associationsWith(session: Session, upstreamId: number): Promise<Association[]> {
  return session.all<Association>(
    `select ${associationColumns} from virtual_registry_upstream a where a.upstream_id = ? order by a.registry_id`,
    [upstreamId],
  );
}

export function findAssociation(session: Session, id: number): Promise<Association | undefined> {
  return session.get<Association>(`select ${associationColumns} from virtual_registry_upstream a where a.id = ?`, [id]);
}

/** Groups at the top whose names are closed to the upstreams of a registry, because a member was or is below them. */
export async function rootsOf(session: Session, registryId: number): Promise<number[]> {
  const rows = await session.all<{ id: number }>(
    'select namespace_id as id from virtual_registry_root where registry_id = ?',
    [registryId],
  );
  return rows.map(({ id }) => id);
}

/** Remembers where a local member lies: its names stay ours when it is gone. */
function rememberRoot(tx: Session, registryId: number, upstreamId: number): Promise<number> {
  return tx.run(
    `insert into virtual_registry_root (registry_id, namespace_id)
     select cast(? as bigint), top.id from upstream u left join project p on p.id = u.local_project_id
     join namespace n on n.id = coalesce(p.namespace_id, u.local_namespace_id)
     join namespace top on top.parent_id is null and n.lineage like top.lineage || '%'
     where u.id = ?
     on conflict (registry_id, namespace_id) do nothing`,
    [registryId, upstreamId],
  );
}

/** Puts an upstream at the end. */
export async function associate(tx: Session, registryId: number, upstreamId: number): Promise<Association> {
  const row = await tx.get<{ id: number; position: number }>(
    `insert into virtual_registry_upstream (registry_id, upstream_id, position)
     select ?, ?, coalesce(max(a.position), 0) + 1 from virtual_registry_upstream a where a.registry_id = ?
     returning id, position`,
    [registryId, upstreamId, registryId],
  );
  await rememberRoot(tx, registryId, upstreamId);
  return { id: row?.id ?? 0, registryId, upstreamId, position: row?.position ?? 0 };
}

export function dissociate(tx: Session, id: number): Promise<number> {
  return tx.run('delete from virtual_registry_upstream where id = ?', [id]);
}

/** Gives the upstreams of a registry the positions 1, 2, 3 … in this order. */
export async function reorder(tx: Session, associations: readonly Association[]): Promise<void> {
  for (const [index, { id, position }] of associations.entries()) {
    if (position === index + 1) continue;
    await tx.run('update virtual_registry_upstream set position = ? where id = ?', [index + 1, id]);
  }
}
