import { Type } from 'typebox';
import { id, nullable, orderBy, rowId, search, sort, text, timestamp } from '../fields.ts';
import { pageQuery } from '../page.ts';

export const ofUser = Type.Object({ id: rowId('Number of the user.') });

export const userListQuery = Type.Object({
  username: Type.Optional(text('Only the user of this name, ignoring case.')),
  search: Type.Optional(search),
  active: Type.Optional(Type.Boolean({ description: 'Only users who are not blocked.' })),
  blocked: Type.Optional(Type.Boolean({ description: 'Only users who are blocked.' })),
  admins: Type.Optional(Type.Boolean({ description: 'Only administrators; for administrators.' })),
  order_by: Type.Optional(orderBy('id', 'name', 'username', 'created_at')),
  sort: Type.Optional(sort('desc')),
  ...pageQuery,
});

const email = (description: string) => text(description, { max: 254, examples: ['ada@example.com'] });
const password = (description: string) => text(description, { max: 128 });

export const newUser = Type.Object({
  username: text('Name to sign in with.', { min: 1, examples: ['ada'] }),
  name: text('Name to show.', { min: 1, examples: ['Ada Lovelace'] }),
  email: Type.Optional(nullable(email('E-mail address.'))),
  password: Type.Optional(
    nullable(password('8 to 128 characters; without one the user can only use tokens until a password is set.')),
  ),
  admin: Type.Optional(Type.Boolean({ default: false, description: 'Whether the user is an administrator.' })),
});

export const userChanges = Type.Object({
  username: Type.Optional(text("Name to sign in with; the paths of the user's projects follow.", { min: 1 })),
  name: Type.Optional(text('Name to show.', { min: 1 })),
  email: Type.Optional(nullable(email('E-mail address.'))),
  password: Type.Optional(password('8 to 128 characters.')),
  admin: Type.Optional(Type.Boolean({ description: 'Whether the user is an administrator.' })),
});

export const ownChanges = Type.Object({
  name: Type.Optional(text('Name to show.', { min: 1 })),
  email: Type.Optional(nullable(email('E-mail address.'))),
  password: Type.Optional(password('New password, 8 to 128 characters; needs `current_password`.')),
  current_password: Type.Optional(password('The password so far.')),
});

export const deletion = Type.Object({
  hard_delete: Type.Optional(
    Type.Boolean({ default: false, description: "Also the user's own projects, with their packages." }),
  ),
});

const publicProperties = {
  id,
  username: Type.String(),
  name: Type.String(),
  state: Type.Enum(['active', 'blocked']),
  locked: Type.Boolean(),
  avatar_url: Type.Null(),
  web_url: Type.String(),
  bot: Type.Boolean(),
  created_at: timestamp,
};

export const userSchema = Type.Object(publicProperties, { title: 'User' });

export const fullUserSchema = Type.Object(
  {
    ...publicProperties,
    email: nullable(Type.String()),
    is_admin: Type.Boolean(),
    namespace_id: nullable(id),
    can_create_group: Type.Boolean(),
    can_create_project: Type.Boolean(),
    two_factor_enabled: Type.Boolean(),
    external: Type.Boolean(),
  },
  { title: 'FullUser', description: 'What users see of themselves, and administrators of everybody.' },
);
