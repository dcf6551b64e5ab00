import type { SourceFile } from '../../../registry/model.ts';
import type { DocumentKind } from '../../format.ts';
import { compareVersions } from '../versions-order.ts';
import type { ArchiveDetails } from './provider-archive.ts';

export interface Platform extends ArchiveDetails {
  readonly fileName: string;
  /** Hex; `null` = it stands in `SHA256SUMS` of the registry that has it. */
  readonly sha256: string | null;
  /** `null` = another registry has it. */
  readonly size: number | null;
}

export interface ProviderVersion {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number | null;
  /** Of the plugin protocol: `5.0`. */
  readonly protocols: readonly string[];
  readonly platforms: readonly Platform[];
}

/** Released versions of a provider, the lowest first. */
export interface ProviderList {
  readonly name: string;
  readonly versions: readonly ProviderVersion[];
}

/** The manifest of a version: what was released. */
export interface ReleaseManifest {
  readonly protocols: readonly string[];
  /** Names of the archives that were there at the release; `null` = whatever there is (mirrored providers). */
  readonly archives: readonly string[] | null;
}

interface WirePlatform {
  readonly os: string;
  readonly arch: string;
  readonly filename: string;
  readonly shasum: string | null;
  readonly size: number | null;
  readonly h1: string | null;
}

interface WireVersion {
  readonly version: string;
  readonly published_at: string | null;
  readonly protocols: readonly string[];
  readonly platforms: readonly WirePlatform[];
}

/**
 * `GET …/:namespace/:type/versions`. Clients read version, protocols, os and arch.
 * https://developer.hashicorp.com/terraform/internals/provider-registry-protocol#list-available-versions
 */
export const providerVersions: DocumentKind<ProviderList> = {
  id: 'terraform-provider-versions-1',
  reads: 'manifest',
  readsFiles: true,
  build: ({ name, versions }) => ({
    name,
    versions: sorted(
      versions
        .filter(({ status }) => status !== 'hidden')
        .map(({ version, publishedAt, fragment, files }) => {
          const { protocols, archives } = JSON.parse(fragment) as ReleaseManifest;
          return { version, publishedAt, protocols, platforms: platformsOf(files, archives) };
        }),
    ),
  }),
  parse(text) {
    const { id, versions } = JSON.parse(text) as { id: string; versions: WireVersion[] };
    return { name: id, versions: versions.map(fromWire) };
  },
  versions: ({ versions }) => versions,
  keep: ({ name, versions }, kept) => ({ name, versions: versions.filter(({ version }) => kept.has(version)) }),
  merge(lists) {
    const found = new Map<string, ProviderVersion>();
    for (const one of lists.flatMap(({ versions }) => versions)) {
      const known = found.get(one.version) ?? one;
      found.set(one.version, { ...known, publishedAt: known.publishedAt ?? one.publishedAt });
    }
    return { name: lists[0]?.name ?? '', versions: sorted([...found.values()]) };
  },
  render: ({ name, versions }) => ({
    mediaType: 'application/json',
    parts: [JSON.stringify({ id: name, versions: versions.map(toWire), warnings: null })],
  }),
};

/** The archives among a version's files; `released`: names of those that belong to it, `null` = all. */
export function platformsOf(files: readonly SourceFile[], released: readonly string[] | null): readonly Platform[] {
  return files.filter(({ name }) => released === null || released.includes(name)).flatMap(platformOf);
}

/** The archive of a platform; other files are none. */
function platformOf({ name, role, digests, size, details }: SourceFile): Platform[] {
  if (role !== 'archive' || details === null) return [];
  const { os, arch, h1 } = JSON.parse(details) as ArchiveDetails;
  return [{ os, arch, h1, fileName: name, sha256: digests.sha256, size }];
}

function sorted(versions: readonly ProviderVersion[]): ProviderVersion[] {
  return versions.toSorted((a, b) => compareVersions(a.version, b.version));
}

function toWire({ version, publishedAt, protocols, platforms }: ProviderVersion): WireVersion {
  return {
    version,
    published_at: publishedAt === null ? null : new Date(publishedAt).toISOString(),
    protocols,
    platforms: platforms.map(({ os, arch, fileName, sha256, size, h1 }) => {
      return { os, arch, filename: fileName, shasum: sha256, size, h1 };
    }),
  };
}

function fromWire({ version, published_at: time, protocols, platforms }: WireVersion): ProviderVersion {
  return {
    version,
    publishedAt: time === null ? null : Date.parse(time),
    protocols,
    platforms: platforms.map(({ os, arch, filename, shasum, size, h1 }) => {
      return { os, arch, h1, fileName: filename, sha256: shasum, size };
    }),
  };
}
