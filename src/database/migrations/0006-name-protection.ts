import type { Dialect } from '../database.ts';
import type { Migration } from './migration.ts';

/** Whose a name is before it is published, who may publish and delete what, and names of ours that others have too. */
export const nameProtection: Migration = {
  id: '0006-name-protection',
  statements: (dialect) => [...claims(dialect), ...protection(dialect), ...twins(dialect)],
};

function claims({ text }: Dialect): readonly string[] {
  return [
    // `published` here, or `moved` here with its project or group.
    `alter table name_claim add column origin ${text} not null default 'published'`,
    // See `lookOf` in `catalog/name-claims.ts`.
    `alter table name_claim add column look_alike ${text} not null default ''`,
    `insert into name_claim (namespace_id, format, name_key, namespace, origin, created_at)
     select top.id, package.format, package.name_key, min(package.namespace), 'moved', min(package.created_at) from package
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     join namespace top on top.parent_id is null and n.lineage like top.lineage || '%'
     where package.id > 0 group by top.id, package.format, package.name_key
     on conflict (namespace_id, format, name_key) do nothing`,
    `update name_claim set look_alike = case when name_key like '@%' then lower(name_key)
       else replace(replace(replace(lower(name_key), '-', ''), '_', ''), '.', '') end`,
    `create index name_claim_look_alike on name_claim (namespace_id, format, look_alike)`,
  ];
}

function protection({ identity, bigint, text }: Dialect): readonly string[] {
  return [
    // Names, or beginnings of names, of a group at the top. `exclusive`: nobody but the owner may publish them, and nobody
    // at all once the owner is gone.
    `create table reserved_name (
      id ${identity},
      namespace_id ${bigint} not null references namespace (id) on delete cascade,
      format ${text} not null,
      pattern ${text} not null,
      pattern_key ${text} not null,
      exclusive integer not null default 0,
      owner_project_id ${bigint} references project (id) on delete set null,
      owner_namespace_id ${bigint} references namespace (id) on delete set null,
      reason ${text} not null default '',
      created_at ${bigint} not null,
      updated_at ${bigint} not null,
      unique (namespace_id, format, pattern_key)
    )`,
    `create index reserved_name_owner_project on reserved_name (owner_project_id)`,
    `create index reserved_name_owner_namespace on reserved_name (owner_namespace_id)`,

    // Roles as numbers; 60 = administrators; null = whoever may otherwise.
    `create table package_protection_rule (
      id ${identity},
      project_id ${bigint} not null references project (id) on delete cascade,
      format ${text} not null,
      pattern ${text} not null,
      push_level integer,
      delete_level integer,
      created_at ${bigint} not null,
      updated_at ${bigint} not null,
      unique (project_id, format, pattern)
    )`,
  ];
}

function twins({ identity, bigint, text }: Dialect): readonly string[] {
  return [
    // A name of ours that an upstream has too, or, with a star at its end, something that begins so.
    `create table name_twin (
      id ${identity},
      namespace_id ${bigint} not null references namespace (id) on delete cascade,
      upstream_id ${bigint} not null references upstream (id) on delete cascade,
      format ${text} not null,
      name_key ${text} not null,
      name ${text} not null,
      found_by ${text} not null,
      newest_version ${text},
      versions integer,
      first_seen_at ${bigint} not null,
      last_seen_at ${bigint} not null,
      unique (namespace_id, upstream_id, name_key)
    )`,
    `create index name_twin_upstream on name_twin (upstream_id)`,
    `create index upstream_file_name on upstream_file (upstream_id, name_key)`,

    // How far the check for twins of a virtual registry has come.
    `create table twin_check (
      registry_id ${bigint} primary key references virtual_registry (id) on delete cascade,
      begun_at ${bigint} not null,
      finished_at ${bigint},
      after_key ${text},
      asked integer not null default 0,
      failed integer not null default 0
    )`,
  ];
}
