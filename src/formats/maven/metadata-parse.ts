import { InvalidXml } from '../../lib/invalid-xml.ts';
import { child, children, readXml, textOf, type XmlElement } from '../../lib/xml-reader.ts';
import type { ArtifactMetadata, ListedVersion, PluginPrefix } from './artifact-metadata.ts';
import type { SnapshotFile, SnapshotMetadata } from './snapshot-metadata.ts';
import { isVersionFolder } from './path.ts';
import { readCompactTime } from './times.ts';

const limits = { bytes: 16 * 1024 ** 2, nodes: 1_000_000 };

function rootOf(text: string): XmlElement | null {
  if (text.trim() === '') return null;
  const root = readXml(Buffer.from(text), limits);
  // A page to sign in is no list without versions.
  if (root.name !== 'metadata') throw new InvalidXml('the document is no metadata');
  return root;
}

/** Reads what another repository says of an artifact or group. Throws `InvalidXml`. */
export function parseArtifactMetadata(text: string): ArtifactMetadata {
  const root = rootOf(text);
  const versioning = root === null ? undefined : child(root, 'versioning');
  const listed = versioning === undefined ? undefined : child(versioning, 'versions');
  const names = listed === undefined ? [] : children(listed, 'version').map(({ text }) => text.trim());
  return {
    groupId: textAt(root, 'groupId'),
    artifactId: textAt(root, 'artifactId'),
    versions: [...new Set(names)]
      .filter(isVersionFolder)
      .map((version): ListedVersion => ({ version, publishedAt: null })),
    lastUpdated: readCompactTime(textAt(root, 'versioning', 'lastUpdated') ?? ''),
    plugins: parsePlugins(root),
  };
}

function parsePlugins(root: XmlElement | null): PluginPrefix[] {
  const list = root === null ? undefined : child(root, 'plugins');
  return (list === undefined ? [] : children(list, 'plugin')).flatMap((plugin) => {
    const [prefix, artifactId] = [textOf(plugin, 'prefix'), textOf(plugin, 'artifactId')];
    if (prefix === undefined || artifactId === undefined) return [];
    return [{ prefix, artifactId, name: textOf(plugin, 'name') ?? artifactId }];
  });
}

/** Reads what another repository says of a snapshot version. Throws `InvalidXml`. */
export function parseSnapshotMetadata(text: string): SnapshotMetadata {
  const root = rootOf(text);
  const timestamp = textAt(root, 'versioning', 'snapshot', 'timestamp');
  const number = Number(textAt(root, 'versioning', 'snapshot', 'buildNumber'));
  return {
    groupId: textAt(root, 'groupId'),
    artifactId: textAt(root, 'artifactId'),
    version: textAt(root, 'version'),
    publishedAt: null,
    snapshot: timestamp !== null && Number.isSafeInteger(number) ? { timestamp, number } : null,
    files: parseFiles(root),
  };
}

function parseFiles(root: XmlElement | null): SnapshotFile[] {
  const versioning = root === null ? undefined : child(root, 'versioning');
  const list = versioning === undefined ? undefined : child(versioning, 'snapshotVersions');
  return (list === undefined ? [] : children(list, 'snapshotVersion')).flatMap((entry) => {
    const [extension, value] = [textOf(entry, 'extension'), textOf(entry, 'value')];
    if (extension === undefined || value === undefined) return [];
    return [
      { classifier: textOf(entry, 'classifier') ?? '', extension, value, updated: textOf(entry, 'updated') ?? '' },
    ];
  });
}

function textAt(root: XmlElement | null, ...path: readonly string[]): string | null {
  const text = root === null ? undefined : textOf(root, ...path);
  return text === undefined || text === '' ? null : text;
}
