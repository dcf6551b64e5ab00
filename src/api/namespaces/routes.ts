/** https://docs.gitlab.com/api/namespaces/ */
import { guest, owner } from '../../access/caller.ts';
import { namespacesOfMember } from '../../catalog/membership-filter.ts';
import { findNamespace, listNamespaces } from '../../catalog/namespaces.ts';
import { problem } from '../../problems/problem.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { accountOf, isAdministrator, mayOnGroup } from '../place.ts';
import { presentNamespace } from './present.ts';
import { namespaceListQuery, namespaceSchema, ofNamespace } from './schema.ts';

const facts = { tag: 'Namespaces', method: 'GET', needs: 'caller' } as const;

const list = operation({
  ...facts,
  id: 'list_namespaces',
  path: '/namespaces',
  summary: 'Lists namespaces',
  description: "The caller's own and the groups that the caller is a member of; all of them for administrators.",
  query: namespaceListQuery,
  responses: {
    200: { description: 'A page of namespaces.', schema: listOf(namespaceSchema), headers: pageHeaderNotes },
  },
  handler: async (context, { query, url }) => {
    const { accountId } = accountOf(context);
    const page = pageOf(query);
    const atLeast = query.owned_only === true ? owner : guest;
    const everything = isAdministrator(context) && query.owned_only !== true;
    const filter = {
      ...(query.search === undefined ? {} : { search: query.search }),
      ...(query.top_level_only === true ? { parentId: null } : {}),
      ...(everything ? {} : { visible: namespacesOfMember({ accountId, atLeast, now: context.now() }) }),
    };
    const options = { limit: page.size, offset: page.offset, order: { by: 'path', direction: 'asc' } } as const;
    const { items, total } = await listNamespaces(context.database, filter, options);
    const presented = items.map((namespace) => presentNamespace(namespace, context.origin));
    return pageAnswer(presented, total, page, { origin: context.origin, url });
  },
});

const get = operation({
  ...facts,
  id: 'get_namespace',
  path: '/namespaces/:id',
  summary: 'Shows a namespace',
  params: ofNamespace,
  responses: { 200: { description: 'The namespace.', schema: namespaceSchema } },
  handler: async (context, { params }) => {
    const namespace = await findNamespace(context.database, params.id);
    const visible =
      namespace !== undefined &&
      (namespace.kind === 'group'
        ? await mayOnGroup(context, 'read-group', namespace)
        : namespace.ownerId === accountOf(context).accountId || isAdministrator(context));
    if (!visible) throw problem('not-found', 'There is no such namespace, or it is not yours to see.');
    return { status: 200, body: presentNamespace(namespace, context.origin) };
  },
});

export const namespaceOperations = [list, get];
