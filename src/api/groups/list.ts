import type { Static } from 'typebox';
import { type AccessLevel, owner } from '../../access/caller.ts';
import { visibleGroups } from '../../access/visible.store.ts';
import { both, type Condition } from '../../catalog/condition.ts';
import { namespacesOfMember } from '../../catalog/membership-filter.ts';
import { listNamespaces, type Namespace, type NamespaceFilter } from '../../catalog/namespaces.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import type { PlainAnswer } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { groupFor } from '../place.ts';
import { presentGroups } from './present.ts';
import type { groupListQuery, subgroupListQuery } from './schema.ts';

type Query = Static<typeof subgroupListQuery>;

export function allGroups(
  context: ApiContext,
  asked: { readonly query: Static<typeof groupListQuery>; readonly url: string },
): Promise<PlainAnswer> {
  const where = asked.query.top_level_only === true ? { parentId: null } : {};
  return answer(context, where, asked.query, asked.url);
}

/** Groups in a group: direct ones, or all the way down. */
export async function groupsBelow(
  context: ApiContext,
  asked: { readonly params: { id: string }; readonly query: Query; readonly url: string },
  where: (group: Namespace) => Pick<NamespaceFilter, 'parentId' | 'below'>,
): Promise<PlainAnswer> {
  const group = await groupFor(context, asked.params.id, 'read-group');
  return answer(context, where(group), asked.query, asked.url);
}

async function answer(
  context: ApiContext,
  where: Pick<NamespaceFilter, 'parentId' | 'below'>,
  query: Query,
  url: string,
): Promise<PlainAnswer> {
  const page = pageOf(query);
  const filter: NamespaceFilter = {
    kind: 'group',
    ...where,
    ...(query.search === undefined ? {} : { search: query.search }),
    visible: both(visibleGroups(context.caller, 'groups', context.now()), ...ofMember(context, query)),
  };
  const { items, total } = await listNamespaces(context.database, filter, {
    limit: page.size,
    offset: page.offset,
    order: { by: query.order_by ?? 'name', direction: query.sort ?? 'asc' },
  });
  return pageAnswer(await presentGroups(context, items), total, page, { origin: context.origin, url });
}

function ofMember({ caller, now }: ApiContext, query: Query): Condition[] {
  const atLeast: AccessLevel | undefined = query.owned === true ? owner : query.min_access_level;
  if (atLeast === undefined) return [];
  if (caller.kind !== 'user') throw problem('unauthenticated');
  return [namespacesOfMember({ accountId: caller.accountId, atLeast, now: now() })];
}
