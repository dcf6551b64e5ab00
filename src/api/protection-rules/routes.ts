/** https://docs.gitlab.com/api/project_packages_protection_rules/ for every format. */
import type { Static } from 'typebox';
import { maintainer, owner } from '../../access/caller.ts';
import { administrator } from '../../access/permit.ts';
import {
  countRules,
  deleteRule,
  findRule,
  insertRule,
  listRules,
  type ProtectionRule,
  type ProtectionRuleFields,
  updateRule,
} from '../../catalog/protection-rules.ts';
import { lockRow } from '../../catalog/row-locks.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import type { ApiContext } from '../context.ts';
import { listOf, pageHeaderNotes } from '../fields.ts';
import { operation } from '../operation.ts';
import { pageAnswer, pageOf } from '../page.ts';
import { formatOf, packageTypeOf } from '../packages/package-types.ts';
import { projectFor } from '../place.ts';
import * as schema from './schema.ts';

const facts = { tag: 'Package protection rules', needs: 'caller' } as const;
const path = '/projects/:id/packages/protection/rules';
const one = { description: 'The rule.', schema: schema.ruleSchema };
const description = 'Needs the maintainer role.';
const most = 100;

const levels = { maintainer, owner, admin: administrator } as const;
type Level = keyof typeof levels;

function present(context: ApiContext, rule: ProtectionRule) {
  return {
    id: rule.id,
    project_id: rule.projectId,
    package_name_pattern: rule.pattern,
    package_type: packageTypeOf(context, rule.format),
    minimum_access_level_for_push: levelName(rule.pushLevel),
    minimum_access_level_for_delete: levelName(rule.deleteLevel),
  };
}

function levelName(level: number | null): Level | null {
  const names = Object.keys(levels) as Level[];
  return names.find((name) => levels[name] === level) ?? null;
}

function levelOf(given: Level | '' | null | undefined, before: number | null): number | null {
  if (given === undefined) return before;
  return given === null || given === '' ? null : levels[given];
}

/** The rule as it will be; it must ask for something. */
function changed(
  context: ApiContext,
  body: Static<typeof schema.ruleChanges>,
  before: ProtectionRuleFields,
): ProtectionRuleFields {
  const after = {
    projectId: before.projectId,
    format: body.package_type === undefined ? before.format : formatNamed(context, body.package_type),
    pattern: body.package_name_pattern ?? before.pattern,
    pushLevel: levelOf(body.minimum_access_level_for_push, before.pushLevel),
    deleteLevel: levelOf(body.minimum_access_level_for_delete, before.deleteLevel),
  };
  if (after.pushLevel === null && after.deleteLevel === null) {
    throw problem(
      'invalid-parameter',
      'minimum_access_level_for_push, minimum_access_level_for_delete are missing, at least one parameter must be provided',
    );
  }
  if (!/^[\x21-\x7e]+$/.test(after.pattern)) {
    throw problem('unprocessable', 'Package name pattern should be a valid package name with optional wildcards.');
  }
  return after;
}

function formatNamed(context: ApiContext, packageType: string): string {
  const format = formatOf(context, packageType);
  if (context.formats.some(({ id }) => id === format)) return format;
  throw problem('invalid-parameter', 'package_type does not have a valid value');
}

function taken(): Error {
  return problem('unprocessable', 'Package name pattern has already been taken.');
}

async function ruleFor(context: ApiContext, params: Static<typeof schema.ofRule>): Promise<ProtectionRule> {
  const project = await projectFor(context, params.id, 'admin-project');
  const rule = await findRule(context.database, project.id, params.package_protection_rule_id);
  if (rule === undefined) throw problem('not-found', 'The project has no such rule.');
  return rule;
}

function auditOf(action: string, rule: ProtectionRuleFields) {
  const { projectId, format, pattern, pushLevel, deleteLevel } = rule;
  const details = { push: levelName(pushLevel), delete: levelName(deleteLevel) };
  return { action: `package-protection-rule.${action}`, projectId, subject: `${format}:${pattern}`, details };
}

const list = operation({
  ...facts,
  id: 'list_package_protection_rules',
  method: 'GET',
  path,
  summary: "Lists a project's package protection rules",
  description,
  params: schema.ofProject,
  query: schema.pagesQuery,
  responses: { 200: { description: 'A page of rules.', schema: listOf(schema.ruleSchema), headers: pageHeaderNotes } },
  handler: async (context, { params, query, url }) => {
    const project = await projectFor(context, params.id, 'admin-project');
    const page = pageOf(query);
    const { items, total } = await listRules(context.database, project.id, { limit: page.size, offset: page.offset });
    const rules = items.map((rule) => present(context, rule));
    return pageAnswer(rules, total, page, { origin: context.origin, url });
  },
});

const create = operation({
  ...facts,
  id: 'create_package_protection_rule',
  method: 'POST',
  path,
  summary: 'Protects packages of a name from those with a lower role',
  description: `Deploy tokens are never enough where a rule asks for a role. ${description} A project has at most ${most} rules.`,
  params: schema.ofProject,
  body: schema.newRule,
  responses: { 201: one, 422: { description: 'There is a rule for that pattern, or it can mean no name.' } },
  handler: async (context, { params, body }) => {
    const project = await projectFor(context, params.id, 'admin-project');
    const empty = { projectId: project.id, format: '', pattern: '', pushLevel: null, deleteLevel: null };
    const fields = changed(context, body, empty);
    const made = await context.database.transaction(async (tx) => {
      await lockRow(tx, 'project', project.id);
      if ((await countRules(tx, project.id)) >= most) {
        throw problem('unprocessable', `A project has at most ${most} package protection rules.`);
      }
      const rule = await insertRule(tx, fields, context.now());
      if (rule === undefined) throw taken();
      await record(tx, context, auditOf('create', rule));
      return rule;
    });
    return { status: 201, body: present(context, made) };
  },
});

const update = operation({
  ...facts,
  id: 'update_package_protection_rule',
  method: 'PATCH',
  path: `${path}/:package_protection_rule_id`,
  summary: 'Changes a package protection rule',
  description: `What is left out stays; null takes a role away. ${description}`,
  params: schema.ofRule,
  body: schema.ruleChanges,
  responses: { 200: one, 422: { description: 'Another rule has that pattern.' } },
  handler: async (context, { params, body }) => {
    const before = await ruleFor(context, params);
    const after = { id: before.id, ...changed(context, body, before) };
    await context.database.transaction(async (tx) => {
      await lockRow(tx, 'project', after.projectId);
      if (!(await updateRule(tx, after, context.now()))) throw taken();
      await record(tx, context, auditOf('update', after));
    });
    return { status: 200, body: present(context, after) };
  },
});

const remove = operation({
  ...facts,
  id: 'delete_package_protection_rule',
  method: 'DELETE',
  path: `${path}/:package_protection_rule_id`,
  summary: 'Removes a package protection rule',
  description,
  params: schema.ofRule,
  responses: { 204: { description: 'Removed.' } },
  handler: async (context, { params }) => {
    const rule = await ruleFor(context, params);
    await context.database.transaction(async (tx) => {
      await deleteRule(tx, rule.id);
      await record(tx, context, auditOf('delete', rule));
    });
    return { status: 204 };
  },
});

export const protectionRuleOperations = [list, create, update, remove];
