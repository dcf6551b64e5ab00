import { Type } from 'typebox';
import { accessLevel, id, nullable, reference, rowId, text, timestamp } from '../fields.ts';
import { pageQuery } from '../page.ts';

export const ofPlace = (what: 'project' | 'group') => Type.Object({ id: reference(what) });
export const ofMember = (what: 'project' | 'group') =>
  Type.Object({ id: reference(what), user_id: rowId('Number of the user.') });

export const memberListQuery = Type.Object({
  query: Type.Optional(text('Words in name or user name, taken literally.')),
  ...pageQuery,
});

const level = accessLevel("10 guest, 20 reporter, 30 developer, 40 maintainer, 50 owner; at most the caller's own.");
const expiresAt = nullable(
  text('Day on which the membership ends, at 00:00 UTC.', { max: 40, examples: ['2030-01-31'] }),
);

export const newMember = Type.Object({
  user_id: Type.Optional(rowId('Number of the user; or else `username`.')),
  username: Type.Optional(text('User name; or else `user_id`.')),
  access_level: level,
  expires_at: Type.Optional(expiresAt),
});

export const memberChanges = Type.Object({ access_level: level, expires_at: Type.Optional(expiresAt) });

export const memberSchema = Type.Object(
  {
    id,
    username: Type.String(),
    name: Type.String(),
    state: Type.Enum(['active', 'blocked']),
    locked: Type.Boolean(),
    avatar_url: Type.Null(),
    web_url: Type.String(),
    access_level: accessLevel('The role.'),
    created_at: timestamp,
    expires_at: nullable(Type.String({ format: 'date' })),
    membership_state: Type.String(),
  },
  { title: 'Member' },
);
