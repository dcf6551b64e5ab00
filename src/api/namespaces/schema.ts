import { Type } from 'typebox';
import { id, nullable, reference, search } from '../fields.ts';
import { pageQuery } from '../page.ts';

export const ofNamespace = Type.Object({ id: reference('namespace') });

export const namespaceListQuery = Type.Object({
  search: Type.Optional(search),
  owned_only: Type.Optional(Type.Boolean({ default: false, description: 'Only those that the caller owns.' })),
  top_level_only: Type.Optional(Type.Boolean({ default: false, description: 'Leave out subgroups.' })),
  ...pageQuery,
});

export const namespaceSchema = Type.Object(
  {
    id,
    name: Type.String(),
    path: Type.String(),
    kind: Type.Enum(['group', 'user']),
    full_path: Type.String(),
    parent_id: nullable(id),
    avatar_url: Type.Null(),
    web_url: Type.String(),
  },
  { title: 'Namespace' },
);
