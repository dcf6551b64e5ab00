import type { Transform } from 'node:stream';
import { type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { collect } from '../lib/streams.ts';
import type { SiteResponse } from './request.ts';

/** Largest document of an upstream, in bytes of text: one of npm has 43 MB. */
export const mostText = 128 * 1024 * 1024;

export class TooLarge extends Error {}

/** The whole text of an answer, `Content-Encoding: gzip` undone. Rejects when it breaks off, lies, or is too large. */
export async function textOf({ headers, body }: SiteResponse): Promise<Buffer> {
  const tooLarge = (limit: number) => new TooLarge(`a document of more than ${limit} bytes`);
  const encoding = (headers['content-encoding'] ?? 'identity').toLowerCase();
  if (encoding === 'identity') return collect(body, mostText, tooLarge);
  body.on('error', () => undefined);
  if (encoding !== 'gzip' && encoding !== 'x-gzip') {
    body.destroy();
    throw new Error(`an answer in ${encoding}`);
  }
  return collect(gunzipped(body), mostText, tooLarge);
}

function gunzipped(body: Readable): Readable {
  const gunzip: Transform = createGunzip();
  body.on('error', (error) => gunzip.destroy(error));
  body.on('aborted', () => gunzip.destroy(new Error('the answer broke off')));
  return body.pipe(gunzip);
}
