import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { collect } from '../lib/streams.ts';
import type { SiteResponse } from './request.ts';

/** Largest document of an upstream, in bytes of text: one of npm has 43 MB. */
export const mostText = 128 * 1024 * 1024;

/** Longest time that a document may come, milliseconds: all who want it wait for it. */
const mostTime = 5 * 60_000;

export class TooLarge extends Error {}

/** The whole text of an answer, `Content-Encoding: gzip` undone. Rejects when it breaks off, lies, or is too large or slow. */
export async function textOf(
  { headers, body, isFramed }: Pick<SiteResponse, 'headers' | 'body' | 'isFramed'>,
  limit = mostText,
  patience = mostTime,
): Promise<Buffer> {
  const tooLarge = (most: number) => new TooLarge(`a document of more than ${most} bytes`);
  const timer = setTimeout(() => body.destroy(new Error('the document comes too slowly')), patience);
  try {
    const text = await collect(plain(body, headers['content-encoding']), limit, tooLarge);
    if (!isFramed && !isClosed(text.toString('utf8'))) throw new Error('an answer that may have been cut off');
    return text;
  } finally {
    clearTimeout(timer);
    // What isn't wanted any more would keep its connection from others.
    body.destroy();
  }
}

/** The end of a markup text that it begins: HTML can be read without. JSON and the like can't, when they are cut. */
function isClosed(text: string): boolean {
  const [, first] = /^\s*(?:<[?!][^>]*>\s*)*<([a-z][^\s/>]*)/i.exec(text) ?? [];
  // Comments may follow.
  return first === undefined || text.slice(-500).toLowerCase().includes(`</${first.toLowerCase()}`);
}

function plain(body: Readable, encoding = 'identity'): Readable {
  const name = encoding.toLowerCase();
  if (name === 'identity') return body;
  if (name === 'gzip' || name === 'x-gzip') return gunzipped(body);
  throw new Error(`an answer in ${name}`);
}

/** Whichever of the two ends badly ends the other: an answer that is too large is not received further. */
function gunzipped(body: Readable): Readable {
  const gunzip = createGunzip();
  pipeline(body, gunzip, () => undefined);
  return gunzip;
}
