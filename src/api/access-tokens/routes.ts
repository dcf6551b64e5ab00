/** https://docs.gitlab.com/api/project_access_tokens/ and https://docs.gitlab.com/api/group_access_tokens/ */
import { createAccessToken, type TokenHome } from '../../access/create-token.ts';
import { revokeToken } from '../../access/revoke-token.ts';
import { rotateToken } from '../../access/rotate-token.ts';
import { findMembership } from '../../catalog/memberships.ts';
import { findToken, listTokens, type Token } from '../../catalog/tokens.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation, type Operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { expiryOf, presentToken, tokenFilter } from '../token-fields.ts';
import { homeFor, homeIds } from '../token-home.ts';
import * as schema from './schema.ts';

type Of = 'project' | 'group';

const shown = { description: 'The token, without its secret.', schema: schema.tokenSchema };
const made = { description: 'The token with its secret, shown this once.', schema: schema.newTokenSchema };

function facts(of: Of) {
  return {
    tag: of === 'project' ? 'Project access tokens' : 'Group access tokens',
    needs: 'caller',
    scopes: ['api'],
  } as const;
}

const rights = (of: Of) => (of === 'project' ? 'Needs the maintainer role.' : 'Needs the owner role.');

/** The token of a path, when it belongs to the place that the path names. */
async function tokenFor(context: ApiContext, of: Of, params: { id: string; token_id: number }) {
  const home = await homeFor(context, of, params.id);
  const token = await findToken(context.database, params.token_id);
  const { projectId, namespaceId } = homeIds(home);
  const belongs = token?.kind === of && token.projectId === projectId && token.namespaceId === namespaceId;
  if (!belongs) throw problem('token-not-found');
  return { home, token };
}

async function present({ database, now }: ApiContext, home: TokenHome, token: Token) {
  const target = 'project' in home ? { projectId: home.project.id } : { namespaceId: home.group.id };
  const membership = await findMembership(database, target, token.accountId ?? 0);
  return {
    ...presentToken(token, now()),
    access_level: membership?.accessLevel ?? 0,
    resource_type: 'project' in home ? 'project' : 'group',
    resource_id: 'project' in home ? home.project.id : home.group.id,
  };
}

const list = (of: Of) =>
  operation({
    ...facts(of),
    id: `list_${of}_access_tokens`,
    method: 'GET',
    path: `/${of}s/:id/access_tokens`,
    summary: `Lists a ${of}'s access tokens`,
    description: rights(of),
    params: schema.ofPlace(of),
    query: schema.tokensQuery,
    responses: {
      200: { description: 'A page of tokens.', schema: listOf(schema.tokenSchema), headers: pageHeaderNotes },
    },
    handler: async (context, { params, query, url }) => {
      const home = await homeFor(context, of, params.id);
      const page = pageOf(query);
      const where = 'project' in home ? { projectId: home.project.id } : { namespaceId: home.group.id };
      const { items, total } = await listTokens(
        context.database,
        { kinds: [of], ...where, ...tokenFilter(query) },
        { limit: page.size, offset: page.offset, order: { by: 'id', direction: query.sort ?? 'asc' } },
        context.now(),
      );
      const presented = [];
      for (const token of items) presented.push(await present(context, home, token));
      return pageAnswer(presented, total, page, { origin: context.origin, url });
    },
  });

const get = (of: Of) =>
  operation({
    ...facts(of),
    id: `get_${of}_access_token`,
    method: 'GET',
    path: `/${of}s/:id/access_tokens/:token_id`,
    summary: `Shows an access token of a ${of}`,
    description: rights(of),
    params: schema.ofToken(of),
    responses: { 200: shown },
    handler: async (context, { params }) => {
      const { home, token } = await tokenFor(context, of, params);
      return { status: 200, body: await present(context, home, token) };
    },
  });

const create = (of: Of) =>
  operation({
    ...facts(of),
    id: `create_${of}_access_token`,
    method: 'POST',
    path: `/${of}s/:id/access_tokens`,
    summary: `Creates an access token for a ${of}`,
    description: `The token acts as a bot with the given role. ${rights(of)}`,
    params: schema.ofPlace(of),
    body: schema.newToken,
    responses: { 201: made },
    handler: async (context, { params, body }) => {
      const home = await homeFor(context, of, params.id);
      const { secret, token } = await createAccessToken(
        context.database,
        context.caller,
        home,
        { name: body.name, scopes: body.scopes, accessLevel: body.access_level ?? 40, ...expiryOf(body) },
        context.now(),
      );
      return { status: 201, body: { ...(await present(context, home, token)), token: secret } };
    },
  });

const rotate = (of: Of) =>
  operation({
    ...facts(of),
    id: `rotate_${of}_access_token`,
    method: 'POST',
    path: `/${of}s/:id/access_tokens/:token_id/rotate`,
    summary: `Replaces an access token of a ${of}`,
    description: `Revokes it and creates one that may do the same, for a week unless \`expires_at\` says otherwise. ${rights(of)}`,
    params: schema.ofToken(of),
    body: schema.rotation,
    responses: { 200: made },
    handler: async (context, { params, body }) => {
      const found = await tokenFor(context, of, params);
      const { secret, token } = await rotateToken(
        context.database,
        context.caller,
        found.token.id,
        expiryOf(body),
        context.now(),
      );
      return { status: 200, body: { ...(await present(context, found.home, token)), token: secret } };
    },
  });

const revoke = (of: Of) =>
  operation({
    ...facts(of),
    id: `revoke_${of}_access_token`,
    method: 'DELETE',
    path: `/${of}s/:id/access_tokens/:token_id`,
    summary: `Revokes an access token of a ${of}`,
    description: `It stops at the next request. ${rights(of)}`,
    params: schema.ofToken(of),
    responses: { 204: { description: 'Revoked.' } },
    handler: async (context, { params }) => {
      const { token } = await tokenFor(context, of, params);
      await revokeToken(context.database, context.caller, token.id, context.now());
      return { status: 204 };
    },
  });

const all = (of: Of): Operation[] => [list(of), get(of), create(of), rotate(of), revoke(of)];

export const accessTokenOperations = [...all('project'), ...all('group')];
