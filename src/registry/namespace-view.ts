import { permitOnGroup } from '../access/permit.ts';
import { visibleProjects } from '../access/visible.store.ts';
import { findNamespace, type Namespace } from '../catalog/namespaces.ts';
import { listProjects } from '../catalog/projects.ts';
import { problem } from '../problems/problem.ts';
import type { Binding } from './mount.ts';

/**
 * The binding of a view over one group or user, for protocols that name it inside their paths. What is unknown and what
 * the caller may see nothing of are refused alike.
 */
export async function namespaceView(binding: Binding, idOrPath: string): Promise<Binding> {
  const group = await findNamespace(binding.services.database, idOrPath);
  if (group !== undefined && (await mayLookInto(binding, group)))
    return { ...binding, mount: { scope: 'group', group } };
  if (binding.caller.kind === 'anonymous') throw problem('unauthenticated');
  throw problem('forbidden', 'There is no such group, or you may not see it.');
}

async function mayLookInto({ services, caller }: Binding, group: Namespace): Promise<boolean> {
  const { database, now } = services;
  const verdict = await permitOnGroup(database, caller, 'read-package', group, now());
  if (verdict.allowed) return true;
  const visible = visibleProjects(caller, 'packages', now());
  const { items } = await listProjects(database, { below: group.lineage, visible }, { limit: 1, offset: 0 });
  return items.length > 0;
}
