import type { Migration } from './migration.ts';

/** Other registries: which there are, what was fetched from them, and whose names are never asked there. */
export const upstreams: Migration = {
  id: '0003-upstreams',
  statements: ({ identity, bigint, text }) => [
    // A remote one has a URL, a local one a project or group.
    `create table upstream (
      id ${identity},
      namespace_id ${bigint} not null references namespace (id) on delete cascade,
      format ${text} not null,
      name ${text} not null,
      description ${text} not null default '',
      url ${text},
      local_project_id ${bigint} references project (id) on delete cascade,
      local_namespace_id ${bigint} references namespace (id) on delete cascade,
      username ${text},
      password ${text},
      trusted_origins ${text} not null default '[]',
      rules ${text} not null default '[]',
      cache_validity_hours integer not null,
      metadata_cache_validity_hours integer not null,
      created_at ${bigint} not null,
      updated_at ${bigint} not null
    )`,
    `create index upstream_namespace on upstream (namespace_id, format)`,
    `create index upstream_local_project on upstream (local_project_id)`,
    `create index upstream_local_namespace on upstream (local_namespace_id)`,

    `create table virtual_registry (
      id ${identity},
      namespace_id ${bigint} not null references namespace (id) on delete cascade,
      format ${text} not null,
      name ${text} not null,
      description ${text} not null default '',
      deploy_project_id ${bigint} references project (id) on delete set null,
      policy ${text} not null default '{}',
      created_at ${bigint} not null,
      updated_at ${bigint} not null
    )`,
    `create index virtual_registry_namespace on virtual_registry (namespace_id, format)`,
    `create index virtual_registry_deploy on virtual_registry (deploy_project_id)`,

    `create table virtual_registry_upstream (
      id ${identity},
      registry_id ${bigint} not null references virtual_registry (id) on delete cascade,
      upstream_id ${bigint} not null references upstream (id) on delete cascade,
      position integer not null,
      unique (registry_id, upstream_id)
    )`,
    `create index virtual_registry_upstream_upstream on virtual_registry_upstream (upstream_id)`,

    // Groups at the top that have, or had, a project or group among the members: their names stay closed to the others.
    `create table virtual_registry_root (
      registry_id ${bigint} not null references virtual_registry (id) on delete cascade,
      namespace_id ${bigint} not null references namespace (id) on delete cascade,
      primary key (registry_id, namespace_id)
    )`,
    `create index virtual_registry_root_namespace on virtual_registry_root (namespace_id)`,

    // The dependency proxy of a project: one upstream a format.
    `create table project_upstream (
      project_id ${bigint} not null references project (id) on delete cascade,
      format ${text} not null,
      upstream_id ${bigint} not null references upstream (id) on delete cascade,
      primary key (project_id, format)
    )`,
    `create index project_upstream_upstream on project_upstream (upstream_id)`,

    // What one request to an upstream gave: text that documents are made of, or that there is nothing.
    `create table upstream_resource (
      upstream_id ${bigint} not null references upstream (id) on delete cascade,
      resource ${text} not null,
      outcome ${text} not null,
      sha256 ${text} references blob (sha256),
      head ${text} not null default '{}',
      etag ${text},
      last_modified ${text},
      checked_at ${bigint} not null,
      changed_at ${bigint} not null,
      primary key (upstream_id, resource)
    )`,
    `create index upstream_resource_blob on upstream_resource (sha256)`,
    `create index upstream_resource_outcome on upstream_resource (upstream_id, outcome, checked_at)`,

    `create table upstream_file (
      id ${identity},
      upstream_id ${bigint} not null references upstream (id) on delete cascade,
      file_key ${text} not null,
      path ${text} not null,
      name_key ${text} not null,
      name ${text} not null,
      namespace ${text},
      version ${text},
      published_at ${bigint},
      file_name ${text} not null,
      sha256 ${text} not null references blob (sha256),
      mutable integer not null default 0,
      etag ${text},
      checked_at ${bigint} not null,
      created_at ${bigint} not null,
      last_used_at ${bigint},
      downloads ${bigint} not null default 0,
      unique (upstream_id, file_key)
    )`,
    `create index upstream_file_blob on upstream_file (sha256)`,

    // The first bytes seen under a name are the only ones that are ever taken for it; this outlives a purge.
    `create table upstream_pin (
      upstream_id ${bigint} not null references upstream (id) on delete cascade,
      file_key ${text} not null,
      sha256 ${text} not null,
      first_seen_at ${bigint} not null,
      primary key (upstream_id, file_key)
    )`,

    `create table upstream_lease (
      name ${text} primary key,
      owner ${text} not null,
      lease_until ${bigint} not null
    )`,

    // Names that were published below a top-level group, for ever: they are never asked of a public source there.
    `create table name_claim (
      namespace_id ${bigint} not null references namespace (id) on delete cascade,
      format ${text} not null,
      name_key ${text} not null,
      namespace ${text},
      created_at ${bigint} not null,
      primary key (namespace_id, format, name_key)
    )`,
    `create index name_claim_namespace on name_claim (namespace_id, format, namespace)`,
    `insert into name_claim (namespace_id, format, name_key, namespace, created_at)
     select top.id, package.format, package.name_key, min(package.namespace), min(package.created_at) from package
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     join namespace top on top.parent_id is null and n.lineage like top.lineage || '%'
     group by top.id, package.format, package.name_key`,
  ],
};
