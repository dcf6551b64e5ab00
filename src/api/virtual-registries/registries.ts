/** https://docs.gitlab.com/api/maven_virtual_registries/ for every format. */
import type { Static } from 'typebox';
import {
  associationsOf,
  deleteRegistry,
  insertRegistry,
  listRegistries,
  updateRegistry,
  type VirtualRegistry,
} from '../../catalog/virtual-registries.ts';
import { upstreamsOf } from '../../catalog/upstreams.ts';
import { purgeFiles } from '../../catalog/upstream-files.ts';
import { purgeResources } from '../../catalog/upstream-resources.ts';
import type { AdvisoryExemption } from '../../policy/advisory-policy.ts';
import { type RegistryPolicy, readPolicy } from '../../policy/upstream-policy.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import type { ApiContext } from '../context.ts';
import { listOf } from '../fields.ts';
import { operation } from '../operation.ts';
import { projectFor } from '../place.ts';
import { instant } from '../times.ts';
import { formatFor, groupFor, registryFor } from './find.ts';
import { presentAssociation, presentRegistry } from './present.ts';
import * as schema from './schema.ts';

const facts = { tag: 'Virtual registries', needs: 'caller' } as const;
const one = { description: 'The virtual registry.', schema: schema.registrySchema };
const most = 20;

type Changes = Static<typeof schema.registryChanges>;

function policyOf(body: Changes, before: RegistryPolicy): RegistryPolicy {
  return {
    minimumReleaseAgeHours: body.minimum_release_age_hours ?? before.minimumReleaseAgeHours,
    unknownReleaseDate: body.unknown_release_date ?? before.unknownReleaseDate,
    unknownLicense: body.unknown_license ?? before.unknownLicense,
    freezeAfter: body.freeze_after === undefined ? before.freezeAfter : timeOrNull(body.freeze_after, 'freeze_after'),
    exemptions:
      body.exemptions?.map(({ name, version, reason, expires_at }) => {
        return { name, version, reason, expiresAt: timeOrNull(expires_at, 'expires_at') };
      }) ?? before.exemptions,
    sharedNames: body.shared_names ?? before.sharedNames,
    checkPublicTwins: body.check_public_twins ?? before.checkPublicTwins,
    dryRun: body.policy_dry_run ?? before.dryRun,
    advisoryAction: body.advisory_action ?? before.advisoryAction,
    advisoryMinimumSeverity: body.advisory_minimum_severity ?? before.advisoryMinimumSeverity,
    advisoryExemptions: body.advisory_exemptions?.map(advisoryExemption) ?? before.advisoryExemptions,
  };
}

function advisoryExemption(input: NonNullable<Changes['advisory_exemptions']>[number]): AdvisoryExemption {
  const { id, name = null, version = null, reason, expires_at } = input;
  return { id, name, version, reason, expiresAt: timeOrNull(expires_at, 'expires_at') };
}

function timeOrNull(value: string | null | undefined, name: string): number | null {
  return value === undefined || value === null || value === '' ? null : instant(value, name);
}

/** The project must be one that the caller may publish to: others must not be filled in their name. */
async function deployProject(
  context: ApiContext,
  id: number | null | undefined,
  before: number | null,
): Promise<number | null> {
  if (id === undefined) return before;
  return id === null ? null : (await projectFor(context, id, 'publish-package')).id;
}

async function changed(context: ApiContext, body: Changes, before: VirtualRegistry): Promise<VirtualRegistry> {
  const advises = body.advisory_action !== undefined && body.advisory_action !== 'none';
  if (advises && context.formats.find(({ id }) => id === before.format)?.advisories === undefined) {
    throw problem('invalid-parameter', `Advisories say nothing of packages of the format ${before.format}.`);
  }
  return {
    ...before,
    name: body.name ?? before.name,
    description: body.description ?? before.description,
    deployProjectId: await deployProject(context, body.deploy_project_id, before.deployProjectId),
    policy: JSON.stringify(policyOf(body, readPolicy(before.policy))),
  };
}

const list = operation({
  ...facts,
  id: 'list_virtual_registries',
  method: 'GET',
  path: '/groups/:id/-/virtual_registries/packages/:format/registries',
  summary: "Lists a group's virtual registries of a format",
  description: 'For those who belong to the group, or to something below it.',
  params: schema.ofGroup,
  responses: { 200: { description: 'All of them.', schema: listOf(schema.registrySchema) } },
  handler: async (context, { params }) => {
    const group = await groupFor(context, params.id, 'read');
    const { id: format } = formatFor(context, params.format);
    const registries = await listRegistries(context.database, { namespaceId: group.id, format });
    return { status: 200, body: registries.map(presentRegistry) };
  },
});

const create = operation({
  ...facts,
  id: 'create_virtual_registry',
  method: 'POST',
  path: '/groups/:id/-/virtual_registries/packages/:format/registries',
  summary: 'Creates a virtual registry',
  description: `In a group at the top, of which it needs the maintainer role. A group has at most ${most} of a format.`,
  params: schema.ofGroup,
  body: schema.newRegistry,
  responses: { 201: one },
  handler: async (context, { params, body }) => {
    const group = await groupFor(context, params.id, 'manage');
    const { id: format } = formatFor(context, params.format);
    const draft = { id: 0, namespaceId: group.id, format, name: '', description: '', deployProjectId: null };
    const fields = await changed(context, body, { ...draft, policy: '{}', createdAt: 0, updatedAt: 0 });
    const registry = await context.database.transaction(async (tx) => {
      if ((await listRegistries(tx, { namespaceId: group.id, format })).length >= most) {
        throw problem('invalid-parameter', `A group has at most ${most} virtual registries of a format.`);
      }
      const made = await insertRegistry(tx, fields, context.now());
      await record(tx, context, { action: 'virtual-registry.create', subject: subjectOf(made) });
      return made;
    });
    return { status: 201, body: presentRegistry(registry) };
  },
});

const get = operation({
  ...facts,
  id: 'get_virtual_registry',
  method: 'GET',
  path: '/virtual_registries/packages/:format/registries/:id',
  summary: 'Shows a virtual registry',
  params: schema.ofRow,
  responses: { 200: one },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'read');
    const associations = await associationsOf(context.database, registry.id);
    return {
      status: 200,
      body: { ...presentRegistry(registry), registry_upstreams: associations.map(presentAssociation) },
    };
  },
});

const update = operation({
  ...facts,
  id: 'update_virtual_registry',
  method: 'PATCH',
  path: '/virtual_registries/packages/:format/registries/:id',
  summary: 'Changes a virtual registry',
  description: 'Needs the maintainer role of its group. What is left out stays.',
  params: schema.ofRow,
  body: schema.registryChanges,
  responses: { 200: one },
  handler: async (context, { params, body }) => {
    const registry = await registryFor(context, params, 'manage');
    const after = await changed(context, body, registry);
    await context.database.transaction(async (tx) => {
      await updateRegistry(tx, after, context.now());
      const details = { policy: readPolicy(after.policy) };
      await record(tx, context, { action: 'virtual-registry.update', subject: subjectOf(after), details });
    });
    return { status: 200, body: presentRegistry({ ...after, updatedAt: context.now() }) };
  },
});

const remove = operation({
  ...facts,
  id: 'delete_virtual_registry',
  method: 'DELETE',
  path: '/virtual_registries/packages/:format/registries/:id',
  summary: 'Deletes a virtual registry',
  description: 'Its upstreams stay, with what is cached of them. Needs the maintainer role of its group.',
  params: schema.ofRow,
  responses: { 204: { description: 'Deleted.' } },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'manage');
    await context.database.transaction(async (tx) => {
      await deleteRegistry(tx, registry.id);
      await record(tx, context, { action: 'virtual-registry.delete', subject: subjectOf(registry) });
    });
    return { status: 204 };
  },
});

const purge = operation({
  ...facts,
  id: 'purge_virtual_registry',
  method: 'DELETE',
  path: '/virtual_registries/packages/:format/registries/:id/cache',
  summary: 'Forgets what is cached of the upstreams of a virtual registry',
  description: 'What was first seen under a name stays pinned. Needs the maintainer role of its group.',
  params: schema.ofRow,
  responses: { 204: { description: 'Forgotten.' } },
  handler: async (context, { params }) => {
    const registry = await registryFor(context, params, 'manage');
    const upstreams = await upstreamsOf(context.database, registry.id);
    await context.database.transaction(async (tx) => {
      for (const { id } of upstreams) {
        await purgeFiles(tx, id);
        await purgeResources(tx, id);
      }
      await record(tx, context, { action: 'virtual-registry.purge', subject: subjectOf(registry) });
    });
    return { status: 204 };
  },
});

export function subjectOf({ format, name }: { readonly format: string; readonly name: string }): string {
  return `${format}:${name}`;
}

export const registryOperations = [list, create, get, update, remove, purge];
