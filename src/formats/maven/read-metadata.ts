import { Problem, problem } from '../../problems/problem.ts';
import type { Name } from '../../registry/model.ts';
import type { DocumentKind, RegistryPort, RenderedDocument } from '../format.ts';
import { artifactMetadata, mergeArtifactMetadata } from './artifact-metadata.ts';
import { isSnapshot } from './file-name.ts';
import { renderArtifactMetadata } from './metadata-xml.ts';
import { type MetadataPath, nameOf } from './path.ts';
import { groupPlugins } from './plugin-prefixes.ts';
import { snapshotMetadata } from './snapshot-metadata.ts';

export interface Metadata {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
}

/** `maven-metadata.xml` of a folder as the mount shows it; `file-not-found` when there is nothing to say. */
export async function readMetadata(registry: RegistryPort, { folder }: MetadataPath): Promise<Metadata> {
  const last = folder.at(-1) ?? '';
  const found = isSnapshot(last)
    ? await rendered(registry, snapshotMetadata(last), nameOf(folder.slice(0, -1)))
    : await readFolder(registry, folder);
  if (found !== null) return found;
  throw problem('file-not-found', `There is no maven-metadata.xml for ${folder.join('/')} here.`);
}

/** A folder can be an artifact, a group of plugins, or both. */
async function readFolder(registry: RegistryPort, folder: readonly string[]): Promise<Metadata | null> {
  const name = nameOf(folder);
  const artifact = await rendered(registry, artifactMetadata, name).catch(unauthenticated);
  const group = await groupPlugins(registry, folder);
  if (artifact instanceof Problem && group === null) throw artifact;
  if (group === null) return artifact instanceof Problem ? null : artifact;
  const versions = artifact instanceof Problem ? null : await registry.contents(artifactMetadata, name);
  const both = versions === null ? group : mergeArtifactMetadata([versions, group]);
  const { mediaType, parts } = renderArtifactMetadata(both);
  const text = parts.map((part) => (typeof part === 'string' ? part : part.text())).join('');
  return { bytes: Buffer.from(text), mediaType, lastModified: both.lastUpdated ?? 0 };
}

function unauthenticated(error: unknown): Problem {
  if (error instanceof Problem && error.code === 'unauthenticated') return error;
  throw error;
}

async function rendered(registry: RegistryPort, kind: DocumentKind, name: Name): Promise<Metadata | null> {
  let document: RenderedDocument;
  try {
    document = await registry.document(kind, name);
  } catch (error) {
    if (error instanceof Problem && error.code === 'package-not-found') return null;
    throw error;
  }
  const bytes = Buffer.from(await document.identity());
  const { mediaType, lastModified } = document;
  return bytes.length === 0 ? null : { bytes, mediaType, lastModified };
}
