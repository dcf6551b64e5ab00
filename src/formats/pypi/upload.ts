import { Readable } from 'node:stream';
import { Problem } from '../../problems/problem.ts';
import type { Name, Publication, PublishedFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { readArchiveMetadata } from './archive-metadata.ts';
import { provenanceOf } from './attestations.ts';
import { checkCoherence } from './coherence.ts';
import { type ArchiveMetadata, type CoreMetadata, isStatic, readCoreMetadata } from './core-metadata.ts';
import {
  type DistributionName,
  distributionName,
  projectName,
  pythonVersion,
  versionName,
} from './distribution-name.ts';
import { plainText } from './plain-text.ts';
import { checkSignature } from './signature.ts';
import { companions, writeDetails } from './stored-files.ts';
import { checkAction, checkDigests, checkFileType } from './upload-checks.ts';
import { readUploadForm, type UploadForm } from './upload-form.ts';
import { describeVersion } from './version-record.ts';

/** Everything that is known of an upload once nothing speaks against it. */
interface CheckedUpload {
  readonly form: UploadForm;
  readonly project: Name;
  readonly name: DistributionName;
  readonly archive: ArchiveMetadata;
  readonly core: CoreMetadata;
}

/**
 * `POST /`: one wheel or sdist in a form. The same bytes again are taken as done, others under a name that was published
 * are refused.
 */
export async function upload(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const checked = await checkUpload(await readUploadForm(request, registry));
  const isKnown = await hasSameFile(registry, checked);
  const files = [distribution(checked), ...(await companionsOf(checked, registry))];
  await registry.publish(publication(checked, files, !isKnown));
  return isKnown ? { status: 200, body: { message: '200 OK' } } : { status: 201, body: { message: '201 Created' } };
}

async function checkUpload(form: UploadForm): Promise<CheckedUpload> {
  const { fields, content } = form;
  checkAction(fields);
  const project = projectName(fields.needed('name'));
  const version = pythonVersion(fields.needed('version'));
  const name = distributionName(content.fileName, project, version);
  checkFileType(fields, name);
  checkDigests(fields, content);
  if (form.signature !== null) checkSignature(form.signature);
  const archive = await readArchiveMetadata(content.staged, name);
  const core = readCoreMetadata(archive.text);
  checkCoherence(core, project, version);
  return { form, project, name, archive, core };
}

/** Asked so that a client which repeats itself changes nothing; the pipeline asks again. */
async function hasSameFile(registry: RegistryPort, { project, name, form }: CheckedUpload): Promise<boolean> {
  try {
    const file = await registry.file(project, { versionKey: name.version.key, fileName: name.fileName });
    return file.digests.sha256 === form.content.staged.digests.sha256;
  } catch (error) {
    if (error instanceof Problem && error.code === 'file-not-found') return false;
    throw error;
  }
}

function distribution({ form, project, name, core }: CheckedUpload): PublishedFile {
  const comment = form.fields.one('comment');
  const details = writeDetails({
    project: project.key,
    packageType: name.packageType,
    pythonVersion: name.pythonVersion,
    requiresPython: core.texts.get('requires_python') ?? null,
    blake2b256: form.content.blake2b256,
    comment: comment === null ? null : plainText(comment, 1_000),
  });
  const { fileName, uniqueKey } = name;
  return { name: fileName, role: 'archive', staged: form.content.staged, uniqueKey, details, ifExists: 'same-bytes' };
}

/** Metadata comes from the archive and is bound to it; signature and attestations may be made anew for the same bytes. */
async function companionsOf(checked: CheckedUpload, registry: RegistryPort): Promise<readonly PublishedFile[]> {
  const { form, name, archive, core } = checked;
  const files: PublishedFile[] = [];
  if (archive.bytes !== null && (name.packageType === 'bdist_wheel' || isStatic(core))) {
    const staged = await registry.stage(Readable.from([archive.bytes]));
    const uniqueKey = `${name.uniqueKey}${companions.metadata}`;
    const fileName = `${name.fileName}${companions.metadata}`;
    files.push({ name: fileName, role: 'metadata', staged, uniqueKey, ifExists: 'same-bytes' });
  }
  if (form.signature !== null) {
    const { staged } = form.signature;
    const fileName = `${name.fileName}${companions.signature}`;
    files.push({ name: fileName, role: 'signature', staged, uniqueKey: null, ifExists: 'replace' });
  }
  const attestations = form.fields.one('attestations');
  if (attestations !== null) {
    const provenance = provenanceOf(attestations, name, form.content.staged.digests.sha256);
    const staged = await registry.stage(Readable.from([Buffer.from(provenance)]));
    const fileName = `${name.fileName}${companions.provenance}`;
    files.push({ name: fileName, role: 'attestation', staged, uniqueKey: null, ifExists: 'replace' });
  }
  return files;
}

/** What is said of a version comes from its first file, and from wheels: an sdist may leave things open. */
function publication(checked: CheckedUpload, files: readonly PublishedFile[], isNew: boolean): Publication {
  const { project, name, core } = checked;
  return {
    name: { ...project, display: core.name },
    version: versionName(name.version),
    ...describeVersion(core, name.version),
    files,
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'add-files',
    renewVersion: isNew && name.packageType === 'bdist_wheel',
    status: null,
  };
}
