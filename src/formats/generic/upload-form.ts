import type { Readable } from 'node:stream';
import { readMultipart, UnreadableForm } from '../../lib/multipart.ts';
import { problem } from '../../problems/problem.ts';
import type { Uploaded } from './upload-body.ts';

const limits = { files: 2, fields: 100, fieldSize: 64 * 1024 };

/**
 * Reads a multipart form with one file, in the field `file`; file names in it are not looked at. When anything about the
 * form is refused, `read` has given up before this rejects, and the body is left to its owner.
 */
export async function readForm<T>(
  body: Readable,
  type: string,
  read: (file: Readable) => Promise<T>,
): Promise<Uploaded<T>> {
  let taken = false;
  const { fields, files } = await readMultipart(body, type, limits, ({ field, bytes }) => {
    if (field !== 'file' || taken) throw problem('invalid-request', 'Send one file, in the form field "file".');
    taken = true;
    return read(bytes);
  }).catch((error: unknown) => {
    if (!(error instanceof UnreadableForm)) throw error;
    throw problem(error.kind === 'broken-off' ? 'incomplete-body' : 'invalid-request', error.message);
  });
  const [file] = files;
  if (file === undefined) throw problem('invalid-request', 'file is missing');
  return { file: file.result, fields: new Map([...fields].map(([field, values]) => [field, values.at(-1) ?? ''])) };
}
