import type { Static } from 'typebox';
import { type AccessLevel, guest, owner } from '../../access/caller.ts';
import { visibleProjects } from '../../access/visible.store.ts';
import { both, type Condition } from '../../catalog/condition.ts';
import { projectsOfMember } from '../../catalog/membership-filter.ts';
import { listProjects, type ProjectFilter, type ProjectOrder } from '../../catalog/projects.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import type { PlainAnswer } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { groupFor } from '../place.ts';
import { presentProjects } from './present.ts';
import type { groupProjectsQuery, projectListQuery } from './schema.ts';

type Query = Static<typeof projectListQuery>;
type GroupQuery = Static<typeof groupProjectsQuery>;

const orders = {
  created_at: 'createdAt',
  id: 'id',
  name: 'name',
  path: 'path',
  updated_at: 'updatedAt',
  last_activity_at: 'updatedAt',
} as const satisfies Record<string, ProjectOrder>;

export function allProjects(
  context: ApiContext,
  asked: { readonly query: Query; readonly url: string },
): Promise<PlainAnswer> {
  return answer(context, {}, asked.query, asked.url);
}

export async function projectsOfGroup(
  context: ApiContext,
  asked: { readonly params: { id: string }; readonly query: GroupQuery; readonly url: string },
): Promise<PlainAnswer> {
  const group = await groupFor(context, asked.params.id, 'read-group');
  const where = asked.query.include_subgroups === true ? { below: group.lineage } : { namespaceId: group.id };
  return answer(context, where, asked.query, asked.url);
}

async function answer(
  context: ApiContext,
  where: Pick<ProjectFilter, 'below' | 'namespaceId'>,
  query: Query,
  url: string,
): Promise<PlainAnswer> {
  const page = pageOf(query);
  const filter: ProjectFilter = {
    ...where,
    ...(query.search === undefined ? {} : { search: query.search }),
    ...(query.visibility === undefined ? {} : { visibility: query.visibility }),
    visible: both(visibleProjects(context.caller, 'projects', context.now()), ...ofMember(context, query)),
  };
  const order = { by: orders[query.order_by ?? 'created_at'], direction: query.sort ?? 'desc' };
  const { items, total } = await listProjects(context.database, filter, {
    limit: page.size,
    offset: page.offset,
    order,
  });
  return pageAnswer(await presentProjects(context, items), total, page, { origin: context.origin, url });
}

function ofMember({ caller, now }: ApiContext, query: Query): Condition[] {
  const atLeast = leastRole(query);
  if (atLeast === null) return [];
  if (caller.kind !== 'user') throw problem('unauthenticated');
  return [projectsOfMember({ accountId: caller.accountId, atLeast, now: now() })];
}

function leastRole(query: Query): AccessLevel | null {
  if (query.owned === true) return owner;
  if (query.min_access_level !== undefined) return query.min_access_level;
  return query.membership === true ? guest : null;
}
