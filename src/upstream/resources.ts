import { LRUCache } from 'lru-cache';
import { BlobMissing, type BlobStore } from '../blobs/blob-store.ts';
import { streamOf } from '../lib/streams.ts';
import { commitBlobs } from '../catalog/blob-claims.ts';
import { isStillAt } from '../catalog/upstream-place.ts';
import {
  findResource,
  findResources,
  putResource,
  type KnownResource,
  type ResourceRow,
  touchResource,
  trimAbsent,
} from '../catalog/upstream-resources.ts';
import type { Database } from '../database/database.ts';
import type { UpstreamAnswerHead, UpstreamRequest } from '../formats/format.ts';
import { mostText, textOf } from './answer-text.ts';
import { resourceKey, withoutQuery } from './cache-key.ts';
import type { Leases } from './lease.ts';
import { absent, type Failed, failed, found, type Outcome } from './outcome.ts';
import type { SiteResponse } from './request.ts';
import { ResourceUses } from './resource-uses.ts';
import { SingleFlight } from './single-flight.ts';
import type { Site } from './site.ts';
import type { SiteClient } from './site-client.ts';

/** Absences are looked at again after this time, or earlier. */
const longestAbsence = 10 * 60_000;

export interface Resource {
  /** What `UpstreamRequest.read` made of the text. */
  readonly value: unknown;
  /** Names the text exactly. */
  readonly sha256: string;
  /** When the upstream last said so, milliseconds since the epoch. */
  readonly checkedAt: number;
  /** When this text came. */
  readonly changedAt: number;
  /** The upstream could not be asked whether it is still so, though it is time. */
  readonly stale: boolean;
}

export interface ResourcesOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly client: SiteClient;
  /** `null` where no other process shares the database. */
  readonly leases: Leases | null;
  readonly now: () => number;
  /** Characters of texts whose `read` value is remembered. */
  readonly memory: number;
  readonly signal: AbortSignal;
}

/** Which answer it was. */
type Taken = { readonly sha256: string; readonly changedAt: number };

interface Where {
  readonly site: Site;
  /** Milliseconds that an answer stays good. */
  readonly validity: number;
}

/**
 * Documents of upstreams: from the cache while they are fresh, else asked for with their validators, once for all who
 * want them. An upstream that fails leaves the last good answer in force.
 */
export class Resources {
  readonly #options: ResourcesOptions;
  readonly #flights = new SingleFlight<Outcome<Resource>>();
  readonly #read: LRUCache<string, { readonly value: unknown }>;
  readonly #readers = new WeakMap<object, number>();
  readonly #uses: ResourceUses;
  #lastReader = 0;
  #absences = 0;

  constructor(options: ResourcesOptions) {
    this.#options = options;
    this.#read = new LRUCache({ maxSize: Math.max(1, options.memory) });
    this.#uses = new ResourceUses(options.database, options.now);
  }

  async get(where: Where, request: UpstreamRequest): Promise<Outcome<Resource>> {
    const known = await this.fresh(where, request);
    if (known !== null) return known;
    const resource = resourceKey(request);
    const { leases } = this.#options;
    return this.#flights.run(`${where.site.id}\n${where.site.baseUrl}\n${resource}`, () =>
      leases === null
        ? this.#renew(where, request)
        : leases.run(
            `resource ${where.site.id} ${resource}`,
            () => this.fresh(where, request),
            () => this.#renew(where, request),
          ),
    );
  }

  /** What the cache has, however old; `absent` also where it has nothing. Nobody is asked. */
  async kept(site: Site, request: UpstreamRequest): Promise<Outcome<Resource>> {
    for (const row of await this.#known(site, request)) {
      if (row.outcome === 'absent') return absent;
      const loaded = await this.#load(site, row, request, true);
      if (loaded !== null) return found(loaded);
    }
    return absent;
  }

  /** What the cache has and is young enough; `null` = the upstream must be asked. */
  async fresh({ site, validity }: Where, request: UpstreamRequest): Promise<Outcome<Resource> | null> {
    for (const row of await this.#known(site, request)) {
      const age = this.#options.now() - row.checkedAt;
      if (row.outcome === 'absent') return age < Math.min(validity, longestAbsence) ? absent : null;
      if (age >= (request.goodFor ?? validity)) return null;
      const loaded = await this.#load(site, row, request, false);
      if (loaded !== null) return this.#used(site, row, loaded);
    }
    return null;
  }

  #used(site: Site, row: KnownResource, loaded: Resource): Outcome<Resource> {
    this.#uses.note(site.id, row);
    return found(loaded);
  }

  async #renew(where: Where, request: UpstreamRequest): Promise<Outcome<Resource>> {
    const { site } = where;
    const row = await this.#find(site, resourceKey(request));
    const outcome = await this.#ask(site, request, row);
    if (outcome.outcome !== 'failed') return outcome;
    return (await this.#stale(site, request, outcome)) ?? outcome;
  }

  /** The last good answer, where the upstream has none now. */
  async #stale(site: Site, request: UpstreamRequest, failure: Failed): Promise<Outcome<Resource> | null> {
    for (const row of await this.#known(site, request)) {
      if (row.outcome === 'absent') return { outcome: 'absent', stale: failure };
      const loaded = await this.#load(site, row, request, true);
      if (loaded !== null) return this.#used(site, row, loaded);
    }
    return null;
  }

  /** What the cache has that will do, the newest first. What isn't at a path isn't there in any form. */
  async #known(site: Site, request: UpstreamRequest): Promise<readonly KnownResource[]> {
    const keys = new Set([
      resourceKey({ path: request.path }),
      resourceKey(request),
      ...(request.alternatives ?? []).map(resourceKey),
    ]);
    const rows = await findResources(this.#options.database, site.id, [...keys]);
    return rows.toSorted((a, b) => b.checkedAt - a.checkedAt);
  }

  async #ask(site: Site, request: UpstreamRequest, row: ResourceRow | undefined): Promise<Outcome<Resource>> {
    const known = row?.outcome === 'found' && (await this.#isThere(row)) ? row : undefined;
    const headers = {
      'accept-encoding': 'gzip',
      ...(request.accept === undefined ? {} : { accept: request.accept }),
      ...(known?.etag == null ? {} : { 'if-none-match': known.etag }),
      ...(known?.lastModified == null || known.etag !== null ? {} : { 'if-modified-since': known.lastModified }),
    };
    const answered = await this.#options.client.get(site, {
      path: request.path,
      headers,
      mayBeEmpty: true,
      signal: this.#options.signal,
    });
    if (answered.outcome === 'absent') {
      await this.#keepAbsent(site, request);
      return absent;
    }
    if (answered.outcome !== 'found') return answered;
    if (answered.value.status !== 304) return this.#take(site, request, answered.value);
    answered.value.body.resume();
    if (known === undefined) return failed(`The upstream ${site.name} answers 304 without being asked.`);
    return this.#keepUnchanged(site, request, known);
  }

  async #take(site: Site, request: UpstreamRequest, answer: SiteResponse): Promise<Outcome<Resource>> {
    let text: Buffer;
    let value: unknown;
    const head: UpstreamAnswerHead = {
      url: withoutQuery(answer.url),
      mediaType: answer.headers['content-type'] ?? '',
      headers: answer.headers,
    };
    try {
      text = await textOf(answer);
      value = request.read(text.toString('utf8'), head);
    } catch {
      this.#options.client.blame(site);
      return failed(`The upstream ${site.name} answers something that can't be read.`);
    }
    const now = this.#options.now();
    const sha256 = await this.#keep(site, request, { text, head, answer, now });
    if (sha256 === null) return failed(`The upstream ${site.name} was changed meanwhile.`);
    this.#remember(site, { sha256, changedAt: now }, request, value, text.length);
    return found({ value, sha256, checkedAt: now, changedAt: now, stale: false });
  }

  /** Bytes first, then the row that names them: only then is it cached. `null` when the upstream is another site now. */
  async #keep(
    site: Site,
    request: UpstreamRequest,
    { text, head, answer, now }: { text: Buffer; head: UpstreamAnswerHead; answer: SiteResponse; now: number },
  ): Promise<string | null> {
    const { database, blobs } = this.#options;
    const staging = await blobs.stage(streamOf(text), { maxSize: mostText });
    try {
      const { sha256 } = staging.digests;
      const row: ResourceRow = {
        outcome: 'found',
        sha256,
        head: JSON.stringify(head),
        etag: answer.headers['etag'] ?? null,
        lastModified: answer.headers['last-modified'] ?? null,
        checkedAt: now,
        changedAt: now,
      };
      const claim = { blobs: [staging], commit: () => staging.commit(), now: this.#options.now };
      const isKept = await commitBlobs(database, claim, async (tx) => {
        const isThere = await isStillAt(tx, site.id, site.baseUrl);
        if (isThere) await putResource(tx, site.id, resourceKey(request), row);
        return isThere;
      });
      return isKept ? sha256 : null;
    } finally {
      await staging.discard();
    }
  }

  async #keepUnchanged(site: Site, request: UpstreamRequest, row: ResourceRow): Promise<Outcome<Resource>> {
    const now = this.#options.now();
    await this.#options.database.transaction((tx) => touchResource(tx, site.id, resourceKey(request), now));
    const loaded = await this.#load(site, { ...row, checkedAt: now }, request, false);
    // It can't be read any more: the upstream is asked as if nothing were here.
    return loaded === null ? this.#ask(site, request, undefined) : found(loaded);
  }

  async #keepAbsent(site: Site, request: UpstreamRequest): Promise<void> {
    const now = this.#options.now();
    const row = { outcome: 'absent', sha256: null, head: '{}', etag: null, lastModified: null } as const;
    const trims = (this.#absences += 1) % 100 === 0;
    await this.#options.database.transaction(async (tx) => {
      if (!(await isStillAt(tx, site.id, site.baseUrl))) return;
      await putResource(tx, site.id, resourceKey({ path: request.path }), { ...row, checkedAt: now, changedAt: now });
      if (trims) await trimAbsent(tx, site.id);
    });
  }

  /** Writes down what was asked for since the last time. */
  flush(): Promise<void> {
    return this.#uses.flush();
  }

  #find(site: Site, resource: string): Promise<ResourceRow | undefined> {
    return findResource(this.#options.database, site.id, resource);
  }

  async #isThere({ sha256 }: ResourceRow): Promise<boolean> {
    return sha256 !== null && (await this.#options.blobs.stat(sha256)) !== null;
  }

  /** `null` when the text is gone, or can't be read any more (by a newer version of ours): it is fetched again. */
  async #load(site: Site, row: ResourceRow, request: UpstreamRequest, stale: boolean): Promise<Resource | null> {
    const { sha256, checkedAt, changedAt } = row;
    if (sha256 === null) return null;
    const known = this.#read.get(this.#memoKey(site, { sha256, changedAt }, request));
    if (known !== undefined) return { value: known.value, sha256, checkedAt, changedAt, stale };
    try {
      const text = await this.#options.blobs.read(sha256);
      const value = request.read(text.toString('utf8'), JSON.parse(row.head) as UpstreamAnswerHead);
      this.#remember(site, { sha256, changedAt }, request, value, text.length);
      return { value, sha256, checkedAt, changedAt, stale };
    } catch (error) {
      if (error instanceof BlobMissing || !isOfStore(error)) return null;
      throw error;
    }
  }

  #remember(site: Site, taken: Taken, request: UpstreamRequest, value: unknown, size: number): void {
    this.#read.set(this.#memoKey(site, taken, request), { value }, { size: size + 500 });
  }

  #memoKey({ baseUrl }: Site, { sha256, changedAt }: Taken, { read, path }: UpstreamRequest): string {
    let reader = this.#readers.get(read);
    if (reader === undefined) this.#readers.set(read, (reader = ++this.#lastReader));
    // The address counts: what a text says of links depends on where it came from. And when it came, for its headers.
    return `${reader} ${sha256} ${changedAt} ${baseUrl} ${path}`;
  }
}

function isOfStore(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'storage-unavailable';
}
