-- 0001-first

create table setting (
      name text primary key,
      value text not null
    );
create table account (
      id integer primary key autoincrement,
      username text not null,
      username_key text not null unique,
      name text not null,
      email text,
      state text not null default 'active',
      is_admin integer not null default 0,
      is_bot integer not null default 0,
      password_hash text,
      created_at integer not null,
      updated_at integer not null
    );
create table namespace (
      id integer primary key autoincrement,
      kind text not null,
      parent_id integer references namespace (id),
      owner_id integer references account (id) on delete cascade,
      path text not null,
      full_path text not null,
      full_path_key text not null unique,
      name text not null,
      description text not null default '',
      visibility text not null,
      lineage text not null,
      created_at integer not null,
      updated_at integer not null
    );
create index namespace_lineage on namespace (lineage);
create index namespace_parent on namespace (parent_id);
create table project (
      id integer primary key autoincrement,
      namespace_id integer not null references namespace (id),
      path text not null,
      full_path text not null,
      full_path_key text not null unique,
      name text not null,
      description text not null default '',
      visibility text not null,
      packages_access text not null default 'enabled',
      created_at integer not null,
      updated_at integer not null
    );
create index project_namespace on project (namespace_id);
create table route (
      path_key text primary key,
      namespace_id integer references namespace (id) on delete cascade,
      project_id integer references project (id) on delete cascade
    );
create index route_namespace on route (namespace_id);
create index route_project on route (project_id);
create table membership (
      account_id integer not null references account (id) on delete cascade,
      namespace_id integer references namespace (id) on delete cascade,
      project_id integer references project (id) on delete cascade,
      access_level integer not null,
      expires_at integer,
      created_at integer not null,
      created_by integer references account (id) on delete set null
    );
create unique index membership_namespace on membership (account_id, namespace_id) where namespace_id is not null;
create unique index membership_project on membership (account_id, project_id) where project_id is not null;
create index membership_account on membership (account_id);
create index membership_of_namespace on membership (namespace_id);
create index membership_of_project on membership (project_id);
create table token (
      id integer primary key autoincrement,
      kind text not null,
      digest text not null unique,
      hint text not null,
      name text not null,
      username text,
      account_id integer references account (id) on delete cascade,
      namespace_id integer references namespace (id) on delete cascade,
      project_id integer references project (id) on delete cascade,
      scopes text not null,
      created_at integer not null,
      created_by integer references account (id) on delete set null,
      expires_at integer,
      revoked_at integer,
      last_used_at integer
    );
create index token_account on token (account_id);
create index token_project on token (project_id);
create index token_namespace on token (namespace_id);
create table web_login (
      poll_digest text primary key,
      login_digest text not null unique,
      account_id integer references account (id) on delete cascade,
      created_at integer not null,
      expires_at integer not null
    );
create table package (
      id integer primary key autoincrement,
      project_id integer not null references project (id) on delete cascade,
      format text not null,
      name_key text not null,
      name text not null,
      namespace text,
      search_text text not null,
      primary_version_id integer,
      revision integer not null,
      removal_revision integer not null default 0,
      created_at integer not null,
      updated_at integer not null,
      unique (project_id, format, name_key)
    );
create index package_name on package (format, name_key);
create index package_namespace on package (format, namespace);
create table version (
      id integer primary key autoincrement,
      package_id integer not null references package (id) on delete cascade,
      version_key text not null,
      version text not null,
      manifest text not null,
      summary text,
      readme text,
      description text,
      keywords text not null default '[]',
      status text not null,
      standing text,
      standing_reason text,
      publisher_id integer references account (id) on delete set null,
      publisher text,
      publisher_email text,
      revision integer not null,
      created_at integer not null,
      updated_at integer not null,
      last_downloaded_at integer,
      downloads integer not null default 0,
      unique (package_id, version_key)
    );
create index version_revision on version (package_id, revision);
create index version_listed on version (package_id, status, created_at, version);
create table blob (
      sha256 text primary key,
      size integer not null,
      md5 text not null,
      sha1 text not null,
      sha512 text not null,
      created_at integer not null,
      orphaned_at integer,
      doomed_at integer
    );
create table file (
      id integer primary key autoincrement,
      version_id integer not null references version (id) on delete cascade,
      package_id integer not null references package (id) on delete cascade,
      name text not null,
      role text not null,
      unique_key text,
      sha256 text not null references blob (sha256),
      created_at integer not null,
      unique (package_id, unique_key)
    );
create index file_version on file (version_id, name);
create index file_package on file (package_id, name);
create index file_blob on file (sha256);
create table tag (
      package_id integer not null references package (id) on delete cascade,
      name text not null,
      version_id integer not null references version (id) on delete cascade,
      updated_at integer not null,
      primary key (package_id, name)
    );
create index tag_version on tag (version_id);
create table maintainer (
      package_id integer not null references package (id) on delete cascade,
      account_id integer not null references account (id) on delete cascade,
      may_publish integer not null default 1,
      primary key (package_id, account_id)
    );
create index maintainer_account on maintainer (account_id);
create table star (
      account_id integer not null references account (id) on delete cascade,
      package_id integer not null references package (id) on delete cascade,
      primary key (account_id, package_id)
    );
create index star_package on star (package_id);
create table audit_event (
      id integer primary key autoincrement,
      at integer not null,
      actor text not null,
      action text not null,
      project_id integer,
      subject text not null,
      details text not null default '{}'
    );
create table job (
      id integer primary key autoincrement,
      kind text not null,
      dedupe text,
      body text not null default '{}',
      run_at integer not null,
      lease_until integer,
      attempts integer not null default 0,
      last_error text,
      unique (kind, dedupe)
    );

-- 0002-files-of-formats

alter table file add column details text;
alter table package add column standing text;
alter table package add column standing_reason text;
create table removed_file (
      project_id integer not null references project (id) on delete cascade,
      format text not null,
      name_key text not null,
      unique_key text not null,
      sha256 text not null,
      removed_at integer not null,
      primary key (project_id, format, name_key, unique_key)
    );
create index version_publisher on version (publisher_id);

-- 0003-upstreams

create table upstream (
      id integer primary key autoincrement,
      namespace_id integer not null references namespace (id) on delete cascade,
      format text not null,
      name text not null,
      description text not null default '',
      url text,
      local_project_id integer references project (id) on delete cascade,
      local_namespace_id integer references namespace (id) on delete cascade,
      username text,
      password text,
      trusted_origins text not null default '[]',
      rules text not null default '[]',
      cache_validity_hours integer not null,
      metadata_cache_validity_hours integer not null,
      created_at integer not null,
      updated_at integer not null
    );
create index upstream_namespace on upstream (namespace_id, format);
create index upstream_local_project on upstream (local_project_id);
create index upstream_local_namespace on upstream (local_namespace_id);
create table virtual_registry (
      id integer primary key autoincrement,
      namespace_id integer not null references namespace (id) on delete cascade,
      format text not null,
      name text not null,
      description text not null default '',
      deploy_project_id integer references project (id) on delete set null,
      policy text not null default '{}',
      created_at integer not null,
      updated_at integer not null
    );
create index virtual_registry_namespace on virtual_registry (namespace_id, format);
create index virtual_registry_deploy on virtual_registry (deploy_project_id);
create table virtual_registry_upstream (
      id integer primary key autoincrement,
      registry_id integer not null references virtual_registry (id) on delete cascade,
      upstream_id integer not null references upstream (id) on delete cascade,
      position integer not null,
      unique (registry_id, upstream_id)
    );
create index virtual_registry_upstream_upstream on virtual_registry_upstream (upstream_id);
create table virtual_registry_root (
      registry_id integer not null references virtual_registry (id) on delete cascade,
      namespace_id integer not null references namespace (id) on delete cascade,
      primary key (registry_id, namespace_id)
    );
create index virtual_registry_root_namespace on virtual_registry_root (namespace_id);
create table project_upstream (
      project_id integer not null references project (id) on delete cascade,
      format text not null,
      upstream_id integer not null references upstream (id) on delete cascade,
      primary key (project_id, format)
    );
create index project_upstream_upstream on project_upstream (upstream_id);
create table upstream_resource (
      upstream_id integer not null references upstream (id) on delete cascade,
      resource text not null,
      outcome text not null,
      sha256 text references blob (sha256),
      head text not null default '{}',
      etag text,
      last_modified text,
      checked_at integer not null,
      changed_at integer not null,
      primary key (upstream_id, resource)
    );
create index upstream_resource_blob on upstream_resource (sha256);
create index upstream_resource_outcome on upstream_resource (upstream_id, outcome, checked_at);
create table upstream_file (
      id integer primary key autoincrement,
      upstream_id integer not null references upstream (id) on delete cascade,
      file_key text not null,
      path text not null,
      name_key text not null,
      name text not null,
      namespace text,
      version text,
      published_at integer,
      file_name text not null,
      sha256 text not null references blob (sha256),
      mutable integer not null default 0,
      etag text,
      checked_at integer not null,
      created_at integer not null,
      last_used_at integer,
      downloads integer not null default 0,
      unique (upstream_id, file_key)
    );
create index upstream_file_blob on upstream_file (sha256);
create table upstream_pin (
      upstream_id integer not null references upstream (id) on delete cascade,
      file_key text not null,
      sha256 text not null,
      first_seen_at integer not null,
      primary key (upstream_id, file_key)
    );
create table upstream_lease (
      name text primary key,
      owner text not null,
      lease_until integer not null
    );
create table name_claim (
      namespace_id integer not null references namespace (id) on delete cascade,
      format text not null,
      name_key text not null,
      namespace text,
      created_at integer not null,
      primary key (namespace_id, format, name_key)
    );
create index name_claim_namespace on name_claim (namespace_id, format, namespace);
insert into name_claim (namespace_id, format, name_key, namespace, created_at)
     select top.id, package.format, package.name_key, min(package.namespace), min(package.created_at) from package
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     join namespace top on top.parent_id is null and n.lineage like top.lineage || '%'
     group by top.id, package.format, package.name_key;

-- 0004-symbols

create index file_symbols on file (name) where role = 'symbols';

-- 0005-advisories

create table advisory (
      id integer primary key autoincrement,
      osv_id text not null unique,
      summary text not null,
      details text not null,
      severity text not null,
      cvss_score text,
      cvss_vector text,
      cwes text not null,
      aliases text not null,
      url text not null,
      published_at integer not null,
      modified_at integer not null
    );
create table advisory_package (
      format text not null,
      name_key text not null,
      advisory_id integer not null references advisory (id) on delete cascade,
      affected text not null,
      primary key (format, name_key, advisory_id)
    );
create index advisory_package_advisory on advisory_package (advisory_id);

-- 0006-name-protection

alter table name_claim add column origin text not null default 'published';
alter table name_claim add column look_alike text not null default '';
insert into name_claim (namespace_id, format, name_key, namespace, origin, created_at)
     select top.id, package.format, package.name_key, min(package.namespace), 'moved', min(package.created_at) from package
     join project p on p.id = package.project_id join namespace n on n.id = p.namespace_id
     join namespace top on top.parent_id is null and n.lineage like top.lineage || '%'
     where package.id > 0 group by top.id, package.format, package.name_key
     on conflict (namespace_id, format, name_key) do nothing;
update name_claim set look_alike = case when name_key like '@%' then lower(name_key)
       else replace(replace(replace(lower(name_key), '-', ''), '_', ''), '.', '') end;
create index name_claim_look_alike on name_claim (namespace_id, format, look_alike);
create table reserved_name (
      id integer primary key autoincrement,
      namespace_id integer not null references namespace (id) on delete cascade,
      format text not null,
      pattern text not null,
      pattern_key text not null,
      exclusive integer not null default 0,
      owner_project_id integer references project (id) on delete set null,
      owner_namespace_id integer references namespace (id) on delete set null,
      reason text not null default '',
      created_at integer not null,
      updated_at integer not null,
      unique (namespace_id, format, pattern_key)
    );
create index reserved_name_owner_project on reserved_name (owner_project_id);
create index reserved_name_owner_namespace on reserved_name (owner_namespace_id);
create table package_protection_rule (
      id integer primary key autoincrement,
      project_id integer not null references project (id) on delete cascade,
      format text not null,
      pattern text not null,
      push_level integer,
      delete_level integer,
      created_at integer not null,
      updated_at integer not null,
      unique (project_id, format, pattern)
    );
create table name_twin (
      id integer primary key autoincrement,
      namespace_id integer not null references namespace (id) on delete cascade,
      upstream_id integer not null references upstream (id) on delete cascade,
      format text not null,
      name_key text not null,
      name text not null,
      found_by text not null,
      newest_version text,
      versions integer,
      first_seen_at integer not null,
      last_seen_at integer not null,
      unique (namespace_id, upstream_id, name_key)
    );
create index name_twin_upstream on name_twin (upstream_id);
create index upstream_file_name on upstream_file (upstream_id, name_key);
create table twin_check (
      registry_id integer primary key references virtual_registry (id) on delete cascade,
      begun_at integer not null,
      finished_at integer,
      after_key text,
      asked integer not null default 0,
      failed integer not null default 0
    );

-- 0007-policy

alter table upstream_file add column license text;
create table answer_trace (
      id text primary key,
      registry_id integer references virtual_registry (id) on delete cascade,
      asked text not null,
      steps text not null,
      seen_at integer not null
    );
create index answer_trace_registry on answer_trace (registry_id);
create index answer_trace_seen on answer_trace (seen_at);
create table hidden_version (
      id integer primary key autoincrement,
      registry_id integer not null references virtual_registry (id) on delete cascade,
      upstream_id integer not null references upstream (id) on delete cascade,
      name_key text not null,
      name text not null,
      version text not null,
      rule text not null,
      reason text not null,
      dry_run integer not null,
      first_seen_at integer not null,
      last_seen_at integer not null,
      times integer not null,
      unique (registry_id, upstream_id, name_key, version, rule)
    );
create index hidden_version_seen on hidden_version (registry_id, last_seen_at);
create index hidden_version_upstream on hidden_version (upstream_id);

-- 0008-request-forwarding

create table request_forwarding (
      id integer primary key autoincrement,
      place text not null,
      namespace_id integer references namespace (id) on delete cascade,
      project_id integer references project (id) on delete cascade,
      format text not null,
      forwards integer,
      locked integer not null default 0,
      unique (place, format)
    );
create index request_forwarding_namespace on request_forwarding (namespace_id);
create index request_forwarding_project on request_forwarding (project_id);

-- 0009-cache-cleanup

alter table upstream_resource add column used_at integer;
create table cache_cleanup_policy (
      namespace_id integer primary key references namespace (id) on delete cascade,
      enabled integer not null,
      cadence_days integer not null,
      keep_days integer not null,
      notify_on_success integer not null,
      notify_on_failure integer not null,
      next_run_at integer,
      last_run_at integer,
      last_run text not null default '{}',
      status text not null,
      failure_message text,
      created_at integer not null,
      updated_at integer not null
    );
