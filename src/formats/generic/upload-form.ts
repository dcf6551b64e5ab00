import { finished, type Readable } from 'node:stream';
import { problem } from '../../problems/problem.ts';
import type { Uploaded } from './upload-body.ts';

interface FormFile<T> {
  readonly bytes: Readable;
  readonly result: Promise<T>;
}

/**
 * Reads a multipart form with one file, in the field `file`; file names in it are not looked at. When anything about the
 * form is refused, `read` has given up before this rejects, and the body is left to its owner.
 */
export async function readForm<T>(
  body: Readable,
  type: string,
  read: (file: Readable) => Promise<T>,
): Promise<Uploaded<T>> {
  const form = await openForm(type);
  const fields = new Map<string, string>();
  const files: FormFile<T>[] = [];
  const ended = new Promise<void>((resolve, reject) => {
    form.on('file', (field: string | undefined, bytes: Readable) => {
      // The early end of a form is told to its file as an error, whether or not somebody still reads that.
      bytes.on('error', () => undefined);
      if (field !== 'file' || files.length > 0) {
        bytes.resume();
        reject(problem('invalid-request', 'Send one file, in the form field "file".'));
        return;
      }
      const result = read(bytes);
      files.push({ bytes, result });
      result.catch(reject);
    });
    form.on('field', (field: string, value: string) => fields.set(field, value));
    form.on('finish', resolve);
    form.on('error', () => reject(brokenForm()));
    // Hears also of a body that was gone before anybody listened.
    finished(body, { writable: false }, (error) => {
      if (error !== undefined && error !== null) reject(brokenOff());
    });
    body.pipe(form);
  });
  try {
    await ended;
    const [file] = files;
    if (file === undefined) throw problem('invalid-request', 'file is missing');
    return { file: await file.result, fields };
  } catch (error) {
    body.unpipe(form);
    await abandon(files);
    throw error;
  }
}

async function abandon<T>(files: readonly FormFile<T>[]): Promise<void> {
  for (const { bytes, result } of files) {
    bytes.destroy(brokenForm());
    await result.catch(() => undefined);
  }
}

function brokenOff(): Error {
  return problem('incomplete-body', 'The upload broke off before its end; send it again.');
}

function brokenForm(): Error {
  return problem('invalid-request', 'The multipart form is broken.');
}

/** The parser is loaded with the first form: hardly anybody sends one. */
async function openForm(type: string) {
  const { default: busboy } = await import('@fastify/busboy');
  try {
    return new busboy.Busboy({
      headers: { 'content-type': type },
      limits: { files: 2, fields: 20, fieldSize: 4_096, parts: 30, headerPairs: 50 },
    });
  } catch {
    throw problem('invalid-request', 'The multipart form has no boundary.');
  }
}
