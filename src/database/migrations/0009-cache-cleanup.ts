import type { Migration } from './migration.ts';

/** When documents of upstreams were asked for last, and how long a group keeps what nobody asks for. */
export const cacheCleanup: Migration = {
  id: '0009-cache-cleanup',
  statements: ({ bigint, text }) => [
    // To within some hours: see `noteUses` of `catalog/upstream-resources.ts`.
    `alter table upstream_resource add column used_at ${bigint}`,

    `create table cache_cleanup_policy (
      namespace_id ${bigint} primary key references namespace (id) on delete cascade,
      enabled integer not null,
      cadence_days integer not null,
      keep_days integer not null,
      notify_on_success integer not null,
      notify_on_failure integer not null,
      next_run_at ${bigint},
      last_run_at ${bigint},
      last_run ${text} not null default '{}',
      status ${text} not null,
      failure_message ${text},
      created_at ${bigint} not null,
      updated_at ${bigint} not null
    )`,
  ],
};
