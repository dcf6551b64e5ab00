/**
 * An object store that misbehaves on demand. It keeps bodies in files, checks signed digests, knows `If-None-Match: *`
 * and Range, and forgets everything when it is closed. It checks no signatures and has one bucket.
 */
import { createHash, randomUUID } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { faultyBytes, type S3Fault, type S3Operation } from './s3-faults.ts';

interface Stored {
  readonly file: string;
  readonly size: number;
  readonly etag: string;
  readonly modifiedAt: Date;
  hiddenFor: number;
}

interface Upload {
  readonly key: string;
  readonly begunAt: Date;
  readonly parts: Map<number, Stored>;
}

interface Call {
  readonly operation: S3Operation;
  readonly key: string;
  readonly query: URLSearchParams;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly fault: S3Fault;
}

export interface S3StubRequest {
  readonly operation: S3Operation;
  readonly key: string;
  readonly headers: IncomingMessage['headers'];
}

class Refusal extends Error {
  readonly status: number;
  constructor(status: number, code: string) {
    super(code);
    this.status = status;
  }
}

export class S3Stub {
  readonly bucket = 'stub';
  readonly requests: S3StubRequest[] = [];
  readonly objects = new Map<string, Stored>();
  readonly uploads = new Map<string, Upload>();
  /** Most keys in one page of a list. */
  pageSize = 1_000;
  /** Without it, a condition is ignored: as stores do that don't know them. */
  knowsConditions = true;
  #folder = '';
  #faults: { operation: S3Operation | 'any'; fault: S3Fault; left: number }[] = [];
  readonly #server = createServer((request, response) => {
    this.#answer(request, response).catch(() => response.destroy());
  });

  static async start(): Promise<S3Stub> {
    const stub = new S3Stub();
    stub.#folder = await mkdtemp(join(tmpdir(), 's3-stub-'));
    await new Promise<void>((resolve) => stub.#server.listen(0, '127.0.0.1', resolve));
    return stub;
  }

  get endpoint(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** The next `times` requests of this kind meet the fault. */
  fail(operation: S3Operation | 'any', fault: S3Fault, times = 1): void {
    this.#faults.push({ operation, fault, left: times });
  }

  heal(): void {
    this.#faults = [];
  }

  count(operation: S3Operation): number {
    return this.requests.filter((request) => request.operation === operation).length;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
    await rm(this.#folder, { recursive: true });
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://stub');
    const [, bucket, ...rest] = decodeURIComponent(url.pathname).split('/');
    const key = rest.join('/');
    const operation = operationOf(request.method ?? '', key, url.searchParams);
    this.requests.push({ operation, key, headers: request.headers });
    const fault = this.#takeFault(operation);
    if (fault.hang === true) return;
    if (fault.reset === 'before') return void response.destroy();
    try {
      if (fault.status !== undefined) throw new Refusal(fault.status, fault.code ?? 'InternalError');
      if (bucket !== this.bucket) throw new Refusal(404, 'NoSuchBucket');
      await this.#do({ operation, key, query: url.searchParams, request, response, fault });
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      request.resume();
      const body =
        request.method === 'HEAD' ? '' : `<Error><Code>${error.message}</Code><Message>No.</Message></Error>`;
      response.writeHead(error.status, { 'content-type': 'application/xml' }).end(body);
    }
  }

  #takeFault(operation: S3Operation): S3Fault {
    const found = this.#faults.find((one) => one.left > 0 && (one.operation === operation || one.operation === 'any'));
    if (found === undefined) return {};
    found.left -= 1;
    return found.fault;
  }

  async #do(call: Call): Promise<void> {
    const { operation, key, query, response, fault } = call;
    if (operation === 'put') return this.#put(call);
    if (operation === 'get' || operation === 'head') return this.#get(call);
    if (operation === 'put-part') return this.#putPart(call);
    if (operation === 'complete-upload') return this.#complete(call);
    if (operation === 'list') return this.#list(call);
    if (operation === 'list-uploads') return xml(response, this.#uploadList(query.get('prefix') ?? ''));
    if (operation === 'delete') this.objects.delete(key);
    if (operation === 'abort-upload' && !this.uploads.delete(query.get('uploadId') ?? '')) {
      throw new Refusal(404, 'NoSuchUpload');
    }
    if (fault.reset === 'after') return void response.destroy();
    if (operation !== 'create-upload') return void response.writeHead(204).end();
    const id = randomUUID();
    this.uploads.set(id, { key, begunAt: new Date(), parts: new Map() });
    const name = `<UploadId>${id}</UploadId>`;
    xml(response, `<InitiateMultipartUploadResult>${name}</InitiateMultipartUploadResult>`);
  }

  async #put(call: Call): Promise<void> {
    const { key, request, fault } = call;
    if (this.knowsConditions && request.headers['if-none-match'] === '*' && this.objects.has(key)) {
      throw new Refusal(412, 'PreconditionFailed');
    }
    const stored = await this.#receive(call);
    if (fault.lose !== true) this.objects.set(key, stored);
    acknowledge(call, stored);
  }

  async #putPart(call: Call): Promise<void> {
    const { query, fault } = call;
    const upload = this.#uploadOf(query);
    const stored = await this.#receive(call);
    if (fault.lose !== true) upload.parts.set(Number(query.get('partNumber')), stored);
    acknowledge(call, stored);
  }

  #uploadOf(query: URLSearchParams): Upload {
    const upload = this.uploads.get(query.get('uploadId') ?? '');
    if (upload === undefined) throw new Refusal(404, 'NoSuchUpload');
    return upload;
  }

  async #receive({ request, fault }: Call): Promise<Stored> {
    const file = join(this.#folder, randomUUID());
    const hash = createHash('sha256');
    let size = 0;
    const meter = new Transform({
      transform(chunk: Buffer, _encoding, done) {
        hash.update(chunk);
        size += chunk.length;
        const wait = fault.slow ?? 0;
        if (wait === 0) done(null, chunk);
        else setTimeout(() => done(null, chunk), wait);
      },
    });
    await pipeline(request, meter, createWriteStream(file));
    const digest = hash.digest('hex');
    if (Number(request.headers['content-length']) !== size) throw new Refusal(400, 'IncompleteBody');
    if (request.headers['x-amz-content-sha256'] !== digest) throw new Refusal(400, 'XAmzContentSHA256Mismatch');
    return { file, size, etag: `"${digest.slice(0, 32)}"`, modifiedAt: new Date(), hiddenFor: fault.hideFor ?? 0 };
  }

  async #complete(call: Call): Promise<void> {
    const { key, query, request, response, fault } = call;
    const { parts } = this.#uploadOf(query);
    const wanted = [...(await textOf(request)).matchAll(/<PartNumber>(\d+)<\/PartNumber>/g)].map(([, n]) => Number(n));
    const found = wanted.map((number) => parts.get(number));
    if (found.includes(undefined)) throw new Refusal(400, 'InvalidPart');
    const file = join(this.#folder, randomUUID());
    for (const part of found)
      if (part) await pipeline(createReadStream(part.file), createWriteStream(file, { flags: 'a' }));
    const size = found.reduce((sum, part) => sum + (part?.size ?? 0), 0);
    this.objects.set(key, { file, size, etag: `"${randomUUID()}"`, modifiedAt: new Date(), hiddenFor: 0 });
    this.uploads.delete(query.get('uploadId') ?? '');
    if (fault.reset === 'after') return void response.destroy();
    xml(response, `<CompleteMultipartUploadResult><Key>${key}</Key></CompleteMultipartUploadResult>`);
  }

  async #get({ operation, key, request, response, fault }: Call): Promise<void> {
    const stored = this.objects.get(key);
    if (stored === undefined || stored.hiddenFor-- > 0) throw new Refusal(404, 'NoSuchKey');
    const { size, etag, modifiedAt, file } = stored;
    const [, first, last] = /^bytes=(\d+)-(\d*)$/.exec(request.headers.range ?? '') ?? [];
    const start = Number(first ?? 0);
    const end = Math.min(last === undefined || last === '' ? size - 1 : Number(last), size - 1);
    if (first !== undefined && start >= size) throw new Refusal(416, 'InvalidRange');
    response.writeHead(first === undefined ? 200 : 206, {
      'content-length': String(end - start + 1 + (fault.lengthOff ?? 0)),
      'last-modified': modifiedAt.toUTCString(),
      etag,
      ...(first === undefined ? {} : { 'content-range': `bytes ${start}-${end}/${size}` }),
    });
    if (operation === 'head' || size === 0) return void response.end();
    const bytes = createReadStream(file, { start, end });
    await pipeline(Readable.from(faultyBytes(bytes, fault)), response).catch(() => response.destroy());
  }

  #list({ query, response }: Call): void {
    const after = query.get('continuation-token') ?? '';
    const keys = [...this.objects.keys()]
      .filter((key) => key.startsWith(query.get('prefix') ?? '') && key > after)
      .sort();
    const page = keys.slice(0, Math.min(this.pageSize, Number(query.get('max-keys') ?? 1_000)));
    const entries = page.map((key) => {
      const stored = this.objects.get(key);
      const time = stored?.modifiedAt.toISOString() ?? '';
      return `<Contents><Key>${key}</Key><Size>${stored?.size}</Size><LastModified>${time}</LastModified></Contents>`;
    });
    const more = page.length < keys.length;
    const next = more ? `<NextContinuationToken>${page.at(-1)}</NextContinuationToken>` : '';
    xml(response, `<ListBucketResult>${entries.join('')}<IsTruncated>${more}</IsTruncated>${next}</ListBucketResult>`);
  }

  #uploadList(prefix: string): string {
    const entries = [...this.uploads].flatMap(([id, { key, begunAt }]) =>
      key.startsWith(prefix)
        ? `<Upload><Key>${key}</Key><UploadId>${id}</UploadId><Initiated>${begunAt.toISOString()}</Initiated></Upload>`
        : [],
    );
    return `<ListMultipartUploadsResult>${entries.join('')}</ListMultipartUploadsResult>`;
  }
}

function operationOf(method: string, key: string, query: URLSearchParams): S3Operation {
  if (key === '') return query.has('uploads') ? 'list-uploads' : 'list';
  if (method === 'POST') return query.has('uploads') ? 'create-upload' : 'complete-upload';
  const inUpload = query.has('uploadId');
  if (method === 'PUT') return inUpload ? 'put-part' : 'put';
  if (method === 'DELETE') return inUpload ? 'abort-upload' : 'delete';
  return method === 'HEAD' ? 'head' : 'get';
}

function acknowledge({ response, fault }: Call, { etag }: Stored): void {
  if (fault.reset === 'after') response.destroy();
  else response.writeHead(200, { etag }).end();
}

function xml(response: ServerResponse, body: string): void {
  response.writeHead(200, { 'content-type': 'application/xml' }).end(`<?xml version="1.0" encoding="UTF-8"?>\n${body}`);
}

async function textOf(request: IncomingMessage): Promise<string> {
  let text = '';
  for await (const chunk of request) text += String(chunk);
  return text;
}
