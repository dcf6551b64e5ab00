import { Type } from 'typebox';
import { id, nullable, reference, rowId, text } from '../fields.ts';
import { pageQuery } from '../page.ts';

export const ofProject = Type.Object({ id: reference('project') });
export const ofRule = Type.Object({
  id: reference('project'),
  package_protection_rule_id: rowId('Number of the rule.'),
});
export const pagesQuery = Type.Object(pageQuery);

const name = text('Name of packages; `*` stands for any text, and case does not count.', {
  min: 1,
  examples: ['@acme/*'],
});
const type = text('Package type: `npm`, `maven`, `terraform_module`.', { min: 1, max: 50, examples: ['npm'] });
const levels = {
  minimum_access_level_for_push: Type.Optional(
    nullable(Type.Enum(['maintainer', 'owner', 'admin', ''], { description: 'Least role that may publish.' })),
  ),
  minimum_access_level_for_delete: Type.Optional(
    nullable(Type.Enum(['owner', 'admin', ''], { description: 'Least role that may remove.' })),
  ),
};
export const newRule = Type.Object({ package_name_pattern: name, package_type: type, ...levels });
export const ruleChanges = Type.Object({
  package_name_pattern: Type.Optional(name),
  package_type: Type.Optional(type),
  ...levels,
});

export const ruleSchema = Type.Object(
  {
    id,
    project_id: id,
    package_name_pattern: Type.String(),
    package_type: Type.String(),
    minimum_access_level_for_push: nullable(Type.String()),
    minimum_access_level_for_delete: nullable(Type.String()),
  },
  { title: 'PackageProtectionRule' },
);
