import type { SourcePackage } from '../../registry/model.ts';
import type { DocumentKind, RegistryPort } from '../format.ts';
import { type ArtifactMetadata, artifactMetadata, type PluginPrefix } from './artifact-metadata.ts';
import { nameOf } from './path.ts';
import type { PluginDetails } from './plugin-descriptor.ts';

/** By this word the catalogue finds plugins. */
export const pluginKeyword = 'maven-plugin';

/** Plugins of one group, at most. */
const most = 500;

/** What one plugin adds to its group's `maven-metadata.xml`. */
const pluginEntry: DocumentKind<ArtifactMetadata> = {
  ...artifactMetadata,
  id: 'maven-plugin-1',
  build(source) {
    const plugins = prefixesOf(source);
    return { groupId: null, artifactId: null, versions: [], lastUpdated: source.updatedAt, plugins };
  },
};

/** The prefix that the newest version with one has. */
function prefixesOf({ nameKey, versions }: SourcePackage): PluginPrefix[] {
  const artifactId = nameKey.slice(nameKey.lastIndexOf('/') + 1);
  for (const { files, status } of versions.toReversed()) {
    const details = status === 'hidden' ? undefined : files.findLast((file) => file.details !== null)?.details;
    if (typeof details === 'string') return [{ ...(JSON.parse(details) as PluginDetails).plugin, artifactId }];
  }
  return [];
}

/** What the plugins of a group say together; `null` when it has none. */
export async function groupPlugins(
  registry: RegistryPort,
  folder: readonly string[],
): Promise<ArtifactMetadata | null> {
  if (!(await hasArtifacts(registry, folder))) return null;
  const { hits } = await registry.search({
    words: [],
    namespace: folder.join('.'),
    keywords: [pluginKeyword],
    limit: most,
    offset: 0,
  });
  const below = `${folder.join('/')}/`;
  const entries: ArtifactMetadata[] = [];
  for (const name of new Set(hits.map((hit) => hit.name).filter((name) => name.startsWith(below)))) {
    const entry = await registry.contents(pluginEntry, nameOf(name.split('/')));
    if (entry !== null && entry.plugins.length > 0) entries.push(entry);
  }
  return entries.length === 0 ? null : pluginEntry.merge(entries);
}

/** Cheaper than a search: most folders are artifacts, and nothing lies below them. */
async function hasArtifacts(registry: RegistryPort, folder: readonly string[]): Promise<boolean> {
  const below = `${folder.join('/')}/`;
  const [next] = await registry.names({ after: below, limit: 1 });
  return next?.key.startsWith(below) === true;
}
