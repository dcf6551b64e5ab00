import { createHash } from 'node:crypto';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { LRUCache } from 'lru-cache';
import type { DocumentContent, DocumentPart, RenderedDocument } from '../formats/format.ts';
import { ownBytes } from '../lib/own-bytes.ts';
import { assembleGzip, deflateSegment } from '../lib/segmented-gzip.ts';

/** Bytes of one keyed part, kept so that a grown document compresses only what is new. */
export interface PartBytes {
  readonly raw: Buffer;
  readonly deflated: Buffer;
}

export type PartCache = LRUCache<string, PartBytes>;

/** Documents of fewer parts are compressed as one piece: smaller, and nothing is worth keeping. */
const worthKeeping = 4;

const gunzipped = promisify(gunzip);

/**
 * One document rendered for one mount, from one set of revisions. The gzip form is made once and is what is kept; the
 * identity form is kept too once somebody asked for it.
 */
export class Rendered implements RenderedDocument {
  readonly etag: string;
  readonly lastModified: number;
  readonly mediaType: string;
  readonly #gzip: Buffer;
  readonly #grown: (document: Rendered) => void;
  #identity: Promise<Buffer> | null = null;
  #identityBytes = 0;

  constructor(made: {
    /** Names the exact content: kind, mount and revisions. */
    key: string;
    lastModified: number;
    mediaType: string;
    gzip: Buffer;
    grown: (document: Rendered) => void;
  }) {
    // Weak: one validator for the identity and the gzip form of the same text.
    this.etag = `W/"${createHash('sha1').update(made.key).digest('base64url')}"`;
    this.lastModified = made.lastModified;
    this.mediaType = made.mediaType;
    this.#gzip = made.gzip;
    this.#grown = made.grown;
  }

  /** Bytes held in memory, for the cache's account. */
  get size(): number {
    return 600 + this.#gzip.length + this.#identityBytes;
  }

  gzip(): Promise<Buffer> {
    return Promise.resolve(this.#gzip);
  }

  identity(): Promise<Buffer> {
    this.#identity ??= gunzipped(this.#gzip).then((unpacked) => {
      const bytes = ownBytes(unpacked);
      this.#identityBytes = bytes.length;
      this.#grown(this);
      return bytes;
    });
    return this.#identity;
  }
}

/** The document as one gzip member, compressing only those parts that `cache` doesn't know. */
export async function compress(content: DocumentContent, cache: PartCache): Promise<Buffer> {
  const parts = joinTexts(content.parts);
  if (parts.length < worthKeeping) {
    return assembleGzip([await deflatePart(parts.map(textOf).join(''))]);
  }
  return assembleGzip(await Promise.all(parts.map((part) => segment(part, cache))));
}

async function segment(part: DocumentPart, cache: PartCache): Promise<PartBytes> {
  if (typeof part === 'string') return deflatePart(part);
  const known = cache.get(part.key);
  if (known !== undefined) return known;
  const made = await deflatePart(part.text());
  cache.set(part.key, made);
  return made;
}

async function deflatePart(text: string): Promise<PartBytes> {
  const raw = ownBytes(Buffer.from(text));
  return { raw, deflated: await deflateSegment(raw) };
}

/** Joins neighbouring plain texts, so that each becomes one segment. */
function joinTexts(parts: readonly DocumentPart[]): DocumentPart[] {
  const joined: DocumentPart[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined;
}

function textOf(part: DocumentPart): string {
  return typeof part === 'string' ? part : part.text();
}
