import type { Readable } from 'node:stream';
import { isMultipart } from '../../lib/multipart.ts';
import { problem } from '../../problems/problem.ts';
import type { FormatRequest } from '../format.ts';
import { readForm } from './upload-form.ts';

export interface Uploaded<T> {
  readonly file: T;
  /** The text fields of a form; empty when there was none. */
  readonly fields: ReadonlyMap<string, string>;
}

/**
 * The file in a PUT: the body as it is, whatever its media type says (curl and wget send raw bytes marked as forms), or
 * the field `file` of a multipart form (`curl -F file=@x -X PUT`). `read` gets the bytes once, with their number where
 * the request tells it; the form's rest is checked after it.
 */
export async function readUpload<T>(
  request: FormatRequest,
  read: (body: Readable, size: number | undefined) => Promise<T>,
): Promise<Uploaded<T>> {
  const { headers } = request;
  const length = headers['content-length'];
  if (length === undefined && headers['transfer-encoding'] === undefined) {
    throw problem('invalid-request', 'file is missing');
  }
  if (headers['content-range'] !== undefined) {
    throw problem('partial-upload', 'Resuming an upload is not offered here: send the whole file.');
  }
  const type = headers['content-type'];
  if (isMultipart(type)) return readForm(request.body(), type, (body) => read(body, undefined));
  const size = length === undefined ? undefined : Number(length);
  return { file: await read(request.body(), size), fields: new Map() };
}
