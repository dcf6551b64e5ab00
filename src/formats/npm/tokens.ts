import type { FormatRequest, RegistryPort, Reply, TokenView } from '../format.ts';
import { problem } from '../../problems/problem.ts';
import { jsonObject } from './json-body.ts';
import { keyOfToken, tokenOfKey } from './token-keys.ts';
import { parseTokenRequest } from './token-request.ts';

const defaultPage = 50;
const largestPage = 100;
const writeScopes: ReadonlySet<string> = new Set(['api', 'write_package_registry', 'write_virtual_registry']);

/** `GET /-/npm/v1/tokens?page=0&perPage=50`. npm follows `urls.next`, and crashes without `urls`. */
export async function listTokens(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const page = numberIn(request.query, 'page', 0, 1_000_000);
  const perPage = Math.max(1, numberIn(request.query, 'perPage', defaultPage, largestPage));
  const { tokens, total } = await registry.accounts.tokens({ limit: perPage, offset: page * perPage });
  const more = (page + 1) * perPage < total;
  const next = `/-/npm/v1/tokens?page=${page + 1}&perPage=${perPage}`;
  return { status: 200, body: { objects: tokens.map(shown), total, urls: more ? { next } : {} } };
}

/** `POST /-/npm/v1/tokens` with the owner's password: the only answer that has the token itself. */
export async function createToken(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const { password, ...wanted } = parseTokenRequest(await jsonObject(request), registry.now());
  const { token, view } = await registry.accounts.createToken(password, wanted);
  return { status: 201, headers: { 'cache-control': 'no-store' }, body: { ...shown(view), token } };
}

/** `DELETE /-/npm/v1/tokens/token/KEY`, or the token itself in place of its key. */
export async function revokeToken(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const keyOrToken = request.params.key ?? '';
  const id = tokenOfKey(keyOrToken);
  await registry.accounts.revokeToken(id === null ? keyOrToken : String(id));
  return { status: 204 };
}

function shown(view: TokenView) {
  const created = new Date(view.createdAt).toISOString();
  return {
    token: view.hint,
    key: keyOfToken(view.id),
    name: view.name,
    cidr_whitelist: null,
    readonly: !view.scopes.some((scope) => writeScopes.has(scope)),
    created,
    updated: created,
    expires: view.expiresAt === null ? null : new Date(view.expiresAt).toISOString(),
  };
}

function numberIn(query: URLSearchParams, name: string, otherwise: number, most: number): number {
  const text = query.get(name) ?? '';
  if (text === '') return otherwise;
  if (!/^\d{1,15}$/.test(text)) throw problem('invalid-parameter', `${name} must be a whole number.`);
  return Math.min(most, Number(text));
}
