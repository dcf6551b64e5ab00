import { problem } from '../../problems/problem.ts';
import type { PackageStatus, Published, StagedFile, StoredFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort, Reply } from '../format.ts';
import { type Coordinates, readCoordinates } from './names.ts';
import { readPromisedDigests } from './promised-digests.ts';
import { withUploadBody } from './upload-body.ts';

/** `PUT /:name/:version/*`: GitLab's Generic upload, with `status` and `select`, conditions and promised digests. */
export async function upload(request: FormatRequest, registry: RegistryPort): Promise<Reply> {
  const coordinates = readCoordinates(request.params);
  const status = readStatus(request.query.get('status'));
  const answersFile = readSelect(request.query.get('select'));
  const conditions = await readConditions(request, registry, coordinates);
  const promised = readPromisedDigests(request.headers);
  const staged = await withUploadBody(request, (body) => registry.stage(body, { promised }));
  const published = await publish(registry, coordinates, status, conditions, staged);
  return answersFile ? { status: 200, body: fileObject(published) } : { status: 201, body: { message: '201 Created' } };
}

function readStatus(status: string | null): PackageStatus {
  if (status === null || status === 'default') return 'default';
  if (status === 'hidden') return 'hidden';
  throw problem('invalid-parameter', 'status does not have a valid value');
}

function readSelect(select: string | null): boolean {
  if (select === null) return false;
  if (select === 'package_file') return true;
  throw problem('invalid-parameter', 'select does not have a valid value');
}

interface Conditions {
  readonly refuseExistingFile?: boolean;
  readonly replaceOnlySha256?: string;
}

/** `If-None-Match: *` = create only; `If-Match: "<sha256>"` = replace only that file; `If-Match: *` = replace only. */
async function readConditions(
  request: FormatRequest,
  registry: RegistryPort,
  { name, version, fileName }: Coordinates,
): Promise<Conditions> {
  const ifMatch = request.headers['if-match']?.trim();
  if (ifMatch === undefined)
    return request.headers['if-none-match']?.trim() === '*' ? { refuseExistingFile: true } : {};
  const tag = /^"([0-9a-f]{64})"$/.exec(ifMatch)?.[1];
  if (tag !== undefined) return { replaceOnlySha256: tag };
  if (ifMatch !== '*') throw problem('precondition-failed', 'If-Match takes one ETag of ours, or *.');
  const existing = await registry.file(name, { versionKey: version.key, fileName }).catch(() => null);
  if (existing === null) throw problem('precondition-failed', 'There is no such file to replace.');
  return { replaceOnlySha256: existing.digests.sha256 };
}

function publish(
  registry: RegistryPort,
  { name, version, fileName }: Coordinates,
  status: PackageStatus,
  conditions: Conditions,
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
    file_name: encodedName(file),
    file: {
      url: `/api/v4/projects/${file.projectId}/packages/${file.versionId}/package_files/${file.id}/download`,
    },
    status: 'default',
  };
}

/** GitLab shows sub-paths percent-encoded: `path%2Fto%2Ffile`. */
function encodedName({ name }: StoredFile): string {
  return name.split('/').map(encodeURIComponent).join('%2F');
}
