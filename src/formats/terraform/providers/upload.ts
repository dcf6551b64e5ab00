import { problem } from '../../../problems/problem.ts';
import type { Name, PublishedFile, StagedFile } from '../../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../../format.ts';
import { moduleVersion } from '../names.ts';
import { draftOf, textOf } from './draft.ts';
import { type ReleaseFile, releaseFile } from './file-names.ts';
import { mirroredName, providerName } from './names.ts';
import { type ArchiveDetails, hashProviderArchive } from './provider-archive.ts';
import { protocolVersions, releaseIfComplete, signerAmongRegistered, type SignatureDetails } from './release.ts';
import { parseShasums } from './shasums.ts';
import type { ReleaseManifest } from './version-list.ts';

/** Sums, signatures and manifests are read whole. */
const largestSmall = 1024 ** 2;

/**
 * `PUT /:type/:version/:file`: one file of a release. Nothing is visible before all of it is: the version appears when its
 * signed `SHA256SUMS` and everything that they name are there, or when it is released.
 */
export async function uploadProviderFile(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = providerName(request.params);
  const version = moduleVersion(request.params).key;
  const fileName = request.params['file'] ?? '';
  const file = releaseFile(name.key, version, fileName);
  // Asked before the body is read what the pipeline will ask again.
  await draftOf(registry, name, version);
  const staged = await registry.stage(request.body());
  const published = await inspect(registry, name, version, fileName, file, staged);
  const manifest: ReleaseManifest = { protocols: [], archives: [] };
  await registry.publish({
    ...publicationOf(name, version, manifest, published),
    ifStatus: 'hidden',
    status: 'hidden',
  });
  const released = await releaseIfComplete(registry, name, version);
  return { status: 201, body: { message: '201 Created', released } };
}

/**
 * `PUT /mirror/:hostname/:namespace/:type/:version/:file`: the archive of one platform of somebody else's provider, as
 * `terraform providers mirror` fetches it. It is visible at once: the mirror protocol knows no signatures.
 */
export async function uploadMirroredArchive(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = mirroredName(request.params);
  const version = moduleVersion(request.params).key;
  const { type = '', file: fileName = '' } = request.params;
  const file = releaseFile(type, version, fileName);
  if (file.kind !== 'archive') throw problem('invalid-path', 'A mirror holds the archives alone.');
  const staged = await registry.stage(request.body());
  const published = await archive(staged, fileName, type, file);
  const manifest: ReleaseManifest = { protocols: [], archives: null };
  await registry.publish({
    ...publicationOf(name, version, manifest, { ...published, ifExists: 'same-bytes' }),
    status: null,
  });
  return { status: 201, body: { message: '201 Created' } };
}

function publicationOf(name: Name, version: string, manifest: ReleaseManifest, file: PublishedFile) {
  return {
    name,
    version: { key: version, display: version },
    manifest: JSON.stringify(manifest),
    summary: null,
    readme: null,
    description: null,
    keywords: [],
    files: [file],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'add-files',
  } as const;
}

async function inspect(
  registry: RegistryPort,
  name: Name,
  version: string,
  fileName: string,
  file: ReleaseFile,
  staged: StagedFile,
): Promise<PublishedFile> {
  if (file.kind === 'archive') return archive(staged, fileName, name.key, file);
  if (staged.size > largestSmall) throw problem('file-too-large', `${fileName} has more than 1 MiB.`);
  const bytes = await staged.read(0, staged.size);
  if (file.kind === 'shasums') parseShasums(bytes.toString('utf8'));
  if (file.kind === 'manifest') protocolVersions(bytes.toString('utf8'));
  if (file.kind !== 'signature') return stored(fileName, 'metadata', staged, null);
  return stored(fileName, 'signature', staged, await signer(registry, name, version, bytes));
}

async function archive(
  staged: StagedFile,
  fileName: string,
  type: string,
  { os, arch }: { os: string; arch: string },
): Promise<PublishedFile> {
  return stored(fileName, 'archive', staged, { os, arch, h1: await hashProviderArchive(staged, type) });
}

/** Whose signature it is. It comes after what it signs, so that a wrong one is told at once. */
async function signer(registry: RegistryPort, name: Name, version: string, bytes: Buffer): Promise<SignatureDetails> {
  const draft = await draftOf(registry, name, version);
  if (draft?.shasums == null) throw problem('precondition-failed', 'Upload SHA256SUMS before its signature.');
  const text = await textOf(registry, name, version, draft.shasums);
  const { keyId, armored } = await signerAmongRegistered(registry, bytes, text);
  return { keyId, armored };
}

function stored(
  name: string,
  role: PublishedFile['role'],
  staged: StagedFile,
  details: ArchiveDetails | SignatureDetails | null,
): PublishedFile {
  const text = details === null ? null : JSON.stringify(details);
  return { name, role, staged, uniqueKey: null, ifExists: 'replace', details: text };
}
