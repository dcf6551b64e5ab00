import { createHash } from 'node:crypto';
import { Problem, problem } from '../../problems/problem.ts';
import type { Digests, Name } from '../../registry/model.ts';
import type { DocumentKind, RegistryPort, RenderedDocument, Reply } from '../format.ts';
import { artifactMetadata, mergeArtifactMetadata } from './artifact-metadata.ts';
import { isSnapshot } from './file-name.ts';
import { renderArtifactMetadata } from './metadata-xml.ts';
import { type Algorithm, type MetadataPath, nameOf } from './path.ts';
import { groupPlugins } from './plugin-prefixes.ts';
import { snapshotMetadata } from './snapshot-metadata.ts';

interface Metadata {
  readonly bytes: Buffer;
  readonly mediaType: string;
  /** Milliseconds since the epoch. */
  readonly lastModified: number;
}

/** `GET …/maven-metadata.xml` on any level, or a digest of what that would answer. */
export async function metadataReply(
  registry: RegistryPort,
  path: MetadataPath,
  checksum: Algorithm | null,
): Promise<Reply> {
  const metadata = await readMetadata(registry, path);
  if (checksum !== null) return digestReply(digestOf(metadata.bytes, checksum));
  const digests = digestsOf(metadata.bytes);
  const identity = (): Promise<Buffer> => Promise.resolve(metadata.bytes);
  const { mediaType, lastModified } = metadata;
  const document = { etag: `"${digests.sha256}"`, lastModified, mediaType, identity };
  return { document, headers: { 'cache-control': 'private, no-cache', ...checksumHeaders(digests) } };
}

/** The bare digest, as every client of Maven's layout reads it. */
export function digestReply(hex: string): Reply {
  return { status: 200, headers: { 'cache-control': 'private, no-cache', etag: `"${hex}"` }, body: hex };
}

export function checksumHeaders({ md5, sha1, sha256, sha512 }: Digests): Record<string, string> {
  return { 'X-Checksum-MD5': md5, 'X-Checksum-SHA1': sha1, 'X-Checksum-SHA256': sha256, 'X-Checksum-SHA512': sha512 };
}

function digestsOf(bytes: Buffer): Digests {
  const digest = (algorithm: Algorithm): string => digestOf(bytes, algorithm);
  return { md5: digest('md5'), sha1: digest('sha1'), sha256: digest('sha256'), sha512: digest('sha512') };
}

function digestOf(bytes: Buffer, algorithm: Algorithm): string {
  return createHash(algorithm).update(bytes).digest('hex');
}

async function readMetadata(registry: RegistryPort, { folder }: MetadataPath): Promise<Metadata> {
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
