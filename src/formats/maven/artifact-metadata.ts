import type { DocumentKind } from '../format.ts';
import { compareMavenVersions } from './comparable-version.ts';
import { isComplete } from './completeness.ts';
import { renderArtifactMetadata } from './metadata-xml.ts';
import { parseArtifactMetadata } from './metadata-parse.ts';

export interface ListedVersion {
  readonly version: string;
  /** Milliseconds since the epoch; `null` when unknown. */
  readonly publishedAt: number | null;
  /** Of other repositories' versions, where their POM says so. */
  readonly license?: string | null;
}

/** A plugin's short name, as `mvn hello:goal` says it. */
export interface PluginPrefix {
  readonly prefix: string;
  readonly artifactId: string;
  readonly name: string;
}

/**
 * `maven-metadata.xml` of an artifact (versions) or of a group (plugins); one folder can be both.
 * https://maven.apache.org/ref/current/maven-repository-metadata/repository-metadata.html
 */
export interface ArtifactMetadata {
  readonly groupId: string | null;
  readonly artifactId: string | null;
  /** Oldest first, as Maven orders them. */
  readonly versions: readonly ListedVersion[];
  /** Milliseconds since the epoch. */
  readonly lastUpdated: number | null;
  readonly plugins: readonly PluginPrefix[];
}

export const artifactMetadata: DocumentKind<ArtifactMetadata> = {
  id: 'maven-artifact-1',
  reads: 'summary',
  readsFiles: true,
  build({ nameKey, versions, updatedAt }) {
    const folder = nameKey.split('/');
    const artifactId = folder.at(-1) ?? '';
    const listed = versions
      .filter((version) => version.status !== 'hidden' && isComplete(artifactId, version))
      .map(({ version, publishedAt }) => ({ version, publishedAt }));
    const groupId = folder.slice(0, -1).join('.');
    return { groupId, artifactId, versions: inOrder(listed), lastUpdated: updatedAt, plugins: [] };
  },
  parse: parseArtifactMetadata,
  versions: ({ versions }) => versions,
  keep: (doc, kept) => ({ ...doc, versions: doc.versions.filter(({ version }) => kept.has(version)) }),
  merge: mergeArtifactMetadata,
  render: renderArtifactMetadata,
};

/** Versions that Maven calls equal stay in the order in which they came. */
export function inOrder(versions: readonly ListedVersion[]): ListedVersion[] {
  return [...versions].sort((a, b) => compareMavenVersions(a.version, b.version));
}

/** Union of the versions; the first that has a prefix wins it. */
export function mergeArtifactMetadata(docs: readonly ArtifactMetadata[]): ArtifactMetadata {
  const [only] = docs;
  if (docs.length === 1 && only !== undefined) return only;
  const versions = new Map<string, ListedVersion>();
  const plugins = new Map<string, PluginPrefix>();
  for (const doc of docs) {
    for (const { version, publishedAt } of doc.versions) {
      const known = versions.get(version);
      versions.set(version, { ...known, version, publishedAt: known?.publishedAt ?? publishedAt });
    }
    for (const plugin of doc.plugins) if (!plugins.has(plugin.prefix)) plugins.set(plugin.prefix, plugin);
  }
  const times = docs.flatMap(({ lastUpdated }) => lastUpdated ?? []);
  return {
    groupId: docs.find(({ groupId }) => groupId !== null)?.groupId ?? null,
    artifactId: docs.find(({ artifactId }) => artifactId !== null)?.artifactId ?? null,
    versions: inOrder([...versions.values()]),
    lastUpdated: times.length === 0 ? null : Math.max(...times),
    plugins: [...plugins.values()],
  };
}
