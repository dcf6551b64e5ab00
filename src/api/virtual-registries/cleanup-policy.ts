/** https://docs.gitlab.com/api/virtual_registries_cleanup_policies/ */
import { type Static, Type } from 'typebox';
import {
  type CacheCleanupPolicy,
  deleteCleanupPolicy,
  findCleanupPolicy,
  putCleanupPolicy,
} from '../../catalog/cache-cleanup-policies.ts';
import type { Namespace } from '../../catalog/namespaces.ts';
import { problem } from '../../problems/problem.ts';
import { record } from '../audit.ts';
import type { ApiContext } from '../context.ts';
import { id, nullable, reference, timestamp } from '../fields.ts';
import { operation } from '../operation.ts';
import { groupFor as ownedGroupFor } from '../place.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';
import { groupFor } from './find.ts';

const day = 24 * 3_600_000;
const facts = {
  tag: 'Virtual registries',
  needs: 'caller',
  path: '/groups/:id/-/virtual_registries/cleanup/policy',
  params: Type.Object({ id: reference('group') }),
} as const;
const whose = 'For the owners of a group at the top.';

const fields = Type.Object({
  enabled: Type.Optional(Type.Boolean({ description: 'Whether it runs; `false` when left out.' })),
  cadence: Type.Optional(
    Type.Enum([1, 7, 14, 30, 90], { type: 'integer', description: 'Days between two runs; 7 when left out.' }),
  ),
  keep_n_days_after_download: Type.Optional(
    Type.Integer({
      minimum: 1,
      maximum: 365,
      description: 'What was not asked for so long is forgotten; 30 when left out.',
    }),
  ),
  notify_on_success: Type.Optional(Type.Boolean({ description: 'Whether runs are written into the audit trail.' })),
  notify_on_failure: Type.Optional(
    Type.Boolean({ description: 'Whether runs that fail are written into the audit trail.' }),
  ),
});

const one = {
  description: 'The policy, and what its last run did.',
  schema: Type.Object(
    {
      group_id: id,
      enabled: Type.Boolean(),
      cadence: Type.Integer(),
      keep_n_days_after_download: Type.Integer(),
      notify_on_success: Type.Boolean(),
      notify_on_failure: Type.Boolean(),
      status: Type.Enum(['scheduled', 'running', 'failed']),
      next_run_at: nullable(timestamp),
      last_run_at: nullable(timestamp),
      last_run_deleted_size: Type.Integer(),
      last_run_deleted_entries_count: Type.Integer(),
      last_run_detailed_metrics: Type.Object({}, { description: 'The two numbers for each format.' }),
      failure_message: nullable(Type.String()),
      created_at: timestamp,
      updated_at: timestamp,
    },
    { title: 'VirtualRegistriesCleanupPolicy' },
  ),
};

async function groupOf(context: ApiContext, reference_: string): Promise<Namespace> {
  const group = await groupFor(context, reference_, 'manage');
  return ownedGroupFor(context, group.id, 'admin-group');
}

async function policyOf(context: ApiContext, reference_: string): Promise<CacheCleanupPolicy> {
  const group = await groupOf(context, reference_);
  const policy = await findCleanupPolicy(context.database, group.id);
  if (policy === undefined) throw problem('not-found', 'This group has no cleanup policy.');
  return policy;
}

/** Another cadence, or being enabled, counts from now. */
function changed(before: CacheCleanupPolicy, body: Static<typeof fields>, now: number): CacheCleanupPolicy {
  const enabled = body.enabled ?? before.enabled;
  const cadenceDays = body.cadence ?? before.cadenceDays;
  const isRescheduled = cadenceDays !== before.cadenceDays || before.nextRunAt === null;
  const nextRunAt = isRescheduled ? now + cadenceDays * day : before.nextRunAt;
  return {
    ...before,
    enabled,
    cadenceDays,
    keepDays: body.keep_n_days_after_download ?? before.keepDays,
    notifyOnSuccess: body.notify_on_success ?? before.notifyOnSuccess,
    notifyOnFailure: body.notify_on_failure ?? before.notifyOnFailure,
    nextRunAt: enabled ? nextRunAt : null,
    updatedAt: now,
  };
}

function emptyPolicy(namespaceId: number, now: number): CacheCleanupPolicy {
  return {
    namespaceId,
    enabled: false,
    cadenceDays: 7,
    keepDays: 30,
    notifyOnSuccess: false,
    notifyOnFailure: false,
    nextRunAt: null,
    lastRunAt: null,
    lastRun: {},
    status: 'scheduled',
    failureMessage: null,
    createdAt: now,
    updatedAt: now,
  };
}

function present(policy: CacheCleanupPolicy) {
  const formats = Object.entries(policy.lastRun);
  const sum = (of: 'entries' | 'bytes'): number => formats.reduce((total, [, numbers]) => total + numbers[of], 0);
  return {
    group_id: policy.namespaceId,
    enabled: policy.enabled,
    cadence: policy.cadenceDays,
    keep_n_days_after_download: policy.keepDays,
    notify_on_success: policy.notifyOnSuccess,
    notify_on_failure: policy.notifyOnFailure,
    status: policy.status,
    next_run_at: isoTimeOrNull(policy.nextRunAt),
    last_run_at: isoTimeOrNull(policy.lastRunAt),
    last_run_deleted_size: sum('bytes'),
    last_run_deleted_entries_count: sum('entries'),
    last_run_detailed_metrics: Object.fromEntries(
      formats.map(([format, { entries, bytes }]) => [format, { deleted_entries_count: entries, deleted_size: bytes }]),
    ),
    failure_message: policy.failureMessage,
    created_at: isoTime(policy.createdAt),
    updated_at: isoTime(policy.updatedAt),
  };
}

async function save(context: ApiContext, policy: CacheCleanupPolicy): Promise<void> {
  await context.database.transaction(async (tx) => {
    await putCleanupPolicy(tx, policy);
    const { enabled, cadenceDays, keepDays } = policy;
    const details = { enabled, cadence: cadenceDays, keep_n_days_after_download: keepDays };
    await record(tx, context, { action: 'cache-cleanup.set', subject: `group:${policy.namespaceId}`, details });
  });
}

const get = operation({
  ...facts,
  id: 'get_cleanup_policy',
  method: 'GET',
  summary: 'Shows how long a group keeps what is cached of its upstreams',
  description: whose,
  responses: { 200: one },
  handler: async (context, { params }) => ({ status: 200, body: present(await policyOf(context, params.id)) }),
});

const create = operation({
  ...facts,
  id: 'create_cleanup_policy',
  method: 'POST',
  summary: 'Creates the cleanup policy of a group',
  description: `What nobody asked for in some days is forgotten, files as documents; what was first seen under a name stays pinned. ${whose}`,
  body: fields,
  responses: { 201: one },
  handler: async (context, { params, body }) => {
    const group = await groupOf(context, params.id);
    if ((await findCleanupPolicy(context.database, group.id)) !== undefined) {
      throw problem('invalid-parameter', 'Group has already been taken: change the policy that it has.');
    }
    const policy = changed(emptyPolicy(group.id, context.now()), body, context.now());
    await save(context, policy);
    return { status: 201, body: present(policy) };
  },
});

const update = operation({
  ...facts,
  id: 'change_cleanup_policy',
  method: 'PATCH',
  summary: 'Changes the cleanup policy of a group',
  description: `What is left out stays. ${whose}`,
  body: fields,
  responses: { 200: one },
  handler: async (context, { params, body }) => {
    const policy = changed(await policyOf(context, params.id), body, context.now());
    await save(context, policy);
    return { status: 200, body: present(policy) };
  },
});

const remove = operation({
  ...facts,
  id: 'delete_cleanup_policy',
  method: 'DELETE',
  summary: 'Deletes the cleanup policy of a group',
  description: `Everything is kept from then on. ${whose}`,
  responses: { 204: { description: 'Deleted.' } },
  handler: async (context, { params }) => {
    const policy = await policyOf(context, params.id);
    await context.database.transaction(async (tx) => {
      await deleteCleanupPolicy(tx, policy.namespaceId);
      await record(tx, context, { action: 'cache-cleanup.delete', subject: `group:${policy.namespaceId}` });
    });
    return { status: 204 };
  },
});

export const cleanupPolicyOperations = [get, create, update, remove];
