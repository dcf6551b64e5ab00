import { InvalidXml } from '../../lib/invalid-xml.ts';
import { problem } from '../../problems/problem.ts';
import type { Name, PromisedDigests } from '../../registry/model.ts';
import {
  ask,
  type DocumentWanted,
  type FileWanted,
  type UpstreamFile,
  type UpstreamProtocol,
  type UpstreamSteps,
} from '../upstream-protocol.ts';
import { type ArtifactMetadata, artifactMetadata } from './artifact-metadata.ts';
import { isSnapshot, parseFileName, type SnapshotBuild } from './file-name.ts';
import { parseArtifactMetadata, parseSnapshotMetadata } from './metadata-parse.ts';
import { nameOf } from './path.ts';
import { type SnapshotMetadata, snapshotVersionOf } from './snapshot-metadata.ts';
import { factsOf, withFacts } from './upstream-facts.ts';
import { metadataPath, pathOf } from './upstream-paths.ts';
import { readChecksum } from './upload-checksum.ts';

/** How Maven repositories are read: by the layout, for nothing in them says where anything is. */
export const mavenUpstream = {
  // People publish patched copies below the groupIds of others.
  claims: 'name',
  spelling: folderPattern,
  within: inVersion,
  explains: (coordinates) => ({ name: nameOf(folderOf(coordinates)), kind: artifactMetadata }),
  document,
  file,
} satisfies UpstreamProtocol;

/** `com.acme:*`, as people write rules, is the folder `com/acme/*`. */
function folderPattern(pattern: string): string {
  const [group = '', ...artifact] = pattern.split(':');
  return [group.replaceAll('.', '/'), ...artifact].join('/');
}

/** `com/acme/lib/1.0/maven-metadata.xml` reads as an artifact `1.0`, and names ours. */
function inVersion({ key }: Name): Name | null {
  const folder = key.split('/');
  return folder.length > 2 && /^\d/.test(folder.at(-1) ?? '') ? nameOf(folder.slice(0, -1)) : null;
}

/** `com.acme:lib`, or the folder that it lies in: `com/acme/lib`. */
function folderOf(coordinates: string): readonly string[] {
  const [group = '', artifact] = coordinates.split(':');
  const folder = artifact === undefined ? coordinates.split('/') : [...group.split('.'), artifact];
  if (folder.length > 1 && folder.every((segment) => /^\w[\w.-]*$/.test(segment))) return folder;
  throw problem('invalid-name', 'Coordinates are written as group:artifact.');
}

function* document({ kind, name, dates, licenses = false }: DocumentWanted): UpstreamSteps<unknown> {
  const snapshot = snapshotVersionOf(kind.id);
  if (snapshot !== null) {
    return yield* ask({ path: metadataPath(`${name.key}/${snapshot}`), read: readSnapshotMetadata });
  }
  if (kind.id !== artifactMetadata.id) return null;
  const found = yield* ask({ path: metadataPath(name.key), read: readArtifactMetadata });
  if (found !== null && found.artifactId !== null && !name.key.endsWith(`/${found.artifactId}`)) {
    throw new InvalidXml('the metadata is of another artifact');
  }
  return found !== null && (dates || licenses) ? yield* withFacts(found, name.key, licenses) : found;
}

const readArtifactMetadata = (text: string): ArtifactMetadata => parseArtifactMetadata(written(text));
const readSnapshotMetadata = (text: string): SnapshotMetadata => parseSnapshotMetadata(written(text));

/** A repository that has no versions has no metadata. */
function written(text: string): string {
  if (text.trim() === '') throw new InvalidXml('the document is empty');
  return text;
}

function* file({
  name,
  versionKey,
  fileName,
  dates,
  licenses = false,
}: FileWanted): UpstreamSteps<UpstreamFile | null> {
  if (name === null || versionKey === null) return null;
  const artifactId = name.key.slice(name.key.lastIndexOf('/') + 1);
  const parsed = parseFileName(artifactId, versionKey, fileName);
  if (parsed === null) return null;
  const path = pathOf(name.key, versionKey, fileName);
  const { build, extension } = parsed;
  const looksLike = looks[extension];
  const facts = build === null && (dates || licenses) ? yield* factsOf(name.key, versionKey, licenses) : null;
  return {
    path,
    name,
    version: versionKey,
    publishedAt: build === null ? (facts?.publishedAt ?? null) : timeOf(build),
    license: facts?.license ?? null,
    digests: {},
    digestsAt: { path: `${path}.sha1`, read: readSha1 },
    mutable: isSnapshot(versionKey) && build === null,
    ...(looksLike === undefined ? {} : { looksLike }),
  };
}

const looks: Readonly<Record<string, 'zip' | 'xml'>> = { jar: 'zip', war: 'zip', ear: 'zip', aar: 'zip', pom: 'xml' };

/** `20260102.030405` */
function timeOf({ timestamp }: SnapshotBuild): number | null {
  const [, year, month, day, hour, minute, second] = /^(\d{4})(\d\d)(\d\d)\.(\d\d)(\d\d)(\d\d)$/.exec(timestamp) ?? [];
  const time = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
  return Number.isNaN(time) ? null : time;
}

function readSha1(text: string): PromisedDigests {
  return { sha1: readChecksum(text, 'sha1') };
}
