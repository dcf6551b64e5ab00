import { rootIdOf } from '../catalog/name-claims.ts';
import { findProject, type Project } from '../catalog/projects.ts';
import { type Reservation, reservationsOf } from '../catalog/reserved-names.ts';
import { mostExact } from '../policy/name-pattern.ts';
import type { Name } from './model.ts';
import type { Binding } from './mount.ts';
import { isOwner } from './name-guards.ts';
import { sourcesOf } from './resolve.ts';

/** Of these names, the keys of those that are reserved for the project that answers for them on this mount. */
export async function reservedHere(binding: Binding, names: readonly Name[]): Promise<ReadonlySet<string>> {
  const { database } = binding.services;
  const projects = new Map<number, Project | undefined>();
  const reservations = new Map<number, readonly Reservation[]>();
  const reserved = new Set<string>();
  for (const name of names) {
    const [row] = await sourcesOf(binding, name);
    if (row === undefined) continue;
    const { projectId } = row;
    if (!projects.has(projectId)) projects.set(projectId, await findProject(database, projectId));
    const project = projects.get(projectId);
    if (project === undefined) continue;
    const rootId = rootIdOf(project.lineage);
    const ofRoot =
      reservations.get(rootId) ?? (await reservationsOf(database, { rootIds: [rootId], format: binding.format.id }));
    reservations.set(rootId, ofRoot);
    const decides = mostExact(ofRoot, name, binding.format.upstream ?? {});
    if (decides !== null && isOwner(decides, project)) reserved.add(name.key);
  }
  return reserved;
}
