import type { Migration } from './migration.ts';

/** What policy hides and what it needs for that: licenses, the list of what was hidden, and traces of answers. */
export const policy: Migration = {
  id: '0007-policy',
  statements: ({ identity, bigint, text }) => [
    `alter table upstream_file add column license ${text}`,

    // Why answers of virtual registries were what they were, for a day; the same id for the same state.
    `create table answer_trace (
      id ${text} primary key,
      registry_id ${bigint} references virtual_registry (id) on delete cascade,
      asked ${text} not null,
      steps ${text} not null,
      seen_at ${bigint} not null
    )`,
    `create index answer_trace_registry on answer_trace (registry_id)`,
    `create index answer_trace_seen on answer_trace (seen_at)`,

    // What rules hid lately, or would have in a dry run.
    `create table hidden_version (
      id ${identity},
      registry_id ${bigint} not null references virtual_registry (id) on delete cascade,
      upstream_id ${bigint} not null references upstream (id) on delete cascade,
      name_key ${text} not null,
      name ${text} not null,
      version ${text} not null,
      rule ${text} not null,
      reason ${text} not null,
      dry_run integer not null,
      first_seen_at ${bigint} not null,
      last_seen_at ${bigint} not null,
      times ${bigint} not null,
      unique (registry_id, upstream_id, name_key, version, rule)
    )`,
    `create index hidden_version_seen on hidden_version (registry_id, last_seen_at)`,
    `create index hidden_version_upstream on hidden_version (upstream_id)`,
  ],
};
