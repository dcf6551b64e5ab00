import { encodedPath } from '../../lib/encoded-path.ts';
import { Problem, problem } from '../../problems/problem.ts';
import type { Name, PackageStatus, Published, StagedFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { type Coordinates, readCoordinates } from './names.ts';
import { readPromisedDigests } from './promised-digests.ts';
import { readUpload } from './upload-body.ts';
import { checkConditions, isConditional, readConditions, type UploadConditions } from './upload-conditions.ts';

/** `PUT /:name/:version/*`: GitLab's Generic upload, with `status` and `select`, conditions and promised digests. */
export async function upload(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const coordinates = readCoordinates(request.params);
  const inQuery = readParameters((name) => request.query.get(name));
  const promised = readPromisedDigests(request.headers);
  const conditions = readConditions(request.headers);
  await refuseEarly(registry, coordinates, conditions);
  const { file, fields } = await readUpload(request, (body, size) =>
    registry.stage(body, { promised, ...(size === undefined ? {} : { expectedSize: size }) }),
  );
  const inForm = readParameters((name) => fields.get(name) ?? null);
  const published = await publish(registry, coordinates, inQuery.status ?? inForm.status, conditions, file);
  return inQuery.answersFile || inForm.answersFile
    ? { status: 200, body: fileObject(published) }
    : { status: 201, body: { message: '201 Created' } };
}

interface Parameters {
  /** `null` = not said: a new package is `default`, an existing one stays what it is. */
  readonly status: PackageStatus | null;
  readonly answersFile: boolean;
}

/** Of the query, or of a form's fields. */
function readParameters(valueOf: (name: string) => string | null): Parameters {
  const status = valueOf('status');
  if (status !== null && status !== 'default' && status !== 'hidden') {
    throw problem('invalid-parameter', 'status does not have a valid value');
  }
  const select = valueOf('select');
  if (select !== null && select !== 'package_file') {
    throw problem('invalid-parameter', 'select does not have a valid value');
  }
  return { status, answersFile: select !== null };
}

/** Asks before the body is read what the pipeline will ask again: it may be gigabytes. */
async function refuseEarly(
  registry: RegistryPort,
  { name, version, fileName }: Coordinates,
  conditions: UploadConditions,
): Promise<void> {
  if (!isConditional(conditions)) return;
  checkConditions(conditions, await newestSha256(registry, name, { versionKey: version.key, fileName }), fileName);
}

async function newestSha256(
  registry: RegistryPort,
  name: Name,
  select: { versionKey: string; fileName: string },
): Promise<string | null> {
  try {
    return (await registry.file(name, select)).digests.sha256;
  } catch (error) {
    if (error instanceof Problem && error.code === 'file-not-found') return null;
    throw error;
  }
}

function publish(
  registry: RegistryPort,
  { name, version, fileName }: Coordinates,
  status: PackageStatus | null,
  conditions: UploadConditions,
  staged: StagedFile,
): Promise<Published> {
  return registry.publish({
    name,
    version,
    manifest: '{}',
    summary: null,
    readme: null,
    description: null,
    keywords: [],
    files: [{ name: fileName, role: 'asset', staged, uniqueKey: null }],
    tags: [],
    tagsIfUnset: [],
    ifVersionExists: 'add-files',
    status,
    ...conditions,
  });
}

/** The file as GitLab answers it with `select=package_file`. */
function fileObject({ files: [file] }: Published): Record<string, unknown> {
  if (file === undefined) throw new Error('a publication without files');
  const time = new Date(file.createdAt).toISOString();
  return {
    id: file.id,
    package_id: file.versionId,
    created_at: time,
    updated_at: time,
    size: file.size,
    file_store: 1,
    file_md5: file.digests.md5,
    file_sha1: file.digests.sha1,
    file_sha256: file.digests.sha256,
    file_name: encodedPath(file.name),
    file: {
      url: `/api/v4/projects/${file.projectId}/packages/${file.versionId}/package_files/${file.id}/download`,
    },
    status: 'default',
  };
}
