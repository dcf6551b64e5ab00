import type { CachedFile } from '../../catalog/upstream-files.ts';
import type { Upstream } from '../../catalog/upstreams.ts';
import type { Association, VirtualRegistry } from '../../catalog/virtual-registries.ts';
import { readPolicy, readRules } from '../../policy/upstream-policy.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';
import { kindOf } from './upstream-credentials.ts';

export function presentRegistry(registry: VirtualRegistry) {
  const policy = readPolicy(registry.policy);
  return {
    id: registry.id,
    group_id: registry.namespaceId,
    name: registry.name,
    description: registry.description,
    deploy_project_id: registry.deployProjectId,
    minimum_release_age_hours: policy.minimumReleaseAgeHours,
    unknown_release_date: policy.unknownReleaseDate,
    unknown_license: policy.unknownLicense,
    freeze_after: isoTimeOrNull(policy.freezeAfter),
    exemptions: policy.exemptions.map(({ expiresAt, ...exempt }) => ({
      ...exempt,
      expires_at: isoTimeOrNull(expiresAt),
    })),
    advisory_action: policy.advisoryAction,
    advisory_minimum_severity: policy.advisoryMinimumSeverity,
    advisory_exemptions: policy.advisoryExemptions.map(({ expiresAt, ...exempt }) => ({
      ...exempt,
      expires_at: isoTimeOrNull(expiresAt),
    })),
    shared_names: policy.sharedNames,
    check_public_twins: policy.checkPublicTwins,
    policy_dry_run: policy.dryRun,
    created_at: isoTime(registry.createdAt),
    updated_at: isoTime(registry.updatedAt),
  };
}

export function presentUpstream(upstream: Upstream) {
  return {
    id: upstream.id,
    group_id: upstream.namespaceId,
    name: upstream.name,
    description: upstream.description,
    url: urlOf(upstream),
    // Neither password nor token is ever shown.
    username: upstream.username,
    credentials: kindOf(upstream),
    cache_validity_hours: upstream.cacheValidityHours,
    metadata_cache_validity_hours: upstream.metadataCacheValidityHours,
    trusted_origins: JSON.parse(upstream.trustedOrigins) as string[],
    rules: readRules(upstream.rules),
    created_at: isoTime(upstream.createdAt),
    updated_at: isoTime(upstream.updatedAt),
  };
}

function urlOf({ url, localProjectId, localNamespaceId }: Upstream): string {
  if (url !== null) return url;
  return localProjectId === null ? `gid://gitlab/Group/${localNamespaceId}` : `gid://gitlab/Project/${localProjectId}`;
}

export function presentAssociation({ id, registryId, upstreamId, position }: Association) {
  return { id, registry_id: registryId, upstream_id: upstreamId, position };
}

export function presentEntry(file: CachedFile, groupId: number) {
  return {
    id: entryId(file),
    group_id: groupId,
    upstream_id: file.upstreamId,
    relative_path: file.path,
    size: file.size,
    file_md5: file.digests.md5,
    file_sha1: file.digests.sha1,
    file_sha256: file.digests.sha256,
    content_type: 'application/octet-stream',
    upstream_etag: file.etag,
    upstream_checked_at: isoTime(file.checkedAt),
    downloads_count: file.downloads,
    downloaded_at: isoTimeOrNull(file.lastUsedAt),
    created_at: isoTime(file.createdAt),
    updated_at: isoTime(file.checkedAt),
  };
}

/** GitLab's ids of entries are text. */
function entryId({ id }: CachedFile): string {
  return Buffer.from(`cache_entry ${id}`).toString('base64url');
}

/** The number in such an id; `null` when it is none. */
export function fileIdIn(id: string): number | null {
  const found = /^cache_entry (\d{1,15})$/.exec(Buffer.from(id, 'base64url').toString('utf8'));
  return found === null ? null : Number(found[1]);
}
