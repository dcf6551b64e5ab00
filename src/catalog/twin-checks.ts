import type { Session } from '../database/database.ts';
import type { VirtualRegistry } from './virtual-registries.ts';

/** How far the check of a virtual registry's upstreams for names of ours has come. */
export interface TwinCheckState {
  readonly registryId: number;
  readonly begunAt: number;
  /** `null` = it goes on. */
  readonly finishedAt: number | null;
  /** The last name that was asked for. */
  readonly afterKey: string | null;
  /** Questions asked, and those that no upstream could answer. */
  readonly asked: number;
  readonly failed: number;
}

export function findTwinCheck(session: Session, registryId: number): Promise<TwinCheckState | undefined> {
  return session.get<TwinCheckState>(
    `select registry_id as "registryId", begun_at as "begunAt", finished_at as "finishedAt", after_key as "afterKey",
       asked, failed from twin_check where registry_id = ?`,
    [registryId],
  );
}

export async function putTwinCheck(tx: Session, state: TwinCheckState): Promise<void> {
  const { registryId, begunAt, finishedAt, afterKey, asked, failed } = state;
  await tx.run(
    `insert into twin_check (registry_id, begun_at, finished_at, after_key, asked, failed)
     select r.id, cast(? as bigint), cast(? as bigint), ?, cast(? as integer), cast(? as integer)
     from virtual_registry r where r.id = ?
     on conflict (registry_id) do update set begun_at = excluded.begun_at, finished_at = excluded.finished_at,
       after_key = excluded.after_key, asked = excluded.asked, failed = excluded.failed`,
    [begunAt, finishedAt, afterKey, asked, failed, registryId],
  );
}

/** Of virtual registries whose policy has the word, by the time of their last check: those never checked first. */
export function registriesToCheck(session: Session, policyWord: string): Promise<VirtualRegistry[]> {
  return session.all<VirtualRegistry>(
    `select r.id, r.namespace_id as "namespaceId", r.format, r.name, r.description,
       r.deploy_project_id as "deployProjectId", r.policy, r.created_at as "createdAt", r.updated_at as "updatedAt"
     from virtual_registry r left join twin_check t on t.registry_id = r.id
     where r.policy like ? order by coalesce(t.begun_at, 0), r.id`,
    [`%${policyWord}%`],
  );
}
