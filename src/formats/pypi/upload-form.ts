import { blake2b256 } from '../../lib/blake2b.ts';
import { type FormFile, isMultipart, readMultipart, UnreadableForm } from '../../lib/multipart.ts';
import { problem } from '../../problems/problem.ts';
import type { StagedFile } from '../../registry/model.ts';
import type { FormatRequest, RegistryPort } from '../format.ts';
import { UploadFields } from './upload-fields.ts';

/** Metadata may name a thousand requirements and hold a long description. */
const limits = { files: 4, fields: 10_000, fieldSize: 4 * 1024 ** 2, textSize: 8 * 1024 ** 2 };

export interface UploadedFile {
  /** As sent. */
  readonly fileName: string;
  readonly staged: StagedFile;
  /** BLAKE2b of 256 bits, hex. */
  readonly blake2b256: string;
}

export interface UploadForm {
  readonly content: UploadedFile;
  readonly signature: UploadedFile | null;
  readonly fields: UploadFields;
}

/**
 * Receives an upload as twine and its like send it. Parts come in any order, and a signature may come before the file
 * that it signs: the field's name tells which is which.
 */
export async function readUploadForm(request: FormatRequest, registry: RegistryPort): Promise<UploadForm> {
  const type = request.headers['content-type'];
  if (!isMultipart(type)) throw problem('unsupported-media-type', 'Send a multipart/form-data form, as twine does.');
  const form = await readMultipart(request.body(), type, limits, (file) =>
    file.field === 'content' || file.field === 'gpg_signature' ? receive(file, registry) : null,
  ).catch((error: unknown) => {
    throw error instanceof UnreadableForm ? problemOf(error) : error;
  });
  const [content, ...more] = form.files.filter(({ field }) => field === 'content');
  if (content === undefined) throw problem('invalid-request', 'content is missing: the form has no file of that name.');
  const [signature, ...others] = form.files.filter(({ field }) => field === 'gpg_signature');
  if (more.length > 0 || others.length > 0) throw problem('invalid-request', 'Send one file a form.');
  return { content: content.result, signature: signature?.result ?? null, fields: new UploadFields(form.fields) };
}

async function receive({ fileName, bytes }: FormFile, registry: RegistryPort): Promise<UploadedFile> {
  const hashed = await blake2b256(bytes);
  const staged = await registry.stage(hashed.bytes);
  return { fileName, staged, blake2b256: hashed.digest() };
}

function problemOf({ kind, message }: UnreadableForm): Error {
  return problem(kind === 'broken-off' ? 'incomplete-body' : 'invalid-request', message);
}
