import { type BlobStore, BlobMissing } from '../blobs/blob-store.ts';
import type { FileReply } from '../formats/format.ts';
import { type ByteRange, ifRangeHolds, parseByteRange } from '../lib/byte-range.ts';
import { evaluateConditions } from '../lib/conditional.ts';
import { attachment } from '../lib/content-disposition.ts';
import { problem } from '../problems/problem.ts';
import { type Exchange, safeHeaders } from './exchange.ts';
import type { HotAnswers } from './hot-answers.ts';
import type { ArrivingFile, StoredFile } from '../catalog/files.ts';
import { sendPieces } from './send-pieces.ts';
import { smallFile, type SmallFiles } from './small-files.ts';

export interface FileSending {
  readonly blobs: BlobStore;
  readonly smallFiles: SmallFiles;
  readonly hot: HotAnswers;
  readonly countDownload: (file: StoredFile) => void;
}

/** Sends a stored file: conditions, one range, HEAD; small files from memory, large ones streamed. */
export async function sendFile(exchange: Exchange, reply: FileReply, sending: FileSending): Promise<void> {
  const { request, response } = exchange;
  if (reply.file.arriving !== undefined) return sendArriving(exchange, reply, reply.file.arriving, sending);
  const { file } = reply;
  const validators = { etag: `"${file.digests.sha256}"`, lastModified: file.createdAt };
  const headers = headersOf(reply, validators.etag);
  const verdict = evaluateConditions(request.method ?? 'GET', request.headers, validators);
  if (verdict === 'precondition-failed') throw problem('precondition-failed', 'The file is another one by now.');
  if (verdict === 'not-modified') {
    response.writeHead(304, headers).end();
    return;
  }
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...headers, 'content-length': String(file.size) }).end();
    return;
  }
  const range = ifRangeHolds(singleHeader(request.headers['if-range']), validators.etag, validators.lastModified)
    ? parseByteRange(request.headers.range, file.size)
    : null;
  if (range === 'unsatisfiable') {
    response.writeHead(416, { ...safeHeaders, 'content-range': `bytes */${file.size}`, 'content-length': '0' }).end();
    return;
  }
  count(reply, sending);
  if (await redirect(exchange, reply, sending)) return;
  if (range === null && file.size <= smallFile) await sendWhole(exchange, reply, headers, sending, validators);
  else await streamRange(exchange, reply, headers, range, sending);
}

/**
 * Sends a file along while it comes from an upstream: no validators and checksums yet, and a broken transfer when it turns
 * out wrong. Whoever wants a part of it, or has something to compare, waits until it is here.
 */
async function sendArriving(
  exchange: Exchange,
  reply: FileReply,
  arriving: ArrivingFile,
  sending: FileSending,
): Promise<void> {
  const { request, response } = exchange;
  const { headers } = request;
  const conditional = ['range', 'if-match', 'if-none-match', 'if-modified-since', 'if-unmodified-since'];
  if (conditional.some((name) => headers[name] !== undefined)) {
    const file = await arriving.whole().catch(() => null);
    if (file === null) throw problem('upstream-failed', 'The file did not come as it must.');
    return sendFile(exchange, { ...reply, file }, sending);
  }
  const { etag: _etag, 'last-modified': _time, ...known } = headersOf(reply, '');
  for (const name of ['X-Checksum-SHA256', 'X-Checksum-SHA1', 'X-Checksum-MD5']) delete known[name];
  const length = arriving.size === null ? {} : { 'content-length': String(arriving.size) };
  if (request.method === 'HEAD') {
    response.writeHead(200, { ...known, ...length }).end();
    return;
  }
  const begin = (): unknown => response.writeHead(200, { ...known, ...length });
  const isWhole = await sendPieces(exchange, arriving.open(), { length: arriving.size, begin }).catch(() => {
    throw problem('upstream-failed', 'The file did not come as it must.');
  });
  if (isWhole) sending.countDownload(await arriving.whole());
}

function headersOf(
  { file, mediaType, downloadName, mutable, headers }: FileReply,
  etag: string,
): Record<string, string> {
  return {
    ...safeHeaders,
    'content-type': mediaType,
    'content-disposition': attachment(downloadName),
    'content-security-policy': "sandbox; default-src 'none'",
    'accept-ranges': 'bytes',
    etag,
    'last-modified': new Date(file.createdAt).toUTCString(),
    'cache-control': mutable ? 'private, max-age=0, must-revalidate' : 'private, max-age=31536000, immutable',
    // Spelt so: scripts look for these names case-sensitively.
    'X-Checksum-SHA256': file.digests.sha256,
    'X-Checksum-SHA1': file.digests.sha1,
    'X-Checksum-MD5': file.digests.md5,
    ...headers,
  };
}

function count({ file, counted }: FileReply, { countDownload }: FileSending): void {
  if (counted !== false) countDownload(file);
}

/** Sends the client to the store for a large file, where both are made for it. The store answers a range as well. */
async function redirect({ response }: Exchange, reply: FileReply, { blobs }: FileSending): Promise<boolean> {
  const { file, mediaType, downloadName } = reply;
  if (reply.redirectable !== true || file.size <= smallFile) return false;
  const location = await blobs.redirectFor?.(file.digests.sha256, { fileName: downloadName, mediaType });
  if (location === undefined || location === null) return false;
  // The link is a secret, and soon expires.
  response
    .writeHead(302, { ...safeHeaders, location, 'cache-control': 'private, no-store', 'content-length': '0' })
    .end();
  return true;
}

async function sendWhole(
  exchange: Exchange,
  reply: FileReply,
  headers: Record<string, string>,
  sending: FileSending,
  validators: { etag: string; lastModified: number },
): Promise<void> {
  const { file } = reply;
  const body = await sending.smallFiles.read(file.digests.sha256);
  if (body.length !== file.size) throw new BlobMissing(file.digests.sha256);
  const whole = { ...headers, 'content-length': String(body.length) };
  const onHit = (): void => count(reply, sending);
  sending.hot.remember(exchange, { headers: whole, body, validators, onHit });
  exchange.response.writeHead(200, whole).end(body);
}

async function streamRange(
  exchange: Exchange,
  { file }: FileReply,
  headers: Record<string, string>,
  range: ByteRange | null,
  sending: FileSending,
): Promise<void> {
  const start = range?.start ?? 0;
  const end = range?.end ?? file.size - 1;
  const length = end - start + 1;
  const pieces = await sending.blobs.lend(file.digests.sha256, range ?? undefined);
  const whole = { ...headers, 'content-length': String(length) };
  const part = { ...whole, 'content-range': `bytes ${start}-${end}/${file.size}` };
  const begin = (): unknown =>
    range === null ? exchange.response.writeHead(200, whole) : exchange.response.writeHead(206, part);
  await sendPieces(exchange, pieces, { length, begin });
}

function singleHeader(value: string | string[] | undefined): string | undefined {
  return Array.isArray(value) ? value[0] : value;
}
