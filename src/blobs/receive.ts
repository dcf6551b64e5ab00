import type { Readable } from 'node:stream';
import type { Digests } from '../lib/digests.ts';
import { brokenPromise } from '../lib/digests.ts';
import { chunksOf } from '../lib/streams.ts';
import { Problem, problem } from '../problems/problem.ts';
import type { StageOptions } from './blob-store.ts';

/** Uploads up to this many bytes stay in memory. */
export const memoryLimit = 256 * 1024;

/** Where received bytes go. A promise from `write` holds the body back until it resolves. */
export interface UploadSink {
  write(chunk: Buffer): void | Promise<void>;
}

/** Reads a body into `sink` and returns its size; throws what `BlobStore.stage` promises for sizes and broken bodies. */
export async function receive(body: Readable, options: StageOptions, sink: UploadSink): Promise<number> {
  const { maxSize, expectedSize } = options;
  if (expectedSize !== undefined && expectedSize > maxSize) throw tooLarge(maxSize);
  let size = 0;
  try {
    for await (const chunk of chunksOf(body)) {
      size += chunk.length;
      if (size > maxSize) throw tooLarge(maxSize);
      if (expectedSize !== undefined && size > expectedSize) throw lengthDiffers(expectedSize, 'more');
      const written = sink.write(chunk);
      if (written !== undefined) await written;
    }
  } catch (error) {
    throw isOfBody(body, error) ? brokenOff(error) : error;
  }
  if (expectedSize !== undefined && size < expectedSize) throw lengthDiffers(expectedSize, `only ${size}`);
  return size;
}

/** Throws `digest-mismatch` when the bytes are not those that the client promised. */
export function checkPromises(options: StageOptions, actual: Digests): void {
  const broken = options.promised === undefined ? null : brokenPromise(options.promised, actual);
  if (broken === null) return;
  throw problem(
    'digest-mismatch',
    `The ${broken} of the uploaded file is ${actual[broken]}, which is not what the request says; upload it again.`,
  );
}

function isOfBody(body: Readable, error: unknown): boolean {
  if (error instanceof Problem) return false;
  return error === body.errored || (error as NodeJS.ErrnoException).code === 'ERR_STREAM_PREMATURE_CLOSE';
}

function brokenOff(error: unknown): Problem {
  const told = problem('incomplete-body', 'The upload ended before it was complete; send it again.');
  told.cause = error;
  return told;
}

function tooLarge(maxSize: number): Problem {
  return problem('file-too-large', `The file is larger than the ${maxSize} bytes that are accepted here.`);
}

function lengthDiffers(expected: number, received: string): Problem {
  return problem('length-mismatch', `The request says ${expected} bytes and ${received} came; send the file again.`);
}
