/** https://docs.gitlab.com/api/personal_access_tokens/ */
import { createPersonalToken } from '../../access/create-token.ts';
import { findManagedToken } from '../../access/managed-token.ts';
import { revokeToken } from '../../access/revoke-token.ts';
import { rotateToken } from '../../access/rotate-token.ts';
import { scopesOf } from '../../access/token-limits.ts';
import { findToken, listTokens } from '../../catalog/tokens.ts';
import { problem } from '../../problems/problem.ts';
import type { ApiContext } from '../context.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation, type PlainAnswer } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { accountOf, administratorOnly, isAdministrator } from '../place.ts';
import { expiryOf, presentMinted, presentToken, tokenFilter } from '../token-fields.ts';
import * as schema from './schema.ts';

const tag = 'Personal access tokens';
const shown = { description: 'The token, without its secret.', schema: schema.tokenSchema };
const made = { description: 'The token with its secret, shown this once.', schema: schema.newTokenSchema };
/** A token may ask about itself and end itself, whatever it is for. */
const anyScope = scopesOf.personal;

const list = operation({
  tag,
  needs: 'caller',
  id: 'list_personal_access_tokens',
  method: 'GET',
  path: '/personal_access_tokens',
  summary: 'Lists tokens',
  description: "The caller's own; those of everybody for administrators.",
  query: schema.tokensQuery,
  responses: {
    200: { description: 'A page of tokens.', schema: listOf(schema.tokenSchema), headers: pageHeaderNotes },
  },
  handler: async (context, { query, url }) => {
    const { accountId } = accountOf(context);
    const everybody = isAdministrator(context);
    if (query.user_id !== undefined && query.user_id !== accountId && !everybody) throw problem('forbidden');
    const of = query.user_id ?? (everybody ? undefined : accountId);
    const page = pageOf(query);
    const { items, total } = await listTokens(
      context.database,
      {
        kinds: ['personal', 'project', 'group'],
        ...(of === undefined ? {} : { accountId: of }),
        ...tokenFilter(query),
      },
      { limit: page.size, offset: page.offset, order: { by: 'id', direction: query.sort ?? 'asc' } },
      context.now(),
    );
    const presented = items.map((token) => presentToken(token, context.now()));
    return pageAnswer(presented, total, page, { origin: context.origin, url });
  },
});

const getSelf = operation({
  tag,
  needs: 'caller',
  scopes: anyScope,
  id: 'get_own_personal_access_token',
  method: 'GET',
  path: '/personal_access_tokens/self',
  summary: 'Shows the token that the request is made with',
  responses: { 200: shown },
  handler: async (context) => {
    const token = await findToken(context.database, ownTokenId(context));
    if (token === undefined) throw problem('token-not-found');
    return { status: 200, body: presentToken(token, context.now()) };
  },
});

const get = operation({
  tag,
  needs: 'caller',
  scopes: ['api'],
  id: 'get_personal_access_token',
  method: 'GET',
  path: '/personal_access_tokens/:id',
  summary: 'Shows a token',
  description: "One of the caller's own; administrators see any.",
  params: schema.ofToken,
  responses: { 200: shown },
  handler: async (context, { params }) => {
    const { token } = await findManagedToken(context.database, context.caller, params.id, context.now());
    if (token.kind === 'deploy') throw problem('token-not-found');
    return { status: 200, body: presentToken(token, context.now()) };
  },
});

const create = operation({
  tag,
  needs: 'caller',
  id: 'create_own_personal_access_token',
  method: 'POST',
  path: '/user/personal_access_tokens',
  summary: 'Creates a token for the caller',
  description:
    'Without `expires_at` it lives as long as the credential of this request, and never longer than that one.',
  body: schema.newToken,
  responses: { 201: made },
  handler: async (context, { body }) => {
    const wanted = { name: body.name, scopes: body.scopes, ...expiryOf(body) };
    const minted = await createPersonalToken(context.database, context.caller, wanted, context.now());
    return { status: 201, body: presentMinted(minted, context.now()) };
  },
});

const createFor = operation({
  tag,
  needs: 'caller',
  id: 'create_personal_access_token',
  method: 'POST',
  path: '/users/:user_id/personal_access_tokens',
  summary: 'Creates a token for a user',
  description: 'Only for administrators.',
  params: schema.ofUser,
  body: schema.newToken,
  responses: { 201: made },
  handler: async (context, { params, body }) => {
    administratorOnly(context);
    const wanted = { name: body.name, scopes: body.scopes, accountId: params.user_id, ...expiryOf(body) };
    const minted = await createPersonalToken(context.database, context.caller, wanted, context.now());
    return { status: 201, body: presentMinted(minted, context.now()) };
  },
});

const rotate = operation({
  tag,
  needs: 'caller',
  id: 'rotate_personal_access_token',
  method: 'POST',
  path: '/personal_access_tokens/:id/rotate',
  summary: 'Replaces a token',
  description: 'Revokes it and creates one with the same scopes, valid for a week unless `expires_at` says otherwise.',
  params: schema.ofToken,
  body: schema.rotation,
  responses: { 200: made },
  handler: (context, { params, body }) => rotated(context, params.id, body),
});

const rotateSelf = operation({
  tag,
  needs: 'caller',
  id: 'rotate_own_personal_access_token',
  method: 'POST',
  path: '/personal_access_tokens/self/rotate',
  summary: 'Replaces the token that the request is made with',
  body: schema.rotation,
  responses: { 200: made },
  handler: (context, { body }) => rotated(context, ownTokenId(context), body),
});

async function rotated(context: ApiContext, id: number, body: { expires_at?: string | null }): Promise<PlainAnswer> {
  const minted = await rotateToken(context.database, context.caller, id, expiryOf(body), context.now());
  return { status: 200, body: presentMinted(minted, context.now()) };
}

const revoke = operation({
  tag,
  needs: 'caller',
  id: 'revoke_personal_access_token',
  method: 'DELETE',
  path: '/personal_access_tokens/:id',
  summary: 'Revokes a token',
  description: 'It stops at the next request.',
  params: schema.ofToken,
  responses: { 204: { description: 'Revoked.' } },
  handler: async (context, { params }) => {
    const { token } = await findManagedToken(context.database, context.caller, params.id, context.now());
    if (token.kind === 'deploy') throw problem('token-not-found');
    await revokeToken(context.database, context.caller, token.id, context.now());
    return { status: 204 };
  },
});

const revokeSelf = operation({
  tag,
  needs: 'caller',
  scopes: anyScope,
  id: 'revoke_own_personal_access_token',
  method: 'DELETE',
  path: '/personal_access_tokens/self',
  summary: 'Revokes the token that the request is made with',
  responses: { 204: { description: 'Revoked.' } },
  handler: async (context) => {
    await revokeToken(context.database, context.caller, ownTokenId(context), context.now());
    return { status: 204 };
  },
});

function ownTokenId(context: ApiContext): number {
  const { tokenId } = accountOf(context);
  if (tokenId === null) throw problem('invalid-request', 'This request was made with a password, not with a token.');
  return tokenId;
}

export const personalAccessTokenOperations = [
  list,
  getSelf,
  get,
  create,
  createFor,
  rotate,
  rotateSelf,
  revoke,
  revokeSelf,
];
