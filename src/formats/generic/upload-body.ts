import type { Readable } from 'node:stream';
import { problem } from '../../problems/problem.ts';
import type { FormatRequest } from '../format.ts';

/**
 * The file in a PUT: the body as it is, whatever its media type says (curl and wget send raw bytes marked as forms), or
 * the field `file` of a multipart form (`curl -F file=@x -X PUT`). `read` gets the bytes once; the form's rest is checked
 * after it.
 */
export async function withUploadBody<T>(request: FormatRequest, read: (body: Readable) => Promise<T>): Promise<T> {
  const { headers } = request;
  if (headers['content-length'] === undefined && headers['transfer-encoding'] === undefined) {
    throw problem('invalid-request', 'file is missing');
  }
  if (headers['content-range'] !== undefined) {
    throw problem('partial-upload', 'Resuming an upload is not offered here: send the whole file.');
  }
  const type = headers['content-type'] ?? '';
  return /^multipart\/form-data\b/i.test(type) ? readForm(request, type, read) : read(request.body());
}

async function readForm<T>(request: FormatRequest, type: string, read: (body: Readable) => Promise<T>): Promise<T> {
  const form = await openForm(type);
  const files: Promise<T>[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    form.on('file', (field: string, body: Readable) => {
      if (field === 'file' && files.length === 0) files.push(read(body));
      else body.resume();
    });
    form.on('finish', resolve);
    form.on('error', () => reject(problem('invalid-request', 'The multipart form is broken.')));
    const source = request.body();
    source.on('error', reject);
    source.pipe(form);
  });
  const [, file] = await Promise.all([ended, ended.then(() => files[0]), ...files]);
  if (file === undefined) throw problem('invalid-request', 'file is missing');
  return file;
}

/** The parser is loaded with the first form: hardly anybody sends one. */
async function openForm(type: string) {
  const { default: busboy } = await import('@fastify/busboy');
  try {
    return new busboy.Busboy({
      headers: { 'content-type': type },
      limits: { files: 1, fields: 20, fieldSize: 4_096, parts: 30, headerPairs: 50 },
    });
  } catch {
    throw problem('invalid-request', 'The multipart form has no boundary.');
  }
}
