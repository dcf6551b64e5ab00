import { Type } from 'typebox';
import { upstreamsOf } from '../../catalog/upstreams.ts';
import { type CacheUsage, cacheUsage } from '../../jobs/cache-usage.ts';
import { nullable, timestamp } from '../fields.ts';
import { operation } from '../operation.ts';
import { isoTimeOrNull } from '../times.ts';
import { registryFor, upstreamFor } from './find.ts';
import * as schema from './schema.ts';

const facts = { tag: 'Virtual registries', needs: 'caller', params: schema.ofRow } as const;
const description =
  'Files, and the documents that say what there is. Bytes that are stored once and named twice are counted twice. Needs the maintainer role.';
const numbers = Type.Object({ entries_count: Type.Integer(), size: Type.Integer() });
const responses = {
  200: {
    description: 'How much there is, in bytes.',
    schema: Type.Object(
      { files: numbers, documents: numbers, least_recently_used_at: nullable(timestamp) },
      { title: 'VirtualRegistryCacheUsage' },
    ),
  },
};

function present({ files, fileBytes, documents, documentBytes, leastRecentUse }: CacheUsage) {
  return {
    files: { entries_count: files, size: fileBytes },
    documents: { entries_count: documents, size: documentBytes },
    least_recently_used_at: isoTimeOrNull(leastRecentUse),
  };
}

const ofUpstream = operation({
  ...facts,
  id: 'get_upstream_cache',
  method: 'GET',
  path: '/virtual_registries/packages/:format/upstreams/:id/cache',
  summary: 'Tells how much is cached of an upstream',
  description,
  responses,
  handler: async (context, { params }) => {
    const { id } = await upstreamFor(context, params, 'manage');
    return { status: 200, body: present(await cacheUsage(context.database, [id])) };
  },
});

const ofRegistry = operation({
  ...facts,
  id: 'get_virtual_registry_cache',
  method: 'GET',
  path: '/virtual_registries/packages/:format/registries/:id/cache',
  summary: 'Tells how much is cached of the upstreams of a virtual registry',
  description,
  responses,
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'manage');
    const upstreams = await upstreamsOf(context.database, registry.id);
    const ids = upstreams.filter(({ url }) => url !== null).map(({ id }) => id);
    return { status: 200, body: present(await cacheUsage(context.database, ids)) };
  },
});

export const cacheUsageOperations = [ofUpstream, ofRegistry];
