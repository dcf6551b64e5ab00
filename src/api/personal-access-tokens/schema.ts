import { Type } from 'typebox';
import { rowId } from '../fields.ts';
import { expiresOn, secret, tokenListQuery, tokenName, tokenProperties, tokenScopes } from '../token-fields.ts';

export const ofToken = Type.Object({ id: rowId('Number of the token.') });
export const ofUser = Type.Object({ user_id: rowId('Number of the user.') });

export const tokensQuery = Type.Object({
  user_id: Type.Optional(rowId('Only tokens of this user; others than their own only for administrators.')),
  ...tokenListQuery,
});

export const newToken = Type.Object({
  name: tokenName,
  scopes: tokenScopes(['read_api']),
  expires_at: Type.Optional(expiresOn),
});

export const rotation = Type.Object({ expires_at: Type.Optional(expiresOn) });

export const tokenSchema = Type.Object(tokenProperties, { title: 'PersonalAccessToken' });
export const newTokenSchema = Type.Object({ ...tokenProperties, ...secret }, { title: 'NewPersonalAccessToken' });
