import { deleteCachedFile, findCachedFileById, listCachedFiles, purgeFiles } from '../../catalog/upstream-files.ts';
import { purgeResources } from '../../catalog/upstream-resources.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { upstreamFor } from './find.ts';
import { fileIdIn, presentEntry } from './present.ts';
import { subjectOf } from './registries.ts';
import * as schema from './schema.ts';

const facts = { tag: 'Virtual registries', needs: 'caller' } as const;

const list = operation({
  ...facts,
  id: 'list_cache_entries',
  method: 'GET',
  path: '/virtual_registries/packages/:format/upstreams/:id/cache_entries',
  summary: 'Lists the files that are cached of an upstream',
  params: schema.ofRow,
  query: schema.entriesQuery,
  responses: {
    200: { description: 'A page of entries.', schema: listOf(schema.entrySchema), headers: pageHeaderNotes },
  },
  handler: async (context, { params, query, url }) => {
    const upstream = await upstreamFor(context, params, 'read');
    const page = pageOf(query);
    const { items, total } = await listCachedFiles(
      context.database,
      { upstreamId: upstream.id, search: query.search },
      { limit: page.size, offset: page.offset },
    );
    const entries = items.map((file) => presentEntry(file, upstream.namespaceId));
    return pageAnswer(entries, total, page, { origin: context.origin, url });
  },
});

const remove = operation({
  ...facts,
  id: 'delete_cache_entry',
  method: 'DELETE',
  path: '/virtual_registries/packages/:format/cache_entries/:id',
  summary: 'Forgets one cached file',
  description:
    'The next client fetches it again; the digest that was first seen stays pinned. Needs the maintainer role.',
  params: schema.ofEntry,
  responses: { 204: { description: 'Forgotten.' } },
  handler: async (context, { params }) => {
    const fileId = fileIdIn(params.id);
    const file = fileId === null ? undefined : await findCachedFileById(context.database, fileId);
    if (file === undefined) throw problem('not-found', 'There is no such entry.');
    const upstream = await upstreamFor(context, { id: file.upstreamId, format: params.format }, 'manage');
    await context.database.transaction(async (tx) => {
      await deleteCachedFile(tx, file.id);
      const details = { file: file.path, sha256: file.digests.sha256 };
      await record(tx, context, { action: 'upstream.delete-entry', subject: subjectOf(upstream), details });
    });
    return { status: 204 };
  },
});

const purge = operation({
  ...facts,
  id: 'purge_upstream',
  method: 'DELETE',
  path: '/virtual_registries/packages/:format/upstreams/:id/cache',
  summary: 'Forgets what is cached of an upstream',
  description:
    'Documents and files, on all processes. What was first seen under a name stays pinned. Needs the maintainer role.',
  params: schema.ofRow,
  responses: { 204: { description: 'Forgotten.' } },
  handler: async (context, { params }) => {
    const upstream = await upstreamFor(context, params, 'manage');
    await context.database.transaction(async (tx) => {
      await purgeFiles(tx, upstream.id);
      await purgeResources(tx, upstream.id);
      await record(tx, context, { action: 'upstream.purge', subject: subjectOf(upstream) });
    });
    return { status: 204 };
  },
});

export const cacheOperations = [list, remove, purge];
