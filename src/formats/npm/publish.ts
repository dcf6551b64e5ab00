import { Readable } from 'node:stream';
import { brokenPromise } from '../../lib/digests.ts';
import type { RegistryPort, Reply } from '../format.ts';
import type { Name, Published, PublishedFile, StagedFile } from '../../registry/model.ts';
import { Problem, problem } from '../../problems/problem.ts';
import { attestationName } from './attestation-name.ts';
import { checkCoherence } from './coherence.ts';
import { integrityOf } from './integrity.ts';
import { storedManifest, storedReadme, type StoredManifest } from './manifest.ts';
import { tarballName } from './names.ts';
import { inspectPackage, type TarballFacts } from './package-json.ts';
import { checkBundle } from './provenance.ts';
import { type PublishRequest, readPublishDocument } from './publish-document.ts';
import type { SentTarball } from './put-body.ts';
import type { PutDocument } from './put-document.ts';
import { revOf } from './revisions.ts';

/**
 * Publishes the one version in `document`, whose tarball has been received: promises kept, archive sound, manifest like
 * the archive's own. Nothing is stored unless all of it holds.
 */
export async function publishVersion(
  registry: RegistryPort,
  name: Name,
  document: PutDocument,
  { key, staged }: SentTarball,
): Promise<Reply> {
  const request = readPublishDocument(name, document, key);
  checkBytes(request, staged);
  const facts = await inspectPackage(staged.bytes ?? staged.open());
  checkCoherence(request.manifest, facts);
  const predicateType = bundleType(request, name, staged);
  const manifest = describe(registry, name, request, staged, facts, predicateType);
  const files = [tarballFile(name, request, staged), ...(await bundleFiles(registry, name, request))];
  const published = await store(registry, name, request, manifest, files);
  const rev = revOf({ id: published.packageId, revision: published.revision });
  return { status: 201, body: { ok: true, success: true, id: name.display, rev } };
}

function checkBytes({ promised, length }: PublishRequest, { size, digests }: StagedFile): void {
  if (size === 0) throw problem('invalid-request', 'Attachment data is empty.');
  if (length !== null && length !== size) {
    throw problem('length-mismatch', `The attachment has ${size} bytes, and "length" says ${length}. Send it again.`);
  }
  const broken = brokenPromise(promised, digests);
  if (broken !== null) {
    throw problem(
      'digest-mismatch',
      `The tarball's ${broken} is not the one that "dist" promises. Pack and publish again.`,
    );
  }
}

function bundleType({ bundle, version }: PublishRequest, name: Name, { digests }: StagedFile): string | null {
  return bundle === null ? null : checkBundle(bundle, name.display, version.display, digests.sha512).predicateType;
}

function describe(
  registry: RegistryPort,
  name: Name,
  { version, manifest }: PublishRequest,
  { digests }: StagedFile,
  facts: TarballFacts,
  predicateType: string | null,
): StoredManifest {
  const integrity = integrityOf(digests.sha512);
  // https://docs.npmjs.com/about-registry-signatures: exactly these characters are signed.
  const signature = registry.sign(`${name.display}@${version.display}:${integrity}`);
  const { fileCount, unpackedSize } = facts;
  const dist = { integrity, shasum: digests.sha1, fileCount, unpackedSize, signature, predicateType };
  return storedManifest(name.display, version.display, manifest, dist, facts);
}

function tarballFile(name: Name, { version }: PublishRequest, staged: StagedFile): PublishedFile {
  const file = tarballName(name.display, version.display);
  return { name: file, role: 'archive', staged, uniqueKey: file };
}

async function bundleFiles(registry: RegistryPort, name: Name, request: PublishRequest): Promise<PublishedFile[]> {
  if (request.bundle === null) return [];
  const file = attestationName(name.display, request.version.display);
  const staged = await registry.stage(Readable.from([Buffer.from(request.bundle.text)]));
  return [{ name: file, role: 'attestation', staged, uniqueKey: file }];
}

async function store(
  registry: RegistryPort,
  name: Name,
  { version, tags, readme }: PublishRequest,
  stored: StoredManifest,
  files: readonly PublishedFile[],
): Promise<Published> {
  try {
    return await registry.publish({
      name,
      version,
      ...stored,
      readme: storedReadme(readme),
      files,
      tags,
      // A package without `latest` can't be installed by its name alone.
      tagsIfUnset: tags.includes('latest') ? [] : ['latest'],
      ifVersionExists: 'refuse',
      status: 'default',
    });
  } catch (error) {
    if (error instanceof Problem && error.code === 'version-exists') throw alreadyPublished(version.display);
    throw error;
  }
}

/** GitLab's words, and npm's own. */
function alreadyPublished(version: string): Problem {
  return problem(
    'version-exists',
    `Package already exists. You cannot publish over the previously published versions: ${version}.`,
  );
}
