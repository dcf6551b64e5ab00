/** What the three resources of tokens share. */
import { Type } from 'typebox';
import type { Minted } from '../access/create-token.ts';
import { expiryDate, parseExpiryDate } from '../access/expiry.ts';
import type { Token } from '../catalog/tokens.ts';
import { id, nullable, sort, text, timestamp } from './fields.ts';
import { pageQuery } from './page.ts';
import { isoTime, isoTimeOrNull } from './times.ts';

export const tokenName = text('What the token is for.', { min: 1, examples: ['ci'] });

export const tokenScopes = (examples: string[]) =>
  Type.Array(text('A scope.', { max: 50 }), {
    description: 'What the token may be used for; never more than the credential that creates it.',
    minItems: 1,
    maxItems: 20,
    examples: [examples],
  });

export const expiresOn = nullable(
  text('Day on which the token stops being valid, at 00:00 UTC.', { max: 40, examples: ['2030-01-31'] }),
);

export const tokenListQuery = {
  state: Type.Optional(Type.Enum(['active', 'inactive'], { description: 'Only tokens that are valid, or are not.' })),
  revoked: Type.Optional(Type.Boolean({ description: 'Only tokens that were revoked, or were not.' })),
  search: Type.Optional(text('Part of the name.')),
  sort: Type.Optional(sort('asc')),
  ...pageQuery,
};

export const tokenProperties = {
  id,
  name: Type.String(),
  description: nullable(Type.String()),
  scopes: Type.Array(Type.String()),
  user_id: nullable(id),
  revoked: Type.Boolean(),
  active: Type.Boolean(),
  created_at: timestamp,
  expires_at: nullable(Type.String({ format: 'date' })),
  last_used_at: nullable(timestamp),
  hint: Type.String({ description: 'First characters of the token, to recognise it by.' }),
};

export const secret = { token: Type.String({ description: 'The token itself, shown this once.' }) };

export function presentToken(token: Token, now: number) {
  return {
    id: token.id,
    name: token.name,
    description: null,
    scopes: token.scopes,
    user_id: token.accountId,
    revoked: token.revokedAt !== null,
    active: isActive(token, now),
    created_at: isoTime(token.createdAt),
    expires_at: token.expiresAt === null ? null : expiryDate(token.expiresAt),
    last_used_at: isoTimeOrNull(token.lastUsedAt),
    hint: token.hint,
  };
}

export function presentMinted({ token, secret }: Minted, now: number) {
  return { ...presentToken(token, now), token: secret };
}

/** The day that a body names; left out, the token ends when the credential that creates it does. */
export function expiryOf(body: { readonly expires_at?: string | null }): { expiresAt?: number } {
  const day = body.expires_at ?? '';
  return day === '' ? {} : { expiresAt: parseExpiryDate(day) };
}

export function isActive(token: Token, now: number): boolean {
  return token.revokedAt === null && (token.expiresAt === null || token.expiresAt > now);
}

/** Filters of a list of tokens, as the catalogue takes them. */
export function tokenFilter(query: { state?: 'active' | 'inactive'; revoked?: boolean; search?: string }) {
  return {
    ...(query.state === undefined ? {} : { state: query.state }),
    ...(query.revoked === undefined ? {} : { revoked: query.revoked }),
    ...(query.search === undefined ? {} : { search: query.search }),
  };
}
