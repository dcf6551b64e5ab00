import type { DocumentKind } from '../format.ts';
import type { ArchiveKind } from './module-archive.ts';
import type { StoredModule } from './version-list.ts';

/** What must be known of a version's archive to ask for it. */
export interface ModuleLocation {
  readonly version: string;
  /** Milliseconds since the epoch. */
  readonly publishedAt: number | null;
  readonly archive: ArchiveKind;
  /** The folder in the archive that is the module, `''` = all of it. */
  readonly folder: string;
}

/** One, or none. */
export interface ModuleLocations {
  readonly locations: readonly ModuleLocation[];
}

/** A kind of document about one version. */
export interface LocationKind extends DocumentKind<ModuleLocations> {
  readonly version: string;
}

/** Where the archive of one version is, and what: other registries tell it of one version at a time. */
export function moduleLocation(version: string): LocationKind {
  return {
    id: `terraform-module-location-1 ${version}`,
    version,
    reads: 'manifest',
    build: ({ versions }) => ({
      locations: versions
        .filter((one) => one.version === version && one.status !== 'hidden')
        .map(({ publishedAt, fragment }) => {
          const { archive } = JSON.parse(fragment) as StoredModule;
          return { version, publishedAt, archive, folder: '' };
        }),
    }),
    parse: (text) => JSON.parse(text) as ModuleLocations,
    versions: ({ locations }) => locations,
    keep: ({ locations }, kept) => ({ locations: locations.filter((one) => kept.has(one.version)) }),
    merge: (documents) => ({ locations: documents.flatMap(({ locations }) => locations).slice(0, 1) }),
    render: (document) => ({ mediaType: 'application/json', parts: [JSON.stringify(document)] }),
  };
}

export function isLocationKind(kind: DocumentKind): kind is LocationKind {
  return kind.id.startsWith('terraform-module-location-1 ') && 'version' in kind;
}
