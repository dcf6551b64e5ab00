import { Type } from 'typebox';
import { accessLevel, id, nullable, orderBy, reference, rowId, search, sort, text, timestamp } from '../fields.ts';
import { forwardingPattern } from '../forwarding-fields.ts';
import { namespaceSchema } from '../namespaces/schema.ts';
import { pageQuery } from '../page.ts';

const visibilities = ['private', 'internal', 'public'] as const;
const packagesAccess = ['disabled', 'private', 'enabled', 'public'] as const;

export const ofProject = Type.Object({ id: reference('project') });
export const ofGroup = Type.Object({ id: reference('group') });

const filters = {
  search: Type.Optional(search),
  visibility: Type.Optional(Type.Enum([...visibilities], { description: 'Only this visibility.' })),
  owned: Type.Optional(Type.Boolean({ default: false, description: 'Only those that the caller owns.' })),
  min_access_level: Type.Optional(accessLevel('Only where the caller has this role or a higher one.')),
  order_by: Type.Optional(orderBy('created_at', 'id', 'name', 'path', 'updated_at', 'last_activity_at')),
  sort: Type.Optional(sort('desc')),
  ...pageQuery,
};

export const projectListQuery = Type.Object({
  membership: Type.Optional(Type.Boolean({ default: false, description: 'Only where the caller is a member.' })),
  ...filters,
});

export const groupProjectsQuery = Type.Object({
  include_subgroups: Type.Optional(Type.Boolean({ default: false, description: 'Also projects of subgroups.' })),
  ...filters,
});

const writable = {
  description: Type.Optional(nullable(text('What the project is for.', { max: 2000 }))),
  visibility: Type.Optional(Type.Enum([...visibilities], { description: 'Who may see the project.' })),
  package_registry_access_level: Type.Optional(
    Type.Enum([...packagesAccess], {
      description:
        '`disabled`: nobody uses the packages; `private`: members only; `enabled`: whoever may see the project; `public`: anyone may pull.',
    }),
  ),
  packages_enabled: Type.Optional(Type.Boolean({ description: 'Short for `enabled` or `disabled` of the above.' })),
};

export const newProject = Type.Object({
  name: Type.Optional(text('Name; made from the path when left out.', { min: 1, examples: ['My packages'] })),
  path: Type.Optional(text('Last segment of the path; made from the name when left out.', { min: 1 })),
  namespace_id: Type.Optional(rowId("Group or user it belongs to; the caller's own space when left out.")),
  ...writable,
});

export const projectChanges = Type.Object(
  {
    name: Type.Optional(text('Name.', { min: 1 })),
    path: Type.Optional(text('Last segment of the path. Clients of the old URL must be told.', { min: 1 })),
    ...writable,
  },
  { patternProperties: forwardingPattern },
);

const role = nullable(Type.Object({ access_level: Type.Integer() }));

export const projectSchema = Type.Object(
  {
    id,
    description: Type.String(),
    name: Type.String(),
    name_with_namespace: Type.String(),
    path: Type.String(),
    path_with_namespace: Type.String(),
    created_at: timestamp,
    updated_at: timestamp,
    last_activity_at: timestamp,
    web_url: Type.String(),
    avatar_url: Type.Null(),
    namespace: namespaceSchema,
    _links: Type.Object({ self: Type.String(), members: Type.String() }),
    visibility: Type.Enum([...visibilities]),
    archived: Type.Boolean(),
    packages_enabled: Type.Boolean(),
    package_registry_access_level: Type.Enum([...packagesAccess]),
    permissions: Type.Optional(
      Type.Object(
        { project_access: role, group_access: role },
        { description: "The caller's roles; only where one project is shown." },
      ),
    ),
  },
  { title: 'Project', patternProperties: forwardingPattern },
);
