/** https://docs.gitlab.com/api/deploy_tokens/ */
import { createDeployToken } from '../../access/create-token.ts';
import { revokeToken } from '../../access/revoke-token.ts';
import { findToken, listTokens, type Token, type TokenFilter } from '../../catalog/tokens.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation, type Operation, type PlainAnswer } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { administratorOnly } from '../place.ts';
import { instant, isoTime, isoTimeOrNull } from '../times.ts';
import { homeFor, homeIds } from '../token-home.ts';
import * as schema from './schema.ts';

type Of = 'project' | 'group';

const tag = 'Deploy tokens';
const facts = { tag, needs: 'caller', scopes: ['api'] } as const;
const rights = (of: Of) => (of === 'project' ? 'Needs the maintainer role.' : 'Needs the owner role.');
const page200 = { description: 'A page of tokens.', schema: listOf(schema.tokenSchema), headers: pageHeaderNotes };

function present(token: Token, now: number) {
  return {
    id: token.id,
    name: token.name,
    username: token.username,
    expires_at: isoTimeOrNull(token.expiresAt),
    scopes: token.scopes,
    revoked: token.revokedAt !== null,
    expired: token.expiresAt !== null && token.expiresAt <= now,
    created_at: isoTime(token.createdAt),
    last_used_at: isoTimeOrNull(token.lastUsedAt),
    hint: token.hint,
  };
}

async function listed(
  context: ApiContext,
  where: Pick<TokenFilter, 'projectId' | 'namespaceId'>,
  query: { active?: boolean; page?: number; per_page?: number },
  url: string,
): Promise<PlainAnswer> {
  const page = pageOf(query);
  const { items, total } = await listTokens(
    context.database,
    { kinds: ['deploy'], ...where, ...(query.active === true ? { state: 'active' } : {}) },
    { limit: page.size, offset: page.offset },
    context.now(),
  );
  const presented = items.map((token) => present(token, context.now()));
  return pageAnswer(presented, total, page, { origin: context.origin, url });
}

async function tokenFor(context: ApiContext, of: Of, params: { id: string; token_id: number }): Promise<Token> {
  const { projectId, namespaceId } = homeIds(await homeFor(context, of, params.id));
  const token = await findToken(context.database, params.token_id);
  const belongs = token?.kind === 'deploy' && token.projectId === projectId && token.namespaceId === namespaceId;
  if (!belongs) throw problem('token-not-found');
  return token;
}

const listAll = operation({
  ...facts,
  id: 'list_deploy_tokens',
  method: 'GET',
  path: '/deploy_tokens',
  summary: 'Lists all deploy tokens',
  description: 'Only for administrators.',
  query: schema.tokensQuery,
  responses: { 200: page200 },
  handler: async (context, { query, url }) => {
    administratorOnly(context);
    return listed(context, {}, query, url);
  },
});

const list = (of: Of) =>
  operation({
    ...facts,
    id: `list_${of}_deploy_tokens`,
    method: 'GET',
    path: `/${of}s/:id/deploy_tokens`,
    summary: `Lists a ${of}'s deploy tokens`,
    description: rights(of),
    params: schema.ofPlace(of),
    query: schema.tokensQuery,
    responses: { 200: page200 },
    handler: async (context, { params, query, url }) => {
      const home = await homeFor(context, of, params.id);
      const where = 'project' in home ? { projectId: home.project.id } : { namespaceId: home.group.id };
      return listed(context, where, query, url);
    },
  });

const get = (of: Of) =>
  operation({
    ...facts,
    id: `get_${of}_deploy_token`,
    method: 'GET',
    path: `/${of}s/:id/deploy_tokens/:token_id`,
    summary: `Shows a deploy token of a ${of}`,
    description: rights(of),
    params: schema.ofToken(of),
    responses: { 200: { description: 'The token, without its secret.', schema: schema.tokenSchema } },
    handler: async (context, { params }) => ({
      status: 200,
      body: present(await tokenFor(context, of, params), context.now()),
    }),
  });

const create = (of: Of) =>
  operation({
    ...facts,
    id: `create_${of}_deploy_token`,
    method: 'POST',
    path: `/${of}s/:id/deploy_tokens`,
    summary: `Creates a deploy token for a ${of}`,
    description: `It reaches the packages of this ${of} and nothing else. ${rights(of)}`,
    params: schema.ofPlace(of),
    body: schema.newToken,
    responses: {
      201: { description: 'The token with its secret, shown this once.', schema: schema.newTokenSchema },
    },
    handler: async (context, { params, body }) => {
      const home = await homeFor(context, of, params.id);
      const { secret, token } = await createDeployToken(
        context.database,
        context.caller,
        home,
        { name: body.name, scopes: body.scopes, username: body.username ?? null, ...expiryOf(body.expires_at) },
        context.now(),
      );
      return { status: 201, body: { ...present(token, context.now()), token: secret } };
    },
  });

function expiryOf(value: string | null | undefined): { expiresAt?: number } {
  return value === undefined || value === null || value === '' ? {} : { expiresAt: instant(value, 'expires_at') };
}

const revoke = (of: Of) =>
  operation({
    ...facts,
    id: `delete_${of}_deploy_token`,
    method: 'DELETE',
    path: `/${of}s/:id/deploy_tokens/:token_id`,
    summary: `Revokes a deploy token of a ${of}`,
    description: `It stops at the next request. ${rights(of)}`,
    params: schema.ofToken(of),
    responses: { 204: { description: 'Revoked.' } },
    handler: async (context, { params }) => {
      const token = await tokenFor(context, of, params);
      await revokeToken(context.database, context.caller, token.id, context.now());
      return { status: 204 };
    },
  });

const all = (of: Of): Operation[] => [list(of), get(of), create(of), revoke(of)];

export const deployTokenOperations = [listAll, ...all('project'), ...all('group')];
