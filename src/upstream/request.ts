import type { Readable } from 'node:stream';
import { Agent, type Dispatcher } from 'undici';
import { type AddressGuard, ForbiddenAddress } from './address-guard.ts';
import { authorizationFor, isTrusted, type Site } from './site.ts';

const mostRedirects = 5;
/** As of GitLab's virtual registries; how long a transfer takes altogether is nobody's business. */
const times = { connect: 5_000, headers: 10_000, idle: 30_000 };
const connectionsPerOrigin = 32;
const mostInfos = 5;
const headersTimeout = 'UND_ERR_HEADERS_TIMEOUT';
const redirects: ReadonlySet<number> = new Set([301, 302, 303, 307, 308]);

export interface SiteRequest {
  readonly site: Site;
  readonly url: URL;
  /** `accept`, `if-none-match` and the like. */
  readonly headers: Readonly<Record<string, string>>;
  readonly signal: AbortSignal;
}

export interface SiteResponse {
  readonly status: number;
  /** The first value of each, of those that are ours to read. */
  readonly headers: Readonly<Record<string, string>>;
  /** After redirects. */
  readonly url: string;
  /** Must be read to its end or destroyed. */
  readonly body: Readable;
  /** It says itself where it ends. Otherwise a connection that broke can't be told from the end. */
  readonly isFramed: boolean;
}

/** Thrown where an answer sends us where it may not. */
export class ForbiddenRedirect extends Error {}

/** Response headers that anybody here ever sees; cookies, policies and the like of others end here. */
const readable: ReadonlySet<string> = new Set([
  'content-type',
  'content-length',
  'content-encoding',
  'etag',
  'last-modified',
  'retry-after',
  'location',
  'link',
  'date',
  'x-terraform-get',
  'x-checksum-sha1',
  'x-checksum-sha256',
]);
const longestHeader = 4_096;

/** Requests to upstreams: each hop is checked where it connects, and credentials go to the site's own origin alone. */
export class SiteRequests {
  readonly #guard: AddressGuard;
  readonly #agents: { readonly trusted: Agent; readonly foreign: Agent };
  readonly #userAgent: string;

  constructor(guard: AddressGuard, userAgent: string) {
    this.#guard = guard;
    this.#userAgent = userAgent;
    this.#agents = { trusted: agentFor(guard, false), foreign: agentFor(guard, true) };
  }

  /** Follows redirects. Rejects when nothing was answered; any status resolves. */
  async get(request: SiteRequest): Promise<SiteResponse> {
    let { url, site } = request;
    for (let hop = 0; ; hop += 1) {
      // Who was somewhere else is sent back to where that one likes: not in our name.
      if (url.origin !== new URL(site.baseUrl).origin) site = { ...site, credentials: null };
      const answer = await this.#hop({ ...request, site }, url);
      if (!redirects.has(answer.status)) return answer;
      answer.body.destroy();
      if (hop === mostRedirects) throw new ForbiddenRedirect('too many redirects');
      url = redirectTarget(url, answer.headers['location']);
    }
  }

  async close(): Promise<void> {
    await Promise.all([this.#agents.trusted.destroy(), this.#agents.foreign.destroy()]);
  }

  /** Private addresses that are allowed serve what an upstream is set up for, not whatever others point to. */
  async #hop({ site, headers, signal }: SiteRequest, url: URL): Promise<SiteResponse> {
    const publicOnly = !isTrusted(site, url);
    this.#guard.checkLiteral(url.hostname, publicOnly);
    const authorization = authorizationFor(site, url);
    const answer = await (publicOnly ? this.#agents.foreign : this.#agents.trusted).request({
      origin: url.origin,
      path: `${url.pathname}${url.search}`,
      method: 'GET',
      signal,
      onInfo: countedInfos(),
      headers: {
        'user-agent': this.#userAgent,
        ...headers,
        ...(authorization === null ? {} : { authorization }),
      },
    });
    answer.body.on('error', () => undefined);
    const isFramed = ['content-length', 'transfer-encoding'].some((name) => answer.headers[name] !== undefined);
    return { status: answer.statusCode, headers: ours(answer.headers), url: url.href, body: answer.body, isFramed };
  }
}

/** Each answer of the kind "more to come" (1xx) starts the time for headers anew: one without end is given up. */
function countedInfos(): () => void {
  let count = 0;
  return () => {
    count += 1;
    // What is thrown here is what the request rejects with.
    if (count > mostInfos) throw Object.assign(new Error('too many informational answers'), { code: headersTimeout });
  };
}

function agentFor(guard: AddressGuard, publicOnly: boolean): Agent {
  return new Agent({
    connect: { lookup: guard.lookup(publicOnly), timeout: times.connect },
    headersTimeout: times.headers,
    bodyTimeout: times.idle,
    connections: connectionsPerOrigin,
    maxHeaderSize: 32 * 1024,
  });
}

function redirectTarget(from: URL, location: string | undefined): URL {
  const target = location !== undefined && URL.canParse(location, from.href) ? new URL(location, from.href) : null;
  const web = target?.protocol === 'https:' || (target?.protocol === 'http:' && from.protocol === 'http:');
  if (target === null || !web || `${target.username}${target.password}` !== '') {
    throw new ForbiddenRedirect('a redirect leads to something that is not asked');
  }
  return target;
}

function ours(headers: Dispatcher.ResponseData['headers']): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    const first = Array.isArray(value) ? value[0] : value;
    if (first !== undefined && readable.has(name) && first.length <= longestHeader) kept[name] = first;
  }
  return kept;
}

/** Whether asking again makes sense, and whether it took too long. */
export function isTimeout(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === 'UND_ERR_CONNECT_TIMEOUT' || code === headersTimeout || code === 'UND_ERR_BODY_TIMEOUT';
}

export function isRefusal(error: unknown): boolean {
  const cause = (error as { cause?: unknown }).cause;
  return error instanceof ForbiddenAddress || error instanceof ForbiddenRedirect || cause instanceof ForbiddenAddress;
}
