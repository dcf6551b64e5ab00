import type { FileListItem } from '../../catalog/file-list.ts';
import type { PackageListItem, VersionTag } from '../../catalog/package-list.ts';
import { encodedPath } from '../../lib/encoded-path.ts';
import { isoTime, isoTimeOrNull } from '../times.ts';

/** GitLab's package object: one version. */
export function presentPackage(
  item: PackageListItem,
  of: {
    readonly tags: readonly VersionTag[];
    readonly mayDelete: boolean;
    readonly origin: string;
    readonly packageType: string;
  },
) {
  const deletePath = `${of.origin}/api/v4/projects/${item.projectId}/packages/${item.id}`;
  return {
    id: item.id,
    name: item.name,
    version: item.version === '' ? null : item.version,
    package_type: of.packageType,
    status: item.status,
    _links: {
      web_path: `/${item.projectPath}/-/packages/${item.id}`,
      ...(of.mayDelete ? { delete_api_path: deletePath } : {}),
    },
    created_at: isoTime(item.createdAt),
    last_downloaded_at: isoTimeOrNull(item.lastDownloadedAt),
    tags: presentTags(item.id, of.tags),
    pipelines: [],
  };
}

/** Tags have no number of their own here; the version's stands in for it. */
export function presentTags(versionId: number, tags: readonly VersionTag[]) {
  return tags
    .filter((tag) => tag.versionId === versionId)
    .map(({ name, updatedAt }) => ({
      id: versionId,
      package_id: versionId,
      name,
      created_at: isoTime(updatedAt),
      updated_at: isoTime(updatedAt),
    }));
}

export function presentOtherVersion(
  version: { readonly id: number; readonly version: string; readonly createdAt: number },
  tags: readonly VersionTag[],
) {
  return {
    id: version.id,
    version: version.version,
    created_at: isoTime(version.createdAt),
    tags: presentTags(version.id, tags),
    pipelines: [],
  };
}

export function presentFile(file: FileListItem, versionId: number) {
  return {
    id: file.id,
    package_id: versionId,
    created_at: isoTime(file.createdAt),
    file_name: encodedPath(file.name),
    size: file.size,
    file_md5: file.md5,
    file_sha1: file.sha1,
    file_sha256: file.sha256,
    file_sha512: file.sha512,
    pipelines: [],
  };
}
