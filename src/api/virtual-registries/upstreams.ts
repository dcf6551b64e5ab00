import { forgetSite } from '../../catalog/upstream-place.ts';
import { deleteUpstream, insertUpstream, listUpstreams, updateUpstream, upstreamsOf } from '../../catalog/upstreams.ts';
import { associate, associationsOf, associationsWith } from '../../catalog/virtual-registries.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { formatFor, groupFor, registryFor, upstreamFor } from './find.ts';
import { presentAssociation, presentUpstream } from './present.ts';
import { subjectOf } from './registries.ts';
import * as schema from './schema.ts';
import { changedUpstream, emptyUpstream, refuseTwin } from './upstream-input.ts';

const facts = { tag: 'Virtual registries', needs: 'caller' } as const;
const one = { description: 'The upstream; its password or token is never shown.', schema: schema.upstreamSchema };
export const mostUpstreams = 20;

const ofGroup = operation({
  ...facts,
  id: 'list_group_upstreams',
  method: 'GET',
  path: '/groups/:id/-/virtual_registries/packages/:format/upstreams',
  summary: "Lists a group's upstreams of a format",
  params: schema.ofGroup,
  query: schema.upstreamsQuery,
  responses: {
    200: { description: 'A page of upstreams.', schema: listOf(schema.upstreamSchema), headers: pageHeaderNotes },
  },
  handler: async (context, { params, query, url }) => {
    const group = await groupFor(context, params.id, 'read');
    const { id: format } = formatFor(context, params.format);
    const page = pageOf(query);
    const { items, total } = await listUpstreams(
      context.database,
      { namespaceId: group.id, format, search: query.upstream_name },
      { limit: page.size, offset: page.offset },
    );
    return pageAnswer(items.map(presentUpstream), total, page, { origin: context.origin, url });
  },
});

const ofRegistry = operation({
  ...facts,
  id: 'list_registry_upstreams',
  method: 'GET',
  path: '/virtual_registries/packages/:format/registries/:id/upstreams',
  summary: 'Lists the upstreams of a virtual registry, in the order in which they answer',
  params: schema.ofRow,
  responses: { 200: { description: 'All of them.', schema: listOf(schema.upstreamSchema) } },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'read');
    const associations = await associationsOf(context.database, registry.id);
    const upstreams = await upstreamsOf(context.database, registry.id);
    const body = upstreams.flatMap((upstream) => {
      const association = associations.find(({ upstreamId }) => upstreamId === upstream.id);
      return association === undefined
        ? []
        : [{ ...presentUpstream(upstream), registry_upstream: presentAssociation(association) }];
    });
    return { status: 200, body };
  },
});

const create = operation({
  ...facts,
  id: 'create_upstream',
  method: 'POST',
  path: '/virtual_registries/packages/:format/registries/:id/upstreams',
  summary: 'Creates an upstream and puts it at the end of a virtual registry',
  description: `Another registry, or packages of a project or group here. Needs the maintainer role of the group. A virtual registry has at most ${mostUpstreams}.`,
  params: schema.ofRow,
  body: schema.newUpstream,
  responses: { 201: one },
  handler: async (context, { params, body }) => {
    const registry = await registryFor(context, params, 'manage');
    const { namespaceId, format } = registry;
    const fields = await changedUpstream(context, body, { ...emptyUpstream, namespaceId, format });
    const made = await context.database.transaction(async (tx) => {
      if ((await associationsOf(tx, registry.id)).length >= mostUpstreams) {
        throw problem('invalid-parameter', `A virtual registry has at most ${mostUpstreams} upstreams.`);
      }
      await refuseTwin(tx, context, fields, null);
      const upstream = await insertUpstream(tx, fields, context.now());
      const association = await associate(tx, registry.id, upstream.id);
      await record(tx, context, {
        action: 'upstream.create',
        subject: subjectOf(upstream),
        details: { url: upstream.url },
      });
      return { upstream, association };
    });
    return {
      status: 201,
      body: { ...presentUpstream(made.upstream), registry_upstream: presentAssociation(made.association) },
    };
  },
});

const get = operation({
  ...facts,
  id: 'get_upstream',
  method: 'GET',
  path: '/virtual_registries/packages/:format/upstreams/:id',
  summary: 'Shows an upstream',
  params: schema.ofRow,
  responses: { 200: one },
  handler: async (context, { params }) => {
    const upstream = await upstreamFor(context, params, 'read');
    const associations = await associationsWith(context.database, upstream.id);
    return {
      status: 200,
      body: { ...presentUpstream(upstream), registry_upstreams: associations.map(presentAssociation) },
    };
  },
});

const update = operation({
  ...facts,
  id: 'update_upstream',
  method: 'PATCH',
  path: '/virtual_registries/packages/:format/upstreams/:id',
  summary: 'Changes an upstream',
  description:
    'Another URL clears the credentials, and forgets what was cached and seen under the old one. Needs the maintainer role of the group.',
  params: schema.ofRow,
  body: schema.upstreamChanges,
  responses: { 200: one },
  handler: async (context, { params, body }) => {
    const upstream = await upstreamFor(context, params, 'manage');
    const after = { ...upstream, ...(await changedUpstream(context, body, upstream)) };
    await context.database.transaction(async (tx) => {
      await refuseTwin(tx, context, after, upstream.id);
      await updateUpstream(tx, after, context.now());
      if (after.url !== upstream.url) await forgetSite(tx, upstream.id);
      await record(tx, context, { action: 'upstream.update', subject: subjectOf(after), details: { url: after.url } });
    });
    return { status: 200, body: presentUpstream({ ...after, updatedAt: context.now() }) };
  },
});

const remove = operation({
  ...facts,
  id: 'delete_upstream',
  method: 'DELETE',
  path: '/virtual_registries/packages/:format/upstreams/:id',
  summary: 'Deletes an upstream, with what is cached of it',
  description: 'Needs the maintainer role of the group.',
  params: schema.ofRow,
  responses: { 204: { description: 'Deleted.' } },
  handler: async (context, { params }) => {
    const upstream = await upstreamFor(context, params, 'manage');
    await context.database.transaction(async (tx) => {
      await deleteUpstream(tx, upstream.id);
      await record(tx, context, { action: 'upstream.delete', subject: subjectOf(upstream) });
    });
    return { status: 204 };
  },
});

export const upstreamOperations = [ofGroup, ofRegistry, create, get, update, remove];
