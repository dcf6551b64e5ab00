import type { BlobStore } from '../blobs/blob-store.ts';
import { latestSealed, type Upstream } from '../catalog/upstreams.ts';
import type { Database } from '../database/database.ts';
import { AddressGuard } from './address-guard.ts';
import { UpstreamFiles } from './files.ts';
import { Leases } from './lease.ts';
import { SiteRequests } from './request.ts';
import { Resources } from './resources.ts';
import { Seal } from './seal.ts';
import type { Site } from './site.ts';
import { SiteClient } from './site-client.ts';

export interface EngineOptions {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly now: () => number;
  /** Private networks that upstreams may have, in CIDR form. */
  readonly allow: readonly string[];
  /** Other processes use the same database. */
  readonly shared: boolean;
  /** What credentials are sealed with; asked for when it is needed first. */
  readonly secretKey: () => Promise<string>;
  /** Bytes of documents that are remembered as they were read. */
  readonly memory: number;
  readonly userAgent: string;
  readonly observe: (outcome: string) => void;
  readonly onMismatch: (upstream: string, fileKey: string) => void;
}

/** Everything that asks upstreams, put together. */
export class UpstreamEngine {
  readonly guard: AddressGuard;
  readonly seal: Seal;
  readonly client: SiteClient;
  readonly resources: Resources;
  readonly files: UpstreamFiles;
  readonly #database: Database;
  readonly #requests: SiteRequests;
  readonly #stopping = new AbortController();

  constructor(options: EngineOptions) {
    const { database, blobs, now } = options;
    this.#database = database;
    this.guard = new AddressGuard(options.allow);
    this.seal = new Seal(options.secretKey);
    this.#requests = new SiteRequests(this.guard, options.userAgent);
    this.client = new SiteClient({
      requests: this.#requests,
      now,
      observe: (_site, outcome) => options.observe(outcome),
    });
    const leases = options.shared ? new Leases(database, now) : null;
    const common = { database, blobs, client: this.client, leases, now, signal: this.#stopping.signal };
    this.resources = new Resources({ ...common, memory: options.memory });
    this.files = new UpstreamFiles({ ...common, onMismatch: ({ name }, fileKey) => options.onMismatch(name, fileKey) });
  }

  /** A remote upstream as requests see it. */
  async siteOf(upstream: Upstream, trustedOrigins: readonly string[]): Promise<Site> {
    const { id, name, url } = upstream;
    return {
      id,
      name,
      baseUrl: url ?? '',
      credentials: await this.#credentialsOf(upstream),
      trustedOrigins: [...(JSON.parse(upstream.trustedOrigins) as string[]), ...trustedOrigins],
    };
  }

  async #credentialsOf({ username, password }: Upstream): Promise<Site['credentials']> {
    if (password === null) return null;
    const secret = await this.seal.open(password);
    if (secret === null) return 'unreadable';
    return username === null ? { token: secret } : { username, password: secret };
  }

  /** Names of upstreams whose credentials this process can't read, of the latest; empty when its key is the right one. */
  async unreadable(): Promise<readonly string[]> {
    const names: string[] = [];
    for (const { name, password } of await latestSealed(this.#database)) {
      if ((await this.seal.open(password)) === null) names.push(name);
    }
    return names;
  }

  /** Writes down what was downloaded and asked for since the last time. */
  async flush(): Promise<void> {
    await this.files.flush();
    await this.resources.flush();
  }

  /** Ends what is under way. */
  async close(): Promise<void> {
    this.#stopping.abort();
    await this.#requests.close();
    await this.files.close();
  }
}
