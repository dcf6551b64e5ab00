import type { IncomingMessage } from 'node:http';
import type { Authenticator } from '../access/authenticate.ts';
import { anonymous, type Caller } from '../access/caller.ts';
import { asPackageReader } from '../access/package-reader.ts';
import type { Format, FormatRequest, Reply, Route } from '../formats/format.ts';
import { problem } from '../problems/problem.ts';
import { forwarded } from '../registry/forward.ts';
import { KnownMounts } from '../registry/known-mounts.ts';
import type { Binding } from '../registry/mount.ts';
import { BoundRegistry } from '../registry/port.ts';
import type { RegistryFoundation } from '../registry/foundation.ts';
import { StagedUploads } from '../registry/staged-uploads.ts';
import { Trace } from '../registry/trace.ts';
import { nothing } from '../registry/virtual-mount.ts';
import { readCredential } from './credentials.ts';
import type { Exchange } from './exchange.ts';
import { type MountPath, openMount } from './mount-of.ts';
import { originOf, type OriginSettings } from './origin.ts';
import { segmentsOf } from './path.ts';
import { type ProblemLog, toProblem } from './problems.ts';
import { parseJson, textOf } from './request-body.ts';
import { type Match, RouteTable } from './route-match.ts';
import { sendDocument } from './send-document.ts';
import { type FileSending, sendFile } from './send-file.ts';
import { sendPlain } from './send-plain.ts';
import { hasBody, refuse } from './unread-body.ts';
import type { UploadSlots } from './upload-slots.ts';
import { markTrace, withTrace } from './virtual-headers.ts';
import { deployPath } from './virtual-mount-of.ts';

export interface FormatMountServices {
  readonly registry: RegistryFoundation;
  readonly authenticator: Authenticator;
  readonly origin: OriginSettings;
  readonly sending: FileSending;
  readonly uploads: UploadSlots;
  readonly log: ProblemLog;
}

type Opened = Pick<Binding, 'mount' | 'caller'>;

/** One format's requests, from a raw path below a mount to the answer in the format's own words. */
export class FormatMount {
  readonly #format: Format;
  readonly #routes: RouteTable;
  readonly #services: FormatMountServices;
  readonly #mounts = new KnownMounts();

  constructor(format: Format, services: FormatMountServices) {
    this.#format = format;
    this.#routes = new RouteTable(format.routes);
    this.#services = services;
  }

  /** `rawBase`: the mount as the client spelled it; `rawPath`: what follows it, without the query. */
  async handle(exchange: Exchange, mountPath: MountPath, rawBase: string, rawPath: string): Promise<void> {
    try {
      await this.#serve(exchange, mountPath, rawBase, rawPath);
    } catch (error) {
      await this.#refuse(exchange, error).catch((failure: unknown) => {
        this.#services.log.error({ err: failure, route: exchange.route }, 'a refusal could not be sent');
        exchange.response.destroy();
      });
    }
  }

  async #serve(exchange: Exchange, mountPath: MountPath, rawBase: string, rawPath: string): Promise<void> {
    const { request } = exchange;
    const stamp = await this.#stampFor(exchange);
    if (stamp === 'answered') return;
    const { path, match } = await this.#target(exchange, mountPath, rawPath);
    const { route, params } = match;
    exchange.route = `${this.#format.id} ${route.method} ${route.path}`;
    const caller = await this.#authenticate(request, route);
    exchange.caller = nameOf(caller);
    const { registry } = this.#services;
    const trace = new Trace();
    const open = (who: Caller): Promise<Opened> => this.#open(path, who, route, trace, stamp);
    // Whoever has a ticket is somebody else than who sends it: until it is redeemed there is nothing to see.
    const comesLater = path.scope === 'virtual' && route.ticketed === true && hasTicket(request);
    const opened = comesLater ? { mount: nothing, caller } : await open(caller);
    const origin = originOf(request, this.#services.origin);
    const base = `${origin}${rawBase}`;
    const staged = new StagedUploads();
    const binding: Binding = {
      services: registry,
      format: this.#format,
      ...opened,
      base,
      staged,
      trace,
      ...(comesLater ? { reopen: open } : {}),
    };
    if (stamp !== null) exchange.repeatable = { stamp, until: untilOf(caller) };
    const traced = { registry, format: this.#format, trace, asked: rawPath.replace(/^\//, '') };
    const leave = await this.#enter(request, route, exchange.caller);
    try {
      const reply = await answerTo(requestOf(request, params, base, origin), route, binding);
      await this.#send(exchange, withTrace(reply, traced));
    } catch (error) {
      markTrace(exchange, traced);
      throw error;
    } finally {
      leave?.();
      await staged.release();
    }
  }

  async #open(path: MountPath, caller: Caller, route: Route, trace: Trace, stamp: number | null): Promise<Opened> {
    const { registry } = this.#services;
    const facts = { now: registry.now(), format: this.#format.id, known: this.#mounts, stamp };
    const mount = await openMount(registry.database, path, caller, route, facts);
    if (mount.scope !== 'virtual') return { mount, caller };
    trace.registryId = mount.registryId;
    return { mount, caller: asPackageReader(caller) };
  }

  /** The state that the answer will be of; `null` where it doesn't matter, or can't be told. */
  async #stampFor(exchange: Exchange): Promise<number | null | 'answered'> {
    const { method } = exchange.request;
    if (method !== 'GET' && method !== 'HEAD') return null;
    const { database } = this.#services.registry;
    return database.stamp() ?? this.#recall(exchange, await database.askStamp());
  }

  /** Where a stamp costs a look-up, the fast path had none: this is its second chance. */
  #recall(exchange: Exchange, stamp: number | null): number | null | 'answered' {
    const hit = stamp === null ? null : this.#services.sending.hot.answer(exchange.request, exchange.response, stamp);
    if (hit === null) return stamp;
    exchange.route = hit.route;
    exchange.caller = hit.caller;
    return 'answered';
  }

  /** Publishes are received a number at a time; `null` = this is none, or sends nothing. */
  async #enter(request: IncomingMessage, route: Route, caller: string): Promise<(() => void) | null> {
    return route.needs === 'publish' && hasBody(request) ? this.#services.uploads.take(caller) : null;
  }

  /** What is published through a virtual registry goes to the project that it names for this. */
  async #target(
    exchange: Exchange,
    mountPath: MountPath,
    rawPath: string,
  ): Promise<{ readonly path: MountPath; readonly match: Match }> {
    const method = exchange.request.method ?? 'GET';
    if (mountPath.scope !== 'virtual' || method === 'GET' || method === 'HEAD') {
      return { path: mountPath, match: this.#route(exchange, mountPath, rawPath) };
    }
    const match = this.#route(exchange, { scope: 'project', id: '' }, rawPath);
    const { needs } = match.route;
    if (needs !== 'publish' && needs !== 'delete') return { path: mountPath, match };
    const deploy = await deployPath(this.#services.registry.database, mountPath, this.#format.id);
    return { path: deploy ?? mountPath, match };
  }

  #route(
    { request }: Exchange,
    mountPath: MountPath,
    rawPath: string,
  ): { route: Route; params: Readonly<Record<string, string>> } {
    const decoded = segmentsOf(rawPath);
    const segments = this.#format.joinSegments?.(decoded) ?? decoded;
    const found = this.#routes.find(request.method ?? 'GET', segments, mountPath.scope);
    if ('route' in found) return withNeeds(found, request);
    const { allowed, hint } = found;
    if (allowed.length === 0 && hint === null) throw problem('not-found', 'There is nothing at this path.');
    const allow = allowed.join(', ');
    throw problem('method-not-allowed', hint ?? `This path takes ${allow}.`, { allow });
  }

  async #authenticate(request: IncomingMessage, route: Route): Promise<Caller> {
    const credential = readCredential(request.headers);
    if (credential === null) return anonymous;
    const result = await this.#services.authenticator.authenticate(credential);
    if ('caller' in result) return result.caller;
    if (credential.carrier === 'basic' && this.#format.wrongBasicPassword === 'anonymous') return anonymous;
    // npm sends the stored token with a login too: it must not stand in the way when it has just expired.
    if (route.needs === 'nothing') return anonymous;
    throw problem('unauthenticated', 'The credential is unknown, expired or revoked.');
  }

  #send(exchange: Exchange, reply: Reply): Promise<void> | void {
    if ('document' in reply) return sendDocument(exchange, reply, this.#services.sending.hot);
    if ('file' in reply) return sendFile(exchange, reply, this.#services.sending);
    return sendPlain(exchange, reply);
  }

  async #refuse(exchange: Exchange, error: unknown): Promise<void> {
    const refused = toProblem(error, exchange, this.#services.log);
    if (exchange.response.headersSent) {
      exchange.response.destroy();
      return;
    }
    const reply = this.#format.problem(refused);
    const challenge =
      refused.status === 401 && this.#format.challenge
        ? { 'www-authenticate': 'Basic realm="GitLab Packages Registry"' }
        : {};
    await refuse(exchange, { ...reply, headers: { ...challenge, ...refused.headers, ...reply.headers } });
  }
}

function hasTicket({ url = '' }: IncomingMessage): boolean {
  return /[?&]token=[^&]/.test(url);
}

/** The route with what this request needs of it. */
function withNeeds(found: Match, { headers }: IncomingMessage): Match {
  const { route, params } = found;
  return route.needsOf === undefined ? found : { route: { ...route, needs: route.needsOf(headers) }, params };
}

/** What the handler answers, or where else the answer may be found. */
async function answerTo(request: FormatRequest, route: Route, binding: Binding): Promise<Reply> {
  try {
    return await route.handler(request, new BoundRegistry(binding));
  } catch (error) {
    const elsewhere = await forwarded(binding, route, request, error);
    if (elsewhere === null) throw error;
    return elsewhere;
  }
}

function nameOf(caller: Caller): string {
  if (caller.kind === 'user') return caller.username;
  return caller.kind === 'deploy-token' ? `deploy-token:${caller.tokenId}` : '';
}

function untilOf(caller: Caller): number {
  return caller.kind === 'anonymous' ? Infinity : (caller.expiresAt ?? Infinity);
}

function requestOf(
  request: IncomingMessage,
  params: Readonly<Record<string, string>>,
  base: string,
  origin: string,
): FormatRequest {
  const url = request.url ?? '';
  const mark = url.indexOf('?');
  return {
    method: request.method ?? 'GET',
    params,
    hasTrailingSlash: url.charAt((mark < 0 ? url.length : mark) - 1) === '/',
    query: new URLSearchParams(mark < 0 ? '' : url.slice(mark + 1)),
    headers: request.headers,
    base,
    origin,
    body: () => request,
    text: (limit) => textOf(request, limit),
    json: async (limit) => parseJson(await textOf(request, limit)),
  };
}
