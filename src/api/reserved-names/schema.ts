import { Type } from 'typebox';
import { id, nullable, reference, rowId, search, text, timestamp } from '../fields.ts';
import { pageQuery } from '../page.ts';

const format = text('Id of the package format: `npm`, `maven`.', { min: 1, max: 50, examples: ['npm'] });

export const ofGroup = Type.Object({ id: reference('group'), format });
export const ofReservation = Type.Object({
  id: reference('group'),
  format,
  reserved_name_id: rowId('Number of the reservation.'),
});
export const ofClaim = Type.Object({
  id: reference('group'),
  format,
  name: text('The name as the list shows it, URL-encoded.', { min: 1, max: 1024 }),
});

const owner = {
  owner_project_id: Type.Optional(
    nullable(rowId('Project of the group that alone may publish such names; null = any of the group.')),
  ),
  owner_group_id: Type.Optional(nullable(rowId('The same for all projects of a group in the group.'))),
  reason: Type.Optional(nullable(text('What it is for.', { max: 1024 }))),
};
export const newReservation = Type.Object({
  pattern: text('A name, or the beginning of names with a `*` behind it.', { min: 1, examples: ['@acme/*', 'Acme.*'] }),
  ...owner,
});
export const reservationChanges = Type.Object(owner);

export const pagesQuery = Type.Object(pageQuery);
export const claimsQuery = Type.Object({ search: Type.Optional(search), ...pageQuery });

export const reservationSchema = Type.Object(
  {
    id,
    group_id: id,
    pattern: Type.String(),
    exclusive: Type.Boolean({ description: 'Only the owner may publish such names; nobody may once it is gone.' }),
    owner_project_id: nullable(id),
    owner_group_id: nullable(id),
    reason: Type.String(),
    created_at: timestamp,
    updated_at: timestamp,
  },
  { title: 'ReservedName' },
);
export const claimSchema = Type.Object(
  {
    name: Type.String(),
    origin: Type.String({
      description: '`published` in the group, `moved` to it, or a `tombstone`: no package of that name is left.',
    }),
    created_at: timestamp,
  },
  { title: 'ClaimedName' },
);
export const twinSchema = Type.Object(
  {
    id,
    name: Type.String(),
    upstream_id: id,
    upstream_name: Type.String(),
    found_by: Type.String({ description: '`cache`: it was here before the name was ours; `check`: by asking for it.' }),
    newest_version: nullable(Type.String()),
    versions: nullable(Type.Integer()),
    first_seen_at: timestamp,
    last_seen_at: timestamp,
  },
  { title: 'NameTwin' },
);
export const twinCheckSchema = Type.Object(
  {
    begun_at: timestamp,
    finished_at: nullable(timestamp),
    asked: Type.Integer({ description: 'Questions asked.' }),
    failed: Type.Integer({ description: 'Questions that the upstream did not answer.' }),
  },
  { title: 'TwinCheck' },
);
