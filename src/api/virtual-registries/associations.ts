import { associate, associationsOf, dissociate, reorder } from '../../catalog/virtual-registries.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import { operation } from '../operation.ts';
import { associationFor, registryFor, upstreamFor } from './find.ts';
import { presentAssociation } from './present.ts';
import { subjectOf } from './registries.ts';
import * as schema from './schema.ts';
import { mostUpstreams } from './upstreams.ts';

const facts = { tag: 'Virtual registries', needs: 'caller' } as const;
const one = { description: 'Which upstream answers in which place.', schema: schema.registryUpstream };

const create = operation({
  ...facts,
  id: 'create_registry_upstream',
  method: 'POST',
  path: '/virtual_registries/packages/:format/registry_upstreams',
  summary: 'Puts an upstream that there is at the end of a virtual registry',
  description: 'Both belong to the same group. Needs the maintainer role there.',
  params: schema.formatOnly,
  body: schema.newAssociation,
  responses: { 201: one },
  handler: async (context, { params, body }) => {
    const registry = await registryFor(context, { id: body.registry_id, format: params.format }, 'manage');
    const upstream = await upstreamFor(context, { id: body.upstream_id, format: params.format }, 'manage');
    if (upstream.namespaceId !== registry.namespaceId) {
      throw problem('invalid-parameter', 'The upstream and the virtual registry belong to different groups.');
    }
    const made = await context.database.transaction(async (tx) => {
      const present = await associationsOf(tx, registry.id);
      if (present.some(({ upstreamId }) => upstreamId === upstream.id)) {
        throw problem('invalid-parameter', 'The upstream is in that virtual registry already.');
      }
      if (present.length >= mostUpstreams) {
        throw problem('invalid-parameter', `A virtual registry has at most ${mostUpstreams} upstreams.`);
      }
      const association = await associate(tx, registry.id, upstream.id);
      const details = { upstream: upstream.name };
      await record(tx, context, { action: 'virtual-registry.add-upstream', subject: subjectOf(registry), details });
      return association;
    });
    return { status: 201, body: presentAssociation(made) };
  },
});

const move = operation({
  ...facts,
  id: 'update_registry_upstream',
  method: 'PATCH',
  path: '/virtual_registries/packages/:format/registry_upstreams/:id',
  summary: 'Moves an upstream in the order of a virtual registry',
  description: 'Those behind it move along. Needs the maintainer role of the group.',
  params: schema.ofRow,
  body: schema.associationChanges,
  responses: { 200: one },
  handler: async (context, { params, body }) => {
    const { association, registry } = await associationFor(context, params);
    const position = await context.database.transaction(async (tx) => {
      const others = (await associationsOf(tx, registry.id)).filter(({ id }) => id !== association.id);
      const place = Math.min(body.position, others.length + 1);
      await reorder(tx, others.toSpliced(place - 1, 0, association));
      const details = { upstream: association.upstreamId, position: place };
      await record(tx, context, { action: 'virtual-registry.move-upstream', subject: subjectOf(registry), details });
      return place;
    });
    return { status: 200, body: presentAssociation({ ...association, position }) };
  },
});

const remove = operation({
  ...facts,
  id: 'delete_registry_upstream',
  method: 'DELETE',
  path: '/virtual_registries/packages/:format/registry_upstreams/:id',
  summary: 'Takes an upstream out of a virtual registry',
  description: 'The upstream itself stays. Needs the maintainer role of the group.',
  params: schema.ofRow,
  responses: { 204: { description: 'Taken out.' } },
  handler: async (context, { params }) => {
    const { association, registry } = await associationFor(context, params);
    await context.database.transaction(async (tx) => {
      await dissociate(tx, association.id);
      await reorder(tx, await associationsOf(tx, registry.id));
      const details = { upstream: association.upstreamId };
      await record(tx, context, { action: 'virtual-registry.remove-upstream', subject: subjectOf(registry), details });
    });
    return { status: 204 };
  },
});

export const associationOperations = [create, move, remove];
