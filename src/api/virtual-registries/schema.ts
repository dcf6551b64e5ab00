import { Type } from 'typebox';
import { id, listOf, nullable, reference, rowId, search, text, timestamp } from '../fields.ts';
import { pageQuery } from '../page.ts';

const format = text('Id of the package format: `npm`, `maven`.', { min: 1, max: 50, examples: ['npm'] });

export const ofGroup = Type.Object({ id: reference('group'), format });
export const ofRow = Type.Object({ format, id: rowId('Its number.') });
export const formatOnly = Type.Object({ format });
export const ofTrace = Type.Object({
  format,
  id: rowId('Number of the virtual registry.'),
  trace_id: text('What `X-Packyard-Trace` said.', { max: 64 }),
});
export const ofEntry = Type.Object({ format, id: text('The `id` of the entry.') });

const rule = Type.Object({
  kind: Type.Enum(['allow', 'deny'], { description: 'Deny wins; once there is an allow rule, the rest is denied.' }),
  name: text('Name of the package; `*` stands for any text.', { min: 1, examples: ['left-*'] }),
  version: Type.Optional(nullable(text('Version; `*` stands for any text. Left out: all.'))),
  license: Type.Optional(
    nullable(
      text('License (SPDX) by name; `*` stands for any text. Left out: whatever it is.', { examples: ['*GPL-3.0*'] }),
    ),
  ),
});
const exemption = Type.Object({
  name: text('Name of the package.', { min: 1 }),
  version: text('The one version that is let through.', { min: 1 }),
  reason: text('Why.', { min: 1, max: 1024 }),
  expires_at: Type.Optional(nullable(text('When it ends; left out: never.', { max: 40 }))),
});

const advisoryExemption = Type.Object({
  id: text('The advisory, by its id or another id of the same vulnerability.', { min: 1, max: 100 }),
  name: Type.Optional(nullable(text('Package (`*` stands for any text); left out: every one.', { min: 1 }))),
  version: Type.Optional(nullable(text('The one version; left out: every one.', { min: 1 }))),
  reason: text('Why.', { min: 1, max: 1024 }),
  expires_at: Type.Optional(nullable(text('When it ends; left out: never.', { max: 40 }))),
});

const policy = {
  minimum_release_age_hours: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 24 * 366,
      description: 'How old a version of an upstream must be before it is shown; 0 = any.',
    }),
  ),
  unknown_release_date: Type.Optional(
    Type.Enum(['deny', 'allow'], {
      description: 'What becomes of versions whose date the upstream does not tell, where age matters.',
    }),
  ),
  unknown_license: Type.Optional(
    Type.Enum(['deny', 'allow'], {
      description: 'What becomes of versions whose license the upstream does not tell, where rules name licenses.',
    }),
  ),
  advisory_action: Type.Optional(
    Type.Enum(['none', 'warn', 'block'], {
      description: 'What becomes of versions of upstreams that advisories speak of.',
    }),
  ),
  advisory_minimum_severity: Type.Optional(
    Type.Enum(['low', 'moderate', 'high', 'critical'], {
      description: 'Advisories below it do not count. Those of malicious packages are always critical.',
    }),
  ),
  advisory_exemptions: Type.Optional(
    Type.Array(advisoryExemption, { maxItems: 100, description: 'Advisories that are passed over.' }),
  ),
  freeze_after: Type.Optional(
    nullable(text('Versions of upstreams that were published later do not exist; null = all do.', { max: 40 })),
  ),
  exemptions: Type.Optional(
    Type.Array(exemption, { maxItems: 100, description: 'Versions that are let through in spite of their age.' }),
  ),
  shared_names: Type.Optional(
    Type.Array(text('Name; `*` stands for any text.', { min: 1 }), {
      maxItems: 100,
      description: 'Names of ours that upstreams may be asked for all the same.',
    }),
  ),
  check_public_twins: Type.Optional(
    Type.Boolean({
      description:
        'Asks the upstreams for every name of the group once a day, and raises an alarm for those that they have too. That tells them the names.',
    }),
  ),
  policy_dry_run: Type.Optional(Type.Boolean({ description: 'Hides nothing; the explanation says what it would.' })),
};

const registryText = {
  description: Type.Optional(nullable(text('What it is for.', { max: 1024 }))),
  deploy_project_id: Type.Optional(nullable(rowId('Project that gets what is published through the registry.'))),
  ...policy,
};
export const newRegistry = Type.Object({ name: text('Name.', { min: 1 }), ...registryText });
export const registryChanges = Type.Object({ name: Type.Optional(text('Name.', { min: 1 })), ...registryText });

const upstreamText = {
  description: Type.Optional(nullable(text('What it is for.', { max: 1024 }))),
  username: Type.Optional(nullable(text('User name there.', { max: 510 }))),
  password: Type.Optional(nullable(text('Password there; never shown again.', { max: 510 }))),
  token: Type.Optional(
    nullable(
      text('Sent as `Authorization: Bearer` in the place of user name and password; never shown again.', { max: 2000 }),
    ),
  ),
  cache_validity_hours: Type.Optional(
    Type.Integer({
      minimum: 0,
      maximum: 24 * 366,
      description: 'When files that may change are looked at again; 0 = never.',
    }),
  ),
  metadata_cache_validity_hours: Type.Optional(
    Type.Integer({ minimum: 1, maximum: 24 * 366, description: 'When documents are looked at again.' }),
  ),
  trusted_origins: Type.Optional(
    Type.Array(text('`https://files.example.com`.'), {
      maxItems: 20,
      description: 'Further origins that its documents may name for files; credentials are not sent there.',
    }),
  ),
  rules: Type.Optional(Type.Array(rule, { maxItems: 20, description: 'What it may be asked for.' })),
};
const url = text('Base URL of the registry, or `gid://gitlab/Project/1` or `gid://gitlab/Group/1` for packages here.', {
  min: 1,
  examples: ['https://registry.example.com'],
});
export const newUpstream = Type.Object({
  name: Type.Optional(text('Name; the host when left out.', { min: 1 })),
  url,
  ...upstreamText,
});
export const upstreamChanges = Type.Object({
  name: Type.Optional(text('Name.', { min: 1 })),
  url: Type.Optional(url),
  ...upstreamText,
});
export const upstreamTest = Type.Object({
  url,
  username: upstreamText.username,
  password: upstreamText.password,
  token: upstreamText.token,
});
export const savedUpstreamTest = Type.Object({
  url: Type.Optional(url),
  username: upstreamText.username,
  password: upstreamText.password,
  token: upstreamText.token,
});

export const upstreamsQuery = Type.Object({ upstream_name: Type.Optional(search), ...pageQuery });
export const entriesQuery = Type.Object({ search: Type.Optional(search), ...pageQuery });

export const newAssociation = Type.Object({
  registry_id: rowId('Virtual registry.'),
  upstream_id: rowId('Upstream of the same group and format.'),
});
export const associationChanges = Type.Object({
  position: Type.Integer({ minimum: 1, maximum: 20, description: 'Place in the order, from 1.' }),
});

export const explainQuery = Type.Object({
  package: Type.Optional(text('Name of the package; required.', { min: 1, max: 512 })),
});

export const registryUpstream = Type.Object({ id, registry_id: id, upstream_id: id, position: Type.Integer() });
export const registrySchema = Type.Object(
  {
    id,
    group_id: id,
    name: Type.String(),
    description: nullable(Type.String()),
    deploy_project_id: nullable(id),
    minimum_release_age_hours: Type.Integer(),
    unknown_release_date: Type.String(),
    unknown_license: Type.String(),
    advisory_action: Type.String(),
    advisory_minimum_severity: Type.String(),
    advisory_exemptions: Type.Array(advisoryExemption),
    freeze_after: nullable(timestamp),
    exemptions: Type.Array(exemption),
    shared_names: Type.Array(Type.String()),
    check_public_twins: Type.Boolean(),
    policy_dry_run: Type.Boolean(),
    created_at: timestamp,
    updated_at: timestamp,
    registry_upstreams: Type.Optional(listOf(registryUpstream)),
  },
  { title: 'VirtualRegistry' },
);
export const upstreamSchema = Type.Object(
  {
    id,
    group_id: id,
    name: Type.String(),
    description: nullable(Type.String()),
    url: Type.String(),
    username: nullable(Type.String()),
    credentials: Type.Enum(['none', 'password', 'token'], {
      description: 'Which kind is kept; neither password nor token is ever shown.',
    }),
    cache_validity_hours: Type.Integer(),
    metadata_cache_validity_hours: Type.Integer(),
    trusted_origins: Type.Array(Type.String()),
    rules: Type.Array(rule),
    created_at: timestamp,
    updated_at: timestamp,
    registry_upstreams: Type.Optional(listOf(registryUpstream)),
    registry_upstream: Type.Optional(registryUpstream),
  },
  { title: 'VirtualRegistryUpstream' },
);
export const entrySchema = Type.Object(
  {
    id: Type.String(),
    group_id: id,
    upstream_id: id,
    relative_path: Type.String(),
    size: Type.Integer(),
    file_md5: nullable(Type.String()),
    file_sha1: Type.String(),
    file_sha256: Type.String(),
    content_type: Type.String(),
    upstream_etag: nullable(Type.String()),
    upstream_checked_at: timestamp,
    downloads_count: Type.Integer(),
    downloaded_at: nullable(timestamp),
    created_at: timestamp,
    updated_at: timestamp,
  },
  { title: 'VirtualRegistryCacheEntry' },
);
export const testSchema = Type.Object({ success: Type.Boolean(), result: Type.Optional(Type.String()) });
