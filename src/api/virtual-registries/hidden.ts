import { Type } from 'typebox';
import { clearHidden, type HiddenVersion, listHidden } from '../../catalog/hidden-versions.ts';
import { record } from '../audit.ts';
import { id, listOf, nullable, pageHeaderNotes, search, text, timestamp } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf, pageQuery } from '../page.ts';
import { isoTime } from '../times.ts';
import { registryFor } from './find.ts';
import { subjectOf } from './registries.ts';
import * as schema from './schema.ts';

const facts = { tag: 'Virtual registries', needs: 'caller' } as const;

const hiddenVersion = Type.Object(
  {
    name: Type.String(),
    version: nullable(Type.String()),
    rule: Type.String({
      description: '`deny`, `not-allowed`, `unknown-license`, `advisory`, `release-age`, `unknown-date`, `freeze`.',
    }),
    reason: Type.String(),
    upstream_id: id,
    upstream_name: Type.String(),
    dry_run: Type.Boolean({ description: 'It was shown all the same.' }),
    first_seen_at: timestamp,
    last_seen_at: timestamp,
    times: Type.Integer({ description: 'Answers that it was missing from, about.' }),
  },
  { title: 'VirtualRegistryHiddenVersion' },
);

const list = operation({
  ...facts,
  id: 'list_virtual_registry_hidden_versions',
  method: 'GET',
  path: '/virtual_registries/packages/:format/registries/:id/hidden',
  summary: 'Lists what the policy of a virtual registry hid lately, or would have',
  description:
    'Versions that clients asked for and a rule hid, or would have in a dry run, the latest first: the last 10,000, the newest hundred of a package. Other processes are a few seconds behind. Needs the maintainer role of the group.',
  params: schema.ofRow,
  query: Type.Object({
    search: Type.Optional(search),
    rule: Type.Optional(text('Only what this rule hid.', { max: 30 })),
    dry_run: Type.Optional(Type.Boolean({ description: 'Only what was hidden, or only what would have been.' })),
    ...pageQuery,
  }),
  responses: { 200: { description: 'A page of versions.', schema: listOf(hiddenVersion), headers: pageHeaderNotes } },
  handler: async (context, { params, query, url }) => {
    const registry = await registryFor(context, params, 'manage');
    const page = pageOf(query);
    await context.explanations.writeHidden();
    const filter = { registryId: registry.id, search: query.search, rule: query.rule, dryRun: query.dry_run };
    const { items, total } = await listHidden(context.database, filter, { limit: page.size, offset: page.offset });
    return pageAnswer(items.map(present), total, page, { origin: context.origin, url });
  },
});

const clear = operation({
  ...facts,
  id: 'delete_virtual_registry_hidden_versions',
  method: 'DELETE',
  path: '/virtual_registries/packages/:format/registries/:id/hidden',
  summary: 'Empties the list of what was hidden',
  description: 'To see what another policy does. Needs the maintainer role of the group.',
  params: schema.ofRow,
  responses: { 204: { description: 'Emptied.' } },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'manage');
    await context.explanations.writeHidden();
    await context.database.transaction(async (tx) => {
      await clearHidden(tx, registry.id);
      await record(tx, context, { action: 'virtual-registry.clear-hidden', subject: subjectOf(registry) });
    });
    return { status: 204 };
  },
});

function present({ name, version, rule, reason, upstreamId, upstreamName, ...seen }: HiddenVersion) {
  return {
    name,
    version: version === '' ? null : version,
    rule,
    reason,
    upstream_id: upstreamId,
    upstream_name: upstreamName,
    dry_run: seen.dryRun,
    first_seen_at: isoTime(seen.firstSeenAt),
    last_seen_at: isoTime(seen.lastSeenAt),
    times: seen.times,
  };
}

export const hiddenOperations = [list, clear];
