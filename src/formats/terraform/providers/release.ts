import { Readable } from 'node:stream';
import { signerOf } from '../../../lib/openpgp-verify.ts';
import { Problem, problem } from '../../../problems/problem.ts';
import type { Name, PublishedFile, SourceFile } from '../../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../../format.ts';
import { moduleVersion } from '../names.ts';
import { digestsOf, type Draft, draftOf, incompleteness, textOf } from './draft.ts';
import { shasumsName, signatureName } from './file-names.ts';
import { providerName } from './names.ts';
import { keysIn, openPgp, registeredKeys, type RegisteredKey } from './signing-keys.ts';
import { parseShasums, shasumsText } from './shasums.ts';
import type { ReleaseManifest } from './version-list.ts';

/** The details of a signature's file: whose it is. */
export interface SignatureDetails {
  readonly keyId: string;
  readonly armored: string;
}

/** What providers are without a manifest that says otherwise. */
const standardProtocols = ['5.0'];

/**
 * `POST /:type/:version/release`: makes the version visible with all that was uploaded. What is missing of `SHA256SUMS` and
 * its signature is made here, with the registry's own key.
 */
export async function release(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const name = providerName(request.params);
  const version = moduleVersion(request.params).key;
  const draft = await draftOf(registry, name, version);
  if (draft === null) throw problem('version-not-found', `Upload the archives of ${name.display} ${version} first.`);
  const sums = draft.shasums === null ? null : await textOf(registry, name, version, draft.shasums);
  const text = sums ?? Buffer.from(shasumsText(digestsOf(draft)));
  const missing = incompleteness(draft, parseShasums(text.toString('utf8')));
  if (missing !== null) throw missing;
  const made: PublishedFile[] = [];
  if (sums === null) made.push(await smallFile(registry, shasumsName(name.key, version), text, null));
  if (draft.signature === null) made.push(await ownSignature(registry, name, version, text));
  else await checkSignature(registry, name, version, draft.signature, text);
  await publishRelease(registry, name, version, draft, made);
  return { status: 201, body: { message: '201 Created', released: true } };
}

/** After an upload: releases the version once its sums are signed and everything that they name is there. */
export async function releaseIfComplete(registry: RegistryPort, name: Name, version: string): Promise<boolean> {
  const draft = await draftOf(registry, name, version);
  if (draft?.shasums == null || draft.signature === null) return false;
  const text = await textOf(registry, name, version, draft.shasums);
  const signature = await textOf(registry, name, version, draft.signature);
  // Sums that came after their signature: another signature is to come.
  if (!(await isSigned(registry, signature, text))) return false;
  const missing = incompleteness(draft, parseShasums(text.toString('utf8')));
  if (missing?.code === 'precondition-failed') return false;
  if (missing !== null) throw missing;
  try {
    await publishRelease(registry, name, version, draft, []);
  } catch (error) {
    // Another upload of the same release was the last one.
    if (!(error instanceof Problem && error.code === 'version-exists')) throw error;
  }
  return true;
}

/** The registered key that made a signature of these bytes; `invalid-parameter` when none did. */
export async function signerAmongRegistered(
  registry: RegistryPort,
  signature: Buffer,
  text: Buffer,
): Promise<RegisteredKey> {
  const keys = keysIn(await registeredKeys(registry));
  const signer = openPgp(() => signerOf(signature, text, [...keys.keys()]));
  const registered = signer === null ? undefined : keys.get(signer);
  if (registered !== undefined) return registered;
  throw problem('invalid-parameter', 'The signature is of a key that the project does not know: register it first.');
}

async function isSigned(registry: RegistryPort, signature: Buffer, text: Buffer): Promise<boolean> {
  try {
    await signerAmongRegistered(registry, signature, text);
    return true;
  } catch (error) {
    if (error instanceof Problem && error.code === 'invalid-parameter') return false;
    throw error;
  }
}

async function checkSignature(
  registry: RegistryPort,
  name: Name,
  version: string,
  signature: SourceFile,
  text: Buffer,
): Promise<void> {
  await signerAmongRegistered(registry, await textOf(registry, name, version, signature), text);
}

async function ownSignature(registry: RegistryPort, name: Name, version: string, text: Buffer): Promise<PublishedFile> {
  const { keyId, armored } = await registry.openPgpKey();
  const signature = await registry.signOpenPgp(text);
  return smallFile(registry, signatureName(name.key, version), signature, { keyId, armored });
}

async function smallFile(
  registry: RegistryPort,
  name: string,
  bytes: Buffer,
  details: SignatureDetails | null,
): Promise<PublishedFile> {
  const staged = await registry.stage(Readable.from([bytes]));
  const role = details === null ? 'metadata' : 'signature';
  return {
    name,
    role,
    staged,
    uniqueKey: null,
    ifExists: 'replace',
    details: details === null ? null : JSON.stringify(details),
  };
}

async function publishRelease(
  registry: RegistryPort,
  name: Name,
  version: string,
  draft: Draft,
  files: readonly PublishedFile[],
): Promise<void> {
  const manifest: ReleaseManifest = {
    protocols: await protocolsOf(registry, name, version, draft),
    archives: draft.archives.map((file) => file.name),
  };
  await registry.publish({
    name,
    version: { key: version, display: version },
    manifest: JSON.stringify(manifest),
    summary: null,
    readme: null,
    description: null,
    keywords: [],
    files,
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'add-files',
    ifStatus: 'hidden',
    renewVersion: true,
    status: 'default',
  });
}

/** Of `terraform-registry-manifest.json`: `{"version": 1, "metadata": {"protocol_versions": ["6.0"]}}`. */
async function protocolsOf(
  registry: RegistryPort,
  name: Name,
  version: string,
  { manifest }: Draft,
): Promise<readonly string[]> {
  if (manifest === null) return standardProtocols;
  return protocolVersions((await textOf(registry, name, version, manifest)).toString('utf8'));
}

/** `invalid-parameter` unless the text is such a manifest. */
export function protocolVersions(text: string): readonly string[] {
  try {
    const { metadata } = JSON.parse(text) as { metadata?: { protocol_versions?: unknown } };
    const versions = metadata?.protocol_versions;
    if (
      Array.isArray(versions) &&
      versions.length > 0 &&
      versions.every((one) => /^\d{1,3}\.\d{1,3}$/.test(String(one)))
    ) {
      return versions.slice(0, 20).map(String);
    }
  } catch {
    // Said below.
  }
  throw problem(
    'invalid-parameter',
    'The manifest must be {"version": 1, "metadata": {"protocol_versions": ["5.0"]}}.',
  );
}
