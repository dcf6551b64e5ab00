import type { BlobStore, Staging } from '../blobs/blob-store.ts';
import { commitBlobs } from '../catalog/blob-claims.ts';
import { isStillAt } from '../catalog/upstream-place.ts';
import {
  type CachedFile,
  findCachedFile,
  type NewCachedFile,
  pinFile,
  putCachedFile,
} from '../catalog/upstream-files.ts';
import type { Database } from '../database/database.ts';
import type { UpstreamFile } from '../formats/format.ts';
import { brokenPromise, type PromisedDigests } from '../lib/digests.ts';
import { Arrival } from './arrival.ts';
import { withoutQuery } from './cache-key.ts';
import { checkedBody, WrongContent } from './first-bytes.ts';
import { failed, found, type Outcome } from './outcome.ts';
import type { SiteResponse } from './request.ts';
import { OtherBeginning, SeenBytes } from './seen-bytes.ts';
import type { Site } from './site.ts';
import type { SiteClient } from './site-client.ts';

/** Files up to this size are answered when they are whole; larger ones while they come. */
const sentWhole = 2 ** 20;

export interface FillServices {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly client: SiteClient;
  readonly now: () => number;
  readonly signal: AbortSignal;
  /** Told of bytes that are not those that were promised or seen before. */
  readonly onMismatch: (site: Site, fileKey: string) => void;
}

export interface FillOrder {
  readonly site: Site;
  readonly fileKey: string;
  readonly fileName: string;
  readonly file: UpstreamFile;
  readonly maxSize: number;
  /** What is here of it, old. */
  readonly known: CachedFile | null;
  /** Digests that a further document promises; asked for while the file comes. */
  readonly laterDigests: () => Promise<Outcome<PromisedDigests>>;
}

/** Thrown for bytes of which nothing tells whether they are all, or packed on the way: servers say so of `.tgz` files too. */
class Unproven extends Error {}

/** Thrown for bytes that came from where the upstream isn't any more. */
class OtherSite extends Error {}

/** Thrown for bytes that are not the ones that must be. */
class OtherBytes extends Error {}

/**
 * The answer to the first who asks: the file, or the file on its way; rejects when the store or the database can't be used.
 * `ended` resolves when nothing more will happen.
 */
export interface Fill {
  readonly begun: Promise<Outcome<CachedFile | Arrival>>;
  readonly ended: Promise<void>;
}

/** Fetches a file into the store; goes on when those who asked have left. */
export function beginFill(services: FillServices, order: FillOrder): Fill {
  let begin!: (outcome: Outcome<CachedFile | Arrival>) => void;
  let fail!: (error: unknown) => void;
  const begun = new Promise<Outcome<CachedFile | Arrival>>((resolve, reject) => {
    begin = resolve;
    fail = reject;
  });
  // That the store or the database can't be used is no fault of the upstream.
  const ended = fill(services, order, begin).catch((error: unknown) =>
    isOfStore(error) ? fail(error) : begin(failed(`The file can't be taken at the moment.`)),
  );
  return { begun, ended };
}

async function fill(
  services: FillServices,
  order: FillOrder,
  begin: (outcome: Outcome<CachedFile | Arrival>) => void,
): Promise<void> {
  const answered = await ask(services, order);
  if (answered.outcome !== 'found') return begin(answered);
  const { value: answer } = answered;
  if (answer.status === 304) {
    answer.body.resume();
    return begin(order.known === null ? failed('The upstream answers 304 without being asked.') : found(order.known));
  }
  const length = lengthOf(answer);
  if (length !== null && length > order.maxSize) {
    answer.body.destroy();
    return begin(failed(`The file is larger than the ${order.maxSize} bytes that are accepted here.`));
  }
  const arrival = new Arrival(length, services.blobs);
  // Whoever asked for a large file reads it along; a small one is given when it is here, and right.
  const onProgress = (readable: number): void => {
    if (Math.max(length ?? 0, readable) > sentWhole) begin(found(arrival));
  };
  const outcome = await receive(services, order, answer, arrival, onProgress).catch((error: unknown) => {
    // The store is full or away: who reads along must not wait for ever.
    arrival.fail(error as Error);
    throw error;
  });
  if (outcome.outcome === 'found') arrival.settle(outcome.value);
  else arrival.fail(new Error(outcome.outcome === 'failed' ? outcome.reason : outcome.outcome));
  begin(outcome);
}

function ask({ client, signal }: FillServices, { site, file, known }: FillOrder): Promise<Outcome<SiteResponse>> {
  const headers = {
    'accept-encoding': 'identity',
    accept: '*/*',
    ...(known?.etag == null ? {} : { 'if-none-match': known.etag }),
  };
  return client.get(site, { path: file.path, headers, signal });
}

/** Takes the body; one that breaks off is asked for once more, if it can be told that it is the same file. */
async function receive(
  services: FillServices,
  order: FillOrder,
  first: SiteResponse,
  arrival: Arrival,
  onProgress: (readable: number) => void,
): Promise<Outcome<CachedFile>> {
  let answer = first;
  let seen = false;
  let before: SeenBytes | null = null;
  for (let attempt = 1; ; attempt += 1) {
    const bytes = new SeenBytes();
    try {
      const body = bytes.pass(answer.body, before);
      const staging = await stage(services, order, { ...answer, body }, arrival, (readable) => {
        seen = true;
        onProgress(readable);
      });
      return found(await keep(services, order, answer, staging));
    } catch (error) {
      answer.body.destroy();
      const verdict = judge(services, order, error);
      const again = attempt === 1 && verdict.again && (!seen || isIdentified(order.file));
      const next = again ? await ask(services, { ...order, known: null }) : verdict.outcome;
      if (next.outcome !== 'found') return next;
      if (next.value.status === 304) {
        next.value.body.resume();
        return failed(`The upstream ${order.site.name} answers 304 without being asked.`);
      }
      answer = next.value;
      before = seen ? bytes : null;
    }
  }
}

async function stage(
  { blobs }: FillServices,
  { file, maxSize }: FillOrder,
  answer: SiteResponse,
  arrival: Arrival,
  onProgress: (readable: number) => void,
): Promise<Staging> {
  // What was announced to clients holds for a second attempt too.
  const length = arrival.size ?? lengthOf(answer);
  return blobs.stage(checkedBody(answer.body, file.looksLike), {
    maxSize,
    promised: file.digests,
    ...(length === null ? {} : { expectedSize: length }),
    onProgress: (progress) => {
      arrival.progress(progress);
      onProgress(progress.readable);
    },
  });
}

async function keep(
  { database, now }: FillServices,
  order: FillOrder,
  answer: SiteResponse,
  staging: Staging,
): Promise<CachedFile> {
  try {
    await checkLater(order, answer, staging);
    const { site, fileKey } = order;
    const { sha256 } = staging.digests;
    const claim = { blobs: [staging], commit: () => staging.commit(), now };
    await commitBlobs(database, claim, async (tx) => {
      if (!(await isStillAt(tx, site.id, site.baseUrl))) throw new OtherSite();
      const pinned =
        order.file.mutable === true ? sha256 : await pinFile(tx, { upstreamId: site.id, fileKey, sha256 }, now());
      if (pinned !== sha256) throw new OtherBytes('other bytes than were first seen');
      await putCachedFile(tx, rowOf(order, answer, sha256, now()), now());
    });
    const file = await findCachedFile(database, site.id, fileKey);
    if (file === undefined) throw new Error('the file was purged meanwhile');
    return file;
  } finally {
    await staging.discard();
  }
}

async function checkLater(order: FillOrder, answer: SiteResponse, { digests }: Staging): Promise<void> {
  const promised = await order.laterDigests();
  if (promised.outcome === 'found' && brokenPromise(promised.value, digests) !== null) {
    throw new OtherBytes('other bytes than the upstream promises');
  }
  // One that it had nothing to say of earlier, and can't be asked for now, is not known either.
  const unknown = promised.outcome === 'absent' ? promised.stale !== null : promised.outcome !== 'found';
  if (unknown) throw new Error('no digest to compare with');
  const isPlain = answer.isFramed && (answer.headers['content-encoding'] ?? 'identity') === 'identity';
  if (!isPlain && promised.outcome !== 'found' && !isIdentified(order.file)) throw new Unproven();
}

function rowOf(
  { site, file, fileKey, fileName }: FillOrder,
  answer: SiteResponse,
  sha256: string,
  now: number,
): NewCachedFile {
  return {
    upstreamId: site.id,
    fileKey,
    fileName,
    path: withoutQuery(file.path),
    nameKey: file.name.key,
    name: file.name.display,
    namespace: file.name.namespace,
    version: file.version,
    publishedAt: file.publishedAt,
    license: file.license ?? null,
    sha256,
    mutable: file.mutable === true,
    etag: answer.headers['etag'] ?? null,
    checkedAt: now,
  };
}

/** What went wrong, for clients, and whether asking once more makes sense. */
function judge(
  { client, onMismatch }: FillServices,
  { site, fileKey, file }: FillOrder,
  error: unknown,
): { outcome: Outcome<never>; again: boolean } {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (error instanceof OtherBytes || error instanceof OtherBeginning || code === 'digest-mismatch') {
    onMismatch(site, fileKey);
    const outcome = failed(`The upstream ${site.name} sends other bytes for ${file.name.display} than it must.`);
    return { outcome, again: false };
  }
  if (error instanceof OtherSite)
    return { outcome: failed(`The upstream ${site.name} was changed meanwhile.`), again: false };
  if (error instanceof Unproven) {
    const reason = `The upstream ${site.name} says neither how long a file is, unpacked, nor which digest it has: a part of it could not be told from it.`;
    return { outcome: failed(reason), again: false };
  }
  if (isOfStore(error)) throw error;
  if (code === 'file-too-large') return { outcome: failed('The file is larger than is accepted here.'), again: false };
  client.blame(site);
  const what = error instanceof WrongContent ? 'answers something that is no such file' : 'breaks off';
  return { outcome: failed(`The upstream ${site.name} ${what}.`), again: !(error instanceof WrongContent) };
}

function isOfStore(error: unknown): boolean {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  return code === 'storage-full' || code === 'storage-unavailable';
}

/** Its digest is promised: what comes at the second attempt is the same file, or refused. */
function isIdentified({ digests }: UpstreamFile): boolean {
  return digests.sha256 !== undefined || digests.sha512 !== undefined || digests.sha1 !== undefined;
}

function lengthOf({ headers }: SiteResponse): number | null {
  const length = headers['content-length'];
  if (length === undefined || headers['content-encoding'] !== undefined) return null;
  return /^\d{1,15}$/.test(length) ? Number(length) : null;
}
