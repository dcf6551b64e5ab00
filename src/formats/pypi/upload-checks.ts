import { problem } from '../../problems/problem.ts';
import type { DistributionName } from './distribution-name.ts';
import type { UploadFields } from './upload-fields.ts';
import type { UploadedFile } from './upload-form.ts';

/** Old clients ask for more than uploads: to register a project first, to send its documentation. */
export function checkAction(fields: UploadFields): void {
  const action = fields.one(':action') ?? 'file_upload';
  if (action !== 'file_upload') {
    const shown = JSON.stringify(action.slice(0, 40));
    throw problem('invalid-request', `The action ${shown} is not offered here: upload files, nothing else is needed.`);
  }
  const version = fields.one('protocol_version') ?? '1';
  if (version !== '1') throw problem('invalid-request', 'protocol_version is not 1.');
}

export function checkFileType(fields: UploadFields, { packageType, fileName }: DistributionName): void {
  const fileType = fields.one('filetype') ?? packageType;
  if (fileType === packageType) return;
  const shown = JSON.stringify(fileType.slice(0, 40));
  throw problem('manifest-mismatch', `filetype is ${shown}, but ${fileName} is a file of type ${packageType}.`);
}

/** Every digest that the form promises must be that of the bytes which came. */
export function checkDigests(fields: UploadFields, { staged, blake2b256 }: UploadedFile): void {
  const { md5, sha256 } = staged.digests;
  const actual = { md5, sha256, blake2b256 };
  for (const [algorithm, digest] of fields.promised()) {
    if (digest !== actual[algorithm]) {
      throw problem('digest-mismatch', `The file that came has another ${algorithm} digest than the form promises.`);
    }
  }
}
