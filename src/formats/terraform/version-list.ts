import type { DocumentKind } from '../format.ts';
import type { ArchiveKind } from './module-archive.ts';
import type { ModuleManifest } from './module-manifest.ts';
import { compareVersions } from './versions-order.ts';

export interface ListedVersion extends ModuleManifest {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number | null;
  /** `null` = another registry has it, which tells with the archive. */
  readonly archive: ArchiveKind | null;
  /** The project that it lies in; 0 when that is unknown. */
  readonly projectId: number;
}

/** Versions of a module, the lowest first. */
export interface VersionList {
  /** `name/system`. */
  readonly name: string;
  readonly versions: readonly ListedVersion[];
}

/** What the manifest of a version holds. */
export interface StoredModule extends ModuleManifest {
  readonly archive: ArchiveKind;
}

interface WireVersion extends ModuleManifest {
  readonly version: string;
  readonly published_at: string | null;
  readonly archive: ArchiveKind | null;
  readonly project_id: number;
}

/**
 * `GET …/:name/:system/versions`. Terraform reads `modules[0].versions[].version` alone.
 * https://developer.hashicorp.com/terraform/internals/module-registry-protocol#list-available-versions-for-a-specific-module
 */
export const moduleVersions: DocumentKind<VersionList> = {
  id: 'terraform-module-versions-1',
  reads: 'manifest',
  build: ({ name, projectId, versions }) => ({
    name,
    versions: sorted(
      versions
        .filter(({ status }) => status !== 'hidden')
        .map(({ version, publishedAt, fragment }) => {
          const { archive, root, submodules } = JSON.parse(fragment) as StoredModule;
          return { version, publishedAt, archive, projectId, root, submodules };
        }),
    ),
  }),
  parse(text) {
    const { modules } = JSON.parse(text) as { modules: { name: string; versions: WireVersion[] }[] };
    const [module] = modules;
    return { name: module?.name ?? '', versions: (module?.versions ?? []).map(fromWire) };
  },
  versions: ({ versions }) => versions,
  keep: ({ name, versions }, kept) => ({ name, versions: versions.filter(({ version }) => kept.has(version)) }),
  merge(lists) {
    const found = new Map<string, ListedVersion>();
    for (const one of lists.flatMap(({ versions }) => versions)) {
      const known = found.get(one.version) ?? one;
      found.set(one.version, { ...known, publishedAt: known.publishedAt ?? one.publishedAt });
    }
    return { name: lists[0]?.name ?? '', versions: sorted([...found.values()]) };
  },
  render({ name, versions }, { base }) {
    const projectId = versions.at(-1)?.projectId ?? 0;
    const module = { name, versions: versions.map(toWire), source: sourceOf(base, projectId, name) };
    return { mediaType: 'application/json', parts: [JSON.stringify({ modules: [module] })] };
  },
};

function sorted(versions: readonly ListedVersion[]): ListedVersion[] {
  return versions.toSorted((a, b) => compareVersions(a.version, b.version));
}

function toWire({ version, publishedAt, archive, projectId, root, submodules }: ListedVersion): WireVersion {
  const time = publishedAt === null ? null : new Date(publishedAt).toISOString();
  return { version, published_at: time, archive, project_id: projectId, root, submodules };
}

function fromWire({
  version,
  published_at: time,
  archive,
  project_id: projectId,
  root,
  submodules,
}: WireVersion): ListedVersion {
  return { version, publishedAt: time === null ? null : Date.parse(time), archive, projectId, root, submodules };
}

/** Where the module can be had without the registry protocol: its project's download URL. `null` = in no project. */
export function sourceOf(base: string, projectId: number, name: string): string | null {
  if (projectId === 0) return null;
  const api = base.slice(0, base.indexOf('/api/v4') + '/api/v4'.length);
  return `${api}/projects/${projectId}/packages/terraform/modules/${name}`;
}
