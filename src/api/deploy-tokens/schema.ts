import { Type } from 'typebox';
import { id, nullable, reference, rowId, text, timestamp } from '../fields.ts';
import { pageQuery } from '../page.ts';
import { secret, tokenName, tokenScopes } from '../token-fields.ts';

export const ofPlace = (what: 'project' | 'group') => Type.Object({ id: reference(what) });
export const ofToken = (what: 'project' | 'group') =>
  Type.Object({ id: reference(what), token_id: rowId('Number of the token.') });

export const tokensQuery = Type.Object({
  active: Type.Optional(Type.Boolean({ default: false, description: 'Only tokens that are valid.' })),
  ...pageQuery,
});

export const newToken = Type.Object({
  name: tokenName,
  scopes: tokenScopes(['read_package_registry']),
  username: Type.Optional(nullable(text('User name for Basic authentication; made up when left out.'))),
  expires_at: Type.Optional(
    nullable(text('When it stops being valid: a day or a time, ISO 8601.', { max: 40, examples: ['2030-01-31'] })),
  ),
});

const properties = {
  id,
  name: Type.String(),
  username: Type.String(),
  expires_at: nullable(timestamp),
  scopes: Type.Array(Type.String()),
  revoked: Type.Boolean(),
  expired: Type.Boolean(),
  created_at: timestamp,
  last_used_at: nullable(timestamp),
  hint: Type.String({ description: 'First characters of the token, to recognise it by.' }),
};

export const tokenSchema = Type.Object(properties, { title: 'DeployToken' });
export const newTokenSchema = Type.Object({ ...properties, ...secret }, { title: 'NewDeployToken' });
