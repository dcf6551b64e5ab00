import { setTimeout as pause } from 'node:timers/promises';
import { Breaker } from './breaker.ts';
import { absent, failed, type Failed, found, notAllowed, type Outcome } from './outcome.ts';
import { isRefusal, isTimeout, type SiteRequests, type SiteResponse } from './request.ts';
import { type Site, urlOn } from './site.ts';

const attempts = 3;
const firstPause = 150;
/** Answers after which the same question may have another answer. */
const passing: ReadonlySet<number> = new Set([500, 502, 503, 504]);

export interface Asked {
  /** As in `UpstreamRequest.path`. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  /** An answer without a body (204) is one: what it says stands in its headers. */
  readonly mayBeEmpty?: boolean;
  readonly signal: AbortSignal;
}

/** 200, 204 or 304, with its body unread. */
export type Answered = SiteResponse;

/** What one request gave, and whether another may give something else, or the upstream is well all the same. */
type Tried = Outcome<Answered> & { readonly passing?: boolean; readonly isAlive?: boolean };

export interface SiteClientOptions {
  readonly requests: SiteRequests;
  readonly now: () => number;
  /** Told of each request that went out and what came of it; never of credentials. */
  readonly observe?: (site: Site, outcome: string) => void;
}

/** Asks upstreams: with retries and jitter, and not at all while they are down or asked for a pause. */
export class SiteClient {
  readonly #options: SiteClientOptions;
  readonly #breakers = new Map<number, Breaker>();

  constructor(options: SiteClientOptions) {
    this.#options = options;
  }

  async get(site: Site, asked: Asked): Promise<Outcome<Answered>> {
    const url = urlOn(site, asked.path);
    if (url === null) return notAllowed(`The upstream ${site.name} points to a place that it may not send us to.`);
    if (site.credentials === 'unreadable') return failed(unreadable(site.name));
    const breaker = this.#breakerOf(site);
    if (breaker.wait > 0) return heldBack(site, breaker.wait);
    const outcome = await this.#tryAll(site, url, asked, breaker);
    this.#options.observe?.(site, outcome.outcome);
    return outcome;
  }

  /** An answer that broke off or made no sense counts against the upstream too. */
  blame(site: Site): void {
    this.#breakerOf(site).failed();
  }

  async #tryAll(site: Site, url: URL, asked: Asked, breaker: Breaker): Promise<Outcome<Answered>> {
    for (let attempt = 1; ; attempt += 1) {
      breaker.begin();
      const outcome = await this.#try(site, url, asked, breaker);
      if (outcome.outcome !== 'failed' || outcome.isAlive === true) {
        breaker.succeeded();
        return outcome;
      }
      breaker.failed();
      if (attempt === attempts || !outcome.passing || asked.signal.aborted || breaker.wait > 0) return outcome;
      await pause(firstPause * 2 ** attempt * (0.5 + Math.random()));
    }
  }

  async #try(site: Site, url: URL, asked: Asked, breaker: Breaker): Promise<Tried> {
    let answer: SiteResponse;
    try {
      answer = await this.#options.requests.get({ site, url, headers: asked.headers, signal: asked.signal });
    } catch (error) {
      if (isRefusal(error)) return notAllowed(`The upstream ${site.name} leads to an address that it may not have.`);
      const timedOut = isTimeout(error);
      return { ...failed(`The upstream ${site.name} does not answer.`, { timedOut }), passing: !timedOut };
    }
    const { status } = answer;
    if (status === 200 || status === 304 || (status === 204 && asked.mayBeEmpty === true)) return found(answer);
    answer.body.destroy();
    if (status === 404 || status === 410) return absent;
    const retryAfter = secondsOf(answer.headers['retry-after'], this.#options.now());
    if (status === 429 || (status === 503 && retryAfter !== null)) breaker.hold(retryAfter ?? 30);
    const why = status === 401 || status === 403 ? ': it wants other credentials than it is asked with' : '';
    const outcome = failed(`The upstream ${site.name} answers ${status}${why}.`, { retryAfter });
    return { ...outcome, passing: passing.has(status), isAlive: refusesOne(status) };
  }

  #breakerOf({ id }: Site): Breaker {
    // One that is tested before it is saved: what came of others says nothing of it.
    if (id < 0) return new Breaker(this.#options.now);
    let breaker = this.#breakers.get(id);
    if (breaker === undefined) this.#breakers.set(id, (breaker = new Breaker(this.#options.now)));
    return breaker;
  }
}

/** It refuses this one (a package that its own rules block), and is neither down nor wants a pause or other credentials. */
function refusesOne(status: number): boolean {
  return status >= 400 && status < 500 && status !== 401 && status !== 408 && status !== 429;
}

function unreadable(name: string): string {
  return `The credentials for the upstream ${name} can't be read: this process has another PACKYARD_SECRET_KEY than the one that they were saved with.`;
}

function heldBack(site: Site, wait: number): Failed {
  return failed(`The upstream ${site.name} is not asked at the moment: it failed, or asked for a pause.`, {
    retryAfter: Math.ceil(wait / 1_000),
  });
}

/** `Retry-After`: seconds or a date. */
function secondsOf(header: string | undefined, now: number): number | null {
  if (header === undefined) return null;
  if (/^\d{1,6}$/.test(header)) return Number(header);
  const date = Date.parse(header);
  return Number.isNaN(date) ? null : Math.max(0, Math.ceil((date - now) / 1_000));
}
