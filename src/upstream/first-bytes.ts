import { Readable } from 'node:stream';
import type { UpstreamFile } from '../formats/format.ts';

/** Thrown for an answer that is not the kind of file that was asked for: a login page, an error with status 200. */
export class WrongContent extends Error {}

const begins: Readonly<Record<NonNullable<UpstreamFile['looksLike']>, (head: Buffer) => boolean>> = {
  gzip: (head) => head[0] === 0x1f && head[1] === 0x8b,
  zip: (head) => head.subarray(0, 2).toString('latin1') === 'PK',
  json: (head) => /^\s*\{/.test(head.toString('latin1')),
  digests: (head) => /^(?:[0-9a-f]{32}|[0-9a-f]{40}|[0-9a-f]{64})/.test(head.toString('latin1')),
  // A signature packet, of the old form or the new one: https://www.rfc-editor.org/rfc/rfc9580.html#section-4.2
  openpgp: ([first = 0]) => (first & 0xfc) === 0x88 || first === 0xc2,
  xml: (head) => /^(?:\u00ef\u00bb\u00bf)?\s*<(?!!doctype|html)/i.test(head.toString('latin1')),
};

/** So much tells `<!doctype html>` from what was asked for; a shorter file is judged by all that it has. */
const enough = 32;

/** The same bytes; an error before any of them when they begin wrongly. An empty file is wrong too. */
export function checkedBody(body: Readable, looksLike: UpstreamFile['looksLike']): Readable {
  if (looksLike === undefined) return body;
  return Readable.from(checked(body, begins[looksLike]), { objectMode: false });
}

async function* checked(body: Readable, isRight: (head: Buffer) => boolean): AsyncGenerator<Buffer> {
  let head: Buffer | null = Buffer.alloc(0);
  for await (const chunk of body) {
    if (head === null) {
      yield chunk as Buffer;
      continue;
    }
    head = Buffer.concat([head, chunk as Buffer]);
    if (head.length < enough) continue;
    yield right(head, isRight);
    head = null;
  }
  if (head !== null) yield right(head, isRight);
}

function right(head: Buffer, isRight: (head: Buffer) => boolean): Buffer {
  if (head.length < 4 || !isRight(head)) throw new WrongContent('the file is something else');
  return head;
}
