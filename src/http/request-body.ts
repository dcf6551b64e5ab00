import type { IncomingMessage } from 'node:http';
import { PassThrough, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { collect } from '../lib/streams.ts';
import { type Problem, problem } from '../problems/problem.ts';
import { expectBodyWithin, hasBody } from './unread-body.ts';

const deepest = 100;

/** A document is small: one that takes longer than this, milliseconds, is not meant to end. */
const longest = 60_000;

/** The whole body as text, gzip undone, bounded by its decoded size. */
export async function textOf(request: IncomingMessage, limit: number): Promise<string> {
  const encoding = request.headers['content-encoding'] ?? 'identity';
  if (encoding !== 'identity' && encoding !== 'gzip') {
    throw problem('unsupported-media-type', `The content encoding ${encoding} is not accepted.`);
  }
  if (hasBody(request)) expectBodyWithin(request, longest);
  const body = encoding === 'gzip' ? unzipped(request) : request;
  try {
    return (await collect(body, limit, bodyTooLarge)).toString('utf8');
  } finally {
    // Whoever drains the rest of a refused body must not feed it to the decoder.
    if (body !== request) body.destroy();
  }
}

function bodyTooLarge(limit: number): Problem {
  return problem('body-too-large', `The body is larger than the ${limit} bytes that are accepted here.`);
}

function unzipped(body: Readable): Readable {
  const decoded = new PassThrough();
  const gunzip = createGunzip();
  const fail = (): void => {
    decoded.destroy(problem('invalid-request', 'The body is not the gzip that its Content-Encoding says.'));
  };
  body.on('error', fail);
  gunzip.on('error', fail);
  body.pipe(gunzip).pipe(decoded);
  decoded.on('close', () => {
    body.unpipe(gunzip);
    gunzip.destroy();
  });
  return decoded;
}

/** Parses JSON of bounded depth; keys such as `__proto__` become own properties, inert unless assigned from. */
export function parseJson(text: string): unknown {
  if (tooDeep(text)) throw problem('invalid-json', `The JSON nests deeper than ${deepest} levels.`);
  try {
    return JSON.parse(text) as unknown;
  } catch {
    throw problem('invalid-json', 'The body is not valid JSON.');
  }
}

function tooDeep(text: string): boolean {
  let depth = 0;
  let inString = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (inString) {
      if (code === 0x5c) at++;
      else if (code === 0x22) inString = false;
    } else if (code === 0x22) inString = true;
    else if (code === 0x7b || code === 0x5b) {
      if (++depth > deepest) return true;
    } else if (code === 0x7d || code === 0x5d) depth--;
  }
  return false;
}
