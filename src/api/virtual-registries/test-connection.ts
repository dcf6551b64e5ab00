import type { Upstream } from '../../catalog/upstreams.ts';
import { checkedBaseUrl } from '../../upstream/base-url.ts';
import type { Site } from '../../upstream/site.ts';
import type { ApiContext } from '../context.ts';
import { operation, type PlainAnswer } from '../operation.ts';
import { formatFor, groupFor, upstreamFor } from './find.ts';
import * as schema from './schema.ts';
import { givenCredentials } from './upstream-credentials.ts';

const facts = { tag: 'Virtual registries', needs: 'caller' } as const;
const responses = { 200: { description: 'Whether it can be reached, and what it says.', schema: schema.testSchema } };
const description = 'Asks the base URL once. Needs the maintainer role of the group.';

/** Any answer that is no refusal of the credentials shows that it can be reached: few registries have anything at their base. */
async function tested({ upstreams }: ApiContext, site: Site): Promise<PlainAnswer> {
  const signal = AbortSignal.timeout(20_000);
  const outcome = await upstreams.client.get(site, { path: '', headers: { accept: '*/*' }, signal });
  if (outcome.outcome === 'found') {
    outcome.value.body.destroy();
    return { status: 200, body: { success: true } };
  }
  if (outcome.outcome === 'absent') return { status: 200, body: { success: true } };
  return { status: 200, body: { success: false, result: `Error: ${outcome.reason}` } };
}

const unsaved = operation({
  ...facts,
  id: 'test_unsaved_upstream',
  method: 'POST',
  path: '/groups/:id/-/virtual_registries/packages/:format/upstreams/test',
  summary: 'Tests the connection to an upstream before it is created',
  description,
  params: schema.ofGroup,
  body: schema.upstreamTest,
  responses,
  handler: async (context, { params, body }) => {
    await groupFor(context, params.id, 'manage');
    formatFor(context, params.format);
    return tested(context, {
      id: -1,
      name: 'under test',
      trustedOrigins: [],
      baseUrl: await checkedBaseUrl(body.url, context.upstreams.guard),
      credentials: givenCredentials(body),
    });
  },
});

async function testSaved(context: ApiContext, upstream: Upstream): Promise<PlainAnswer> {
  if (upstream.url === null) return { status: 200, body: { success: true } };
  return tested(context, await context.upstreams.siteOf(upstream, []));
}

const saved = operation({
  ...facts,
  id: 'test_upstream',
  method: 'GET',
  path: '/virtual_registries/packages/:format/upstreams/:id/test',
  summary: 'Tests the connection to an upstream',
  description,
  params: schema.ofRow,
  responses,
  handler: async (context, { params }) => testSaved(context, await upstreamFor(context, params, 'manage')),
});

const changed = operation({
  ...facts,
  id: 'test_changed_upstream',
  method: 'POST',
  path: '/virtual_registries/packages/:format/upstreams/:id/test',
  summary: 'Tests the connection to an upstream as it would be after a change',
  description: `${description} Its own credentials are used only while the URL stays the same.`,
  params: schema.ofRow,
  body: schema.savedUpstreamTest,
  responses,
  handler: async (context, { params, body }) => {
    const upstream = await upstreamFor(context, params, 'manage');
    const url = body.url === undefined ? upstream.url : await checkedBaseUrl(body.url, context.upstreams.guard);
    if (url === null) return testSaved(context, upstream);
    const same = url === upstream.url;
    const site = await context.upstreams.siteOf({ ...upstream, url }, []);
    const credentials = givenCredentials(body) ?? (same ? site.credentials : null);
    return tested(context, { ...site, id: -1, credentials });
  },
});

export const testOperations = [unsaved, saved, changed];
