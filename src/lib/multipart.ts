import { finished, type Readable } from 'node:stream';

/** A file part as it arrives; names are the sender's, nothing in them is checked. */
export interface FormFile {
  /** Name of the form field. */
  readonly field: string;
  /** As sent, folders and all; empty when the part has none. */
  readonly fileName: string;
  readonly bytes: Readable;
}

/** A file part and what was made of it. */
export interface ReadFile<T> {
  readonly field: string;
  readonly fileName: string;
  readonly result: T;
}

export interface Form<T> {
  /** Text fields in order, all values of each. */
  readonly fields: ReadonlyMap<string, readonly string[]>;
  /** The files that `read` took, in order. */
  readonly files: readonly ReadFile<T>[];
}

/** Beyond any of them the form is refused. */
export interface FormLimits {
  readonly files: number;
  /** Number of text fields. */
  readonly fields: number;
  /** Bytes of one text field. */
  readonly fieldSize: number;
  /** Characters of all text fields; when left out only the two others bound it. */
  readonly textSize?: number;
}

/** A form that can't be read; `kind` tells whose fault it is, the message is a sentence for the sender. */
export class UnreadableForm extends Error {
  /** `broken-off`: the body ended before its time, and may be sent again. */
  readonly kind: 'malformed' | 'too-large' | 'broken-off';

  constructor(kind: UnreadableForm['kind'], message: string) {
    super(message);
    this.name = 'UnreadableForm';
    this.kind = kind;
  }
}

interface Reading<T> {
  readonly file: FormFile;
  readonly result: Promise<T>;
}

export function isMultipart(contentType: string | undefined): contentType is string {
  return contentType !== undefined && /^multipart\/form-data\b/i.test(contentType);
}

/**
 * Reads a `multipart/form-data` body (RFC 7578) without holding a file: each file part is given to `read` as it arrives,
 * and must be read to its end. `read` returns `null` for a part that nobody wants, and throws or rejects to refuse the
 * form. When the form is refused, for whatever reason, all readers have given up before this rejects, and the body is
 * left to its owner.
 */
export async function readMultipart<T>(
  body: Readable,
  contentType: string,
  limits: FormLimits,
  read: (file: FormFile) => Promise<T> | null,
): Promise<Form<T>> {
  const parser = await openParser(contentType, limits);
  const fields = new Map<string, string[]>();
  const readings: Reading<T>[] = [];
  let textSize = 0;
  const ended = new Promise<void>((resolve, reject) => {
    parser.on('file', (field: string | undefined, bytes: Readable, fileName: string | undefined) => {
      // The early end of a form is told to its file as an error, whether or not somebody still reads that.
      bytes.on('error', () => undefined);
      start({ field: field ?? '', fileName: fileName ?? '', bytes }, read, readings, reject);
    });
    parser.on('field', (field: string | undefined, value: string, _nameCut: boolean, cut: boolean) => {
      textSize += value.length;
      if (cut) reject(tooLarge(`The form field ${field ?? ''} has more than ${limits.fieldSize} bytes.`));
      else if (textSize > (limits.textSize ?? Infinity)) reject(tooLarge('The form has too much text.'));
      else add(fields, field ?? '', value);
    });
    parser.on('filesLimit', () => reject(tooLarge(`The form has more than ${limits.files} files.`)));
    parser.on('fieldsLimit', () => reject(tooLarge(`The form has more than ${limits.fields} fields.`)));
    parser.on('partsLimit', () => reject(tooLarge('The form has too many parts.')));
    parser.on('finish', resolve);
    parser.on('error', () => reject(malformed()));
    // Hears also of a body that was gone before anybody listened.
    finished(body, { writable: false }, (error) => {
      if (error !== undefined && error !== null) reject(brokenOff());
    });
    body.pipe(parser);
  });
  try {
    await ended;
    return { fields, files: await Promise.all(readings.map(settle)) };
  } catch (error) {
    body.unpipe(parser);
    await abandon(readings);
    throw error;
  }
}

function start<T>(
  file: FormFile,
  read: (file: FormFile) => Promise<T> | null,
  readings: Reading<T>[],
  refuse: (error: unknown) => void,
): void {
  try {
    const result = read(file);
    if (result === null) {
      file.bytes.resume();
      return;
    }
    readings.push({ file, result });
    result.catch(refuse);
  } catch (error) {
    file.bytes.resume();
    refuse(error);
  }
}

function add(fields: Map<string, string[]>, field: string, value: string): void {
  const values = fields.get(field);
  if (values === undefined) fields.set(field, [value]);
  else values.push(value);
}

async function settle<T>({ file: { field, fileName }, result }: Reading<T>): Promise<ReadFile<T>> {
  return { field, fileName, result: await result };
}

async function abandon<T>(readings: readonly Reading<T>[]): Promise<void> {
  for (const { file, result } of readings) {
    file.bytes.destroy(malformed());
    await result.catch(() => undefined);
  }
}

function brokenOff(): UnreadableForm {
  return new UnreadableForm('broken-off', 'The upload broke off before its end; send it again.');
}

function malformed(): UnreadableForm {
  return new UnreadableForm('malformed', 'The multipart form is broken.');
}

function tooLarge(message: string): UnreadableForm {
  return new UnreadableForm('too-large', message);
}

/** The parser is loaded with the first form: most servers see few. */
async function openParser(contentType: string, { files, fields, fieldSize }: FormLimits) {
  const { default: busboy } = await import('@fastify/busboy');
  try {
    return new busboy.Busboy({
      headers: { 'content-type': contentType },
      preservePath: true,
      limits: { files, fields, fieldSize, parts: files + fields + 1, headerPairs: 50 },
    });
  } catch {
    throw new UnreadableForm('malformed', 'The multipart form has no boundary.');
  }
}
