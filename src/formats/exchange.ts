import type { IncomingHttpHeaders } from 'node:http';
import type { Readable } from 'node:stream';
import type { StoredFile } from '../registry/model.ts';
import type { RenderedDocument } from './document-kind.ts';

/** A request as a format sees it: path parameters decoded once, headers lower-cased, body not yet read. */
export interface FormatRequest {
  readonly method: string;
  readonly params: Readonly<Record<string, string>>;
  /** Whether the path ends with a slash, which routes don't look at. */
  readonly hasTrailingSlash: boolean;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  /** Where the format's mount lies: `https://host/api/v4/projects/1/packages/npm`, no trailing slash. */
  readonly base: string;
  /** The origin with any path prefix of the whole server, no trailing slash. */
  readonly origin: string;
  /** The body as it arrives, `Content-Encoding` not undone. Reading it answers `Expect: 100-continue`. */
  body(): Readable;
  /** The whole body, `Content-Encoding: gzip` undone; `body-too-large` beyond `limit` bytes (of decoded content). */
  text(limit: number): Promise<string>;
  /** `text` parsed; `invalid-json` when it isn't JSON, or nests deeper than 100. Keys such as `__proto__` stay inert. */
  json(limit: number): Promise<unknown>;
}

/** A finished answer. A string or bytes go out as they are; anything else as JSON. `undefined` = no body. */
export interface PlainReply {
  readonly status: number;
  /** The reason phrase of HTTP/1.1, where it is all that clients show: ASCII, one line; the status's own when left out. */
  readonly reason?: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

/** Answered with ETag, 304, gzip and HEAD by the HTTP layer. */
export interface DocumentReply {
  readonly document: RenderedDocument;
  readonly headers?: Readonly<Record<string, string>>;
  /** `false` when the format must hear of each request: none is answered from memory. */
  readonly repeatable?: boolean;
}

/** Answered with ETag, 304, 412, Range, HEAD and checksum headers by the HTTP layer. */
export interface FileReply {
  readonly file: StoredFile;
  /** A media type that a browser never runs; see `lib/media-type.ts`. */
  readonly mediaType: string;
  /** Offered as a download under this name. */
  readonly downloadName: string;
  /** `true` when the same URL may answer other bytes one day (Generic). */
  readonly mutable: boolean;
  /** `true` when the format's clients follow a redirect to another host: large files may then come from the store itself. */
  readonly redirectable?: boolean;
  /** `false` for what only describes a version (its README, its icon): the download isn't counted. */
  readonly counted?: boolean;
  readonly headers?: Readonly<Record<string, string>>;
}

export type Reply = PlainReply | DocumentReply | FileReply;
