import { problem } from '../../problems/problem.ts';
import type { Name, VersionName } from '../../registry/model.ts';
import { type ArtifactFile, parseFileName } from './file-name.ts';

/**
 * Paths of the Maven 2 layout: https://maven.apache.org/repository/layout.html, with GitLab's rules for their parts.
 */

export type Algorithm = 'md5' | 'sha1' | 'sha256' | 'sha512';

/** `maven-metadata.xml` of a folder, which may be a group, an artifact, a snapshot version, or the first two at once. */
export interface MetadataPath {
  readonly kind: 'metadata';
  /** Folder names. */
  readonly folder: readonly string[];
}

/** A file of a version. */
export interface FilePath {
  readonly kind: 'file';
  readonly name: Name;
  readonly groupId: string;
  readonly artifactId: string;
  readonly version: VersionName;
  readonly fileName: string;
  readonly file: ArtifactFile;
}

/** What a path names, or with `checksum` the digest of that. */
export interface MavenPath {
  readonly target: MetadataPath | FilePath;
  readonly checksum: Algorithm | null;
}

export const metadataName = 'maven-metadata.xml';
const folderForm = /^\w[\w.-]*$/;
const versionForm = /^(?!.*\.\.)[\w+.-]+$/;
const fileForm = /^(?!.*\.\.)[A-Za-z0-9._\-+]+(?<!\.)$/;
const longestSegment = 255;
const longestPath = 1_000;

/** Whether it can be a folder of a version; others are of no use to anybody. */
export function isVersionFolder(text: string): boolean {
  return text.length <= longestSegment && versionForm.test(text);
}

/** Reads a path below the mount. `invalid-parameter` in GitLab's words for what can't be one; `null` for another layout. */
export function readPath(path: string): MavenPath | null {
  const segments = path.split('/');
  const fileName = segments.pop() ?? '';
  if (path.length > longestPath || segments.some((segment) => segment.length > longestSegment)) {
    throw problem('invalid-parameter', 'path should be a valid file path');
  }
  if (fileName.length > longestSegment || !fileForm.test(fileName)) {
    throw problem('invalid-parameter', 'file_name should be a valid file path');
  }
  if (!segments.every((segment) => versionForm.test(segment))) {
    throw problem('invalid-parameter', 'path should be a valid file path');
  }
  const { base, checksum } = splitChecksum(fileName);
  const target = targetOf(segments, base);
  return target === null ? null : { target, checksum };
}

function splitChecksum(fileName: string): { base: string; checksum: Algorithm | null } {
  const found = /^(.+)\.(md5|sha1|sha256|sha512)$/.exec(fileName);
  return { base: found?.[1] ?? fileName, checksum: (found?.[2] as Algorithm | undefined) ?? null };
}

function targetOf(folder: readonly string[], fileName: string): MetadataPath | FilePath | null {
  // The last folder may be a version.
  if (folder.length === 0 || !folder.slice(0, -1).every((segment) => folderForm.test(segment))) return null;
  if (fileName === metadataName) return { kind: 'metadata', folder };
  return filePath(folder, fileName);
}

function filePath(folder: readonly string[], fileName: string): FilePath | null {
  const [version, artifactId, ...group] = folder.toReversed();
  if (version === undefined || artifactId === undefined || group.length === 0) return null;
  const file = parseFileName(artifactId, version, fileName);
  if (file === null) return null;
  const name = nameOf(folder.slice(0, -1));
  const groupId = name.namespace ?? '';
  return { kind: 'file', name, groupId, artifactId, version: { key: version, display: version }, fileName, file };
}

/**
 * The package whose folder this is. Its key is the path, for folders may have dots in their names; GitLab calls it so,
 * too.
 */
export function nameOf(folder: readonly string[]): Name {
  const path = folder.join('/');
  return { key: path, display: path, namespace: folder.slice(0, -1).join('.') };
}
