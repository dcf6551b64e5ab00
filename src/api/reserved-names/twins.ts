/** Names of a group that other registries have too. */
import { type NameTwin, listTwins } from '../../catalog/name-twins.ts';
import { findTwinCheck, type TwinCheckState } from '../../catalog/twin-checks.ts';
import { readPolicy } from '../../policy/upstream-policy.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';
import { registryFor } from '../virtual-registries/find.ts';
import { subjectOf } from '../virtual-registries/registries.ts';
import { ofRow } from '../virtual-registries/schema.ts';
import { beginTwinCheck } from './begin-twin-check.ts';
import { namesFor } from './find.ts';
import * as schema from './schema.ts';

const facts = { tag: 'Reserved names', needs: 'caller' } as const;
const path = '/virtual_registries/packages/:format/registries/:id/twin_check';

function present(twin: NameTwin) {
  return {
    id: twin.id,
    name: twin.name,
    upstream_id: twin.upstreamId,
    upstream_name: twin.upstreamName,
    found_by: twin.foundBy,
    newest_version: twin.newestVersion,
    versions: twin.versions,
    first_seen_at: isoTime(twin.firstSeenAt),
    last_seen_at: isoTime(twin.lastSeenAt),
  };
}

function presentCheck({ begunAt, finishedAt, asked, failed }: TwinCheckState) {
  return { begun_at: isoTime(begunAt), finished_at: isoTimeOrNull(finishedAt), asked, failed };
}

const list = operation({
  ...facts,
  id: 'list_name_twins',
  method: 'GET',
  path: '/groups/:id/-/virtual_registries/packages/:format/twins',
  summary: 'Lists the names of a group that its upstreams have too',
  description:
    'Those that were cached when the name became ours, and those that a check found. Needs the maintainer role of the group.',
  params: schema.ofGroup,
  query: schema.pagesQuery,
  responses: { 200: { description: 'A page of names.', schema: listOf(schema.twinSchema), headers: pageHeaderNotes } },
  handler: async (context, { params, query, url }) => {
    const { group, format } = await namesFor(context, params);
    const page = pageOf(query);
    const of = { namespaceId: group.id, format: format.id };
    const { items, total } = await listTwins(context.database, of, { limit: page.size, offset: page.offset });
    return pageAnswer(items.map(present), total, page, { origin: context.origin, url });
  },
});

const state = operation({
  ...facts,
  id: 'get_twin_check',
  method: 'GET',
  path,
  summary: 'Tells how far the check for twins of a virtual registry has come',
  description: 'Needs the maintainer role of its group.',
  params: ofRow,
  responses: { 200: { description: 'The last check, or the one under way.', schema: schema.twinCheckSchema } },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'manage');
    const check = await findTwinCheck(context.database, registry.id);
    if (check === undefined) throw problem('not-found', 'The upstreams of this virtual registry were never checked.');
    return { status: 200, body: presentCheck(check) };
  },
});

const begin = operation({
  ...facts,
  id: 'begin_twin_check',
  method: 'POST',
  path,
  summary: 'Begins a check for twins now',
  description:
    'Asks the upstreams for every name of the group, a few a second. Needs `check_public_twins` of the registry, and the maintainer role of its group.',
  params: ofRow,
  responses: { 202: { description: 'It begins within a few seconds.', schema: schema.twinCheckSchema } },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'manage');
    if (!readPolicy(registry.policy).checkPublicTwins) {
      throw problem(
        'invalid-parameter',
        'Set check_public_twins of the virtual registry first: a check tells its upstreams all names.',
      );
    }
    const check = await context.database.transaction(async (tx) => {
      await record(tx, context, { action: 'virtual-registry.check-twins', subject: subjectOf(registry) });
      return beginTwinCheck(tx, registry.id, context.now());
    });
    return { status: 202, body: presentCheck(check) };
  },
});

export const twinOperations = [list, state, begin];
