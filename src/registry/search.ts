import { visibleProjects } from '../access/visible.store.ts';
import { both, type Condition } from '../catalog/condition.ts';
import { inOwnersPlace } from '../catalog/packages.ts';
import { maintainersByPackage } from '../catalog/people.ts';
import { searchPackages } from '../catalog/search.ts';
import type { SearchHit, SearchQuery, SearchResult } from './model.ts';
import type { Binding } from './mount.ts';
import { inMembers } from './virtual-local.ts';

/** Packages of this mount that match, of those whose project the caller may read. */
export async function search(binding: Binding, query: SearchQuery): Promise<SearchResult> {
  const { database } = binding.services;
  const { found, total } = await searchPackages(database, {
    ...query,
    format: binding.format.id,
    visible: visibleHere(binding),
  });
  const maintainers = await maintainersByPackage(
    database,
    found.map(({ id }) => id),
  );
  const hits = found.map(({ id, ...hit }): SearchHit => ({ ...hit, maintainers: maintainers.get(id) ?? [] }));
  return { hits, total };
}

/** What this mount shows to this caller, as a condition on a package, its project `p` and that one's namespace `n`. */
export function visibleHere({ mount, caller, services }: Binding): Condition {
  const visible = visibleProjects(caller, 'packages', services.now());
  if (mount.scope === 'instance') return both(visible, inOwnersPlace);
  if (mount.scope === 'virtual') return both(visible, inMembers(mount));
  const here: Condition =
    mount.scope === 'project'
      ? { sql: 'p.id = ?', params: [mount.project.id] }
      : { sql: 'n.lineage like ?', params: [`${mount.group.lineage}%`] };
  return both(here, visible);
}
