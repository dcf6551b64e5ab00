import { Type } from 'typebox';
import { accessLevel, reference, rowId } from '../fields.ts';
import { expiresOn, secret, tokenListQuery, tokenName, tokenProperties, tokenScopes } from '../token-fields.ts';

export const ofPlace = (what: 'project' | 'group') => Type.Object({ id: reference(what) });
export const ofToken = (what: 'project' | 'group') =>
  Type.Object({ id: reference(what), token_id: rowId('Number of the token.') });

export const tokensQuery = Type.Object(tokenListQuery);

export const newToken = Type.Object({
  name: tokenName,
  scopes: tokenScopes(['read_package_registry']),
  access_level: Type.Optional(
    accessLevel(
      "Role of the token, at most the caller's own: 10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner.",
      { default: 40 },
    ),
  ),
  expires_at: Type.Optional(expiresOn),
});

export const rotation = Type.Object({ expires_at: Type.Optional(expiresOn) });

const properties = {
  ...tokenProperties,
  access_level: Type.Integer(),
  resource_type: Type.Enum(['project', 'group']),
  resource_id: Type.Integer(),
};

export const tokenSchema = Type.Object(properties, { title: 'AccessToken' });
export const newTokenSchema = Type.Object({ ...properties, ...secret }, { title: 'NewAccessToken' });
