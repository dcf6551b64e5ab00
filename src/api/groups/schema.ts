import { Type } from 'typebox';
import { accessLevel, id, nullable, orderBy, reference, rowId, search, sort, text, timestamp } from '../fields.ts';
import { forwardingPattern } from '../forwarding-fields.ts';
import { pageQuery } from '../page.ts';

const visibilities = ['private', 'internal', 'public'] as const;

export const ofGroup = Type.Object({ id: reference('group') });

export const subgroupListQuery = Type.Object({
  search: Type.Optional(search),
  owned: Type.Optional(Type.Boolean({ default: false, description: 'Only those that the caller owns.' })),
  min_access_level: Type.Optional(accessLevel('Only where the caller has this role or a higher one.')),
  order_by: Type.Optional(orderBy('name', 'path', 'id')),
  sort: Type.Optional(sort('asc')),
  ...pageQuery,
});

export const groupListQuery = Type.Object({
  top_level_only: Type.Optional(Type.Boolean({ default: false, description: 'Leave out subgroups.' })),
  ...subgroupListQuery.properties,
});

const writable = {
  description: Type.Optional(nullable(text('What the group is for.', { max: 2000 }))),
  visibility: Type.Optional(
    Type.Enum([...visibilities], { description: 'Who may see the group; not wider than that of its parent.' }),
  ),
};

export const newGroup = Type.Object({
  name: text('Name.', { min: 1, examples: ['Platform'] }),
  path: text('Last segment of the path.', { min: 1, examples: ['platform'] }),
  parent_id: Type.Optional(nullable(rowId('Group it shall lie in; left out for one at the top.'))),
  ...writable,
});

export const groupChanges = Type.Object(
  {
    name: Type.Optional(text('Name.', { min: 1 })),
    path: Type.Optional(text('Last segment of the path. Clients of the old URLs must be told.', { min: 1 })),
    ...writable,
  },
  { patternProperties: forwardingPattern },
);

export const groupSchema = Type.Object(
  {
    id,
    web_url: Type.String(),
    name: Type.String(),
    path: Type.String(),
    description: Type.String(),
    visibility: Type.Enum([...visibilities]),
    full_name: Type.String(),
    full_path: Type.String(),
    parent_id: nullable(id),
    created_at: timestamp,
    avatar_url: Type.Null(),
    project_creation_level: Type.String(),
    subgroup_creation_level: Type.String(),
    request_access_enabled: Type.Boolean(),
  },
  { title: 'Group', patternProperties: forwardingPattern },
);
