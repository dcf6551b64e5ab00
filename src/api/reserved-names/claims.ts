/** Names that are a group's because of what was published or moved there. */
import { type ClaimedName, listClaims, releaseClaim } from '../../catalog/claimed-names.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { isoTime } from '../times.ts';
import { insistOnOwner, namesFor } from './find.ts';
import * as schema from './schema.ts';

const facts = { tag: 'Reserved names', needs: 'caller' } as const;
const path = '/groups/:id/-/virtual_registries/packages/:format/claimed_names';

function present({ nameKey, origin, createdAt }: ClaimedName) {
  return { name: nameKey, origin, created_at: isoTime(createdAt) };
}

const list = operation({
  ...facts,
  id: 'list_claimed_names',
  method: 'GET',
  path,
  summary: 'Lists the names that no other registry is asked for, and why',
  description: 'In the spelling of the format. Needs the maintainer role of the group.',
  params: schema.ofGroup,
  query: schema.claimsQuery,
  responses: {
    200: { description: 'A page of names.', schema: listOf(schema.claimSchema), headers: pageHeaderNotes },
  },
  handler: async (context, { params, query, url }) => {
    const { group, format } = await namesFor(context, params);
    const page = pageOf(query);
    const { items, total } = await listClaims(
      context.database,
      { root: group, format: format.id, search: query.search },
      { limit: page.size, offset: page.offset },
    );
    return pageAnswer(items.map(present), total, page, { origin: context.origin, url });
  },
});

const release = operation({
  ...facts,
  id: 'release_claimed_name',
  method: 'DELETE',
  path: `${path}/:name`,
  summary: 'Releases a name of which no package is left',
  description:
    'From now on other registries are asked for it, unless it is reserved: whoever has it there answers. Needs the owner role of the group.',
  params: schema.ofClaim,
  responses: { 204: { description: 'Released.' }, 422: { description: 'A package of that name is there.' } },
  handler: async (context, { params }) => {
    const { group, format } = await namesFor(context, params);
    await insistOnOwner(context, group);
    await context.database.transaction(async (tx) => {
      const outcome = await releaseClaim(tx, { root: group, format: format.id }, params.name);
      if (outcome === 'unknown') throw problem('not-found', 'The group has no claim on that name.');
      if (outcome === 'held') {
        throw problem('unprocessable', `The group has a package ${params.name}: its name is released when it is gone.`);
      }
      await record(tx, context, { action: 'claimed-name.release', subject: `${format.id}:${params.name}` });
    });
    return { status: 204 };
  },
});

export const claimOperations = [list, release];
