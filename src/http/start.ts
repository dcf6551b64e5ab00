import { readFile } from 'node:fs/promises';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Format } from '../formats/format.ts';
import type { Log } from '../lib/log.ts';
import type { Metrics } from '../lib/metrics.ts';
import type { RegistryFoundation } from '../registry/foundation.ts';
import { Connections } from './connections.ts';
import type { Mounts } from './dispatch.ts';
import { drainServer } from './drain.ts';
import { FormatMount } from './format-mount.ts';
import { HotAnswers } from './hot-answers.ts';
import { answerHealth } from './health.ts';
import { lazyWebApp, type WebParts } from './lazy-web-app.ts';
import { clientAddress, type OriginSettings } from './origin.ts';
import { prefixOf } from './path-prefix.ts';
import { Readiness } from './readiness.ts';
import { RequestWatch } from './request-watch.ts';
import type { FileSending } from './send-file.ts';
import { createHttpServer } from './server.ts';
import { SmallFiles } from './small-files.ts';
import { UploadSlots } from './upload-slots.ts';

export interface HttpSettings {
  readonly host: string;
  readonly port: number;
  readonly externalUrl: string | null;
  /** In CIDR form. */
  readonly trustedProxies: readonly string[];
  readonly tls: { readonly certFile: string; readonly keyFile: string } | null;
  readonly fileCacheSize: number;
  readonly drainSeconds: number;
}

export interface HttpParts extends WebParts {
  readonly registry: RegistryFoundation;
  readonly formats: readonly Format[];
  readonly log: Log;
  readonly metrics: Metrics;
}

export interface StopOptions {
  /** This is one of several workers, and all of them stop. */
  readonly keepPort?: boolean;
}

export interface RunningHttp {
  /** `http://127.0.0.1:8080`. */
  readonly url: string;
  /** Refuses new work, lets requests under way end for as long as the settings say, then closes what is left. */
  stop(how?: StopOptions): Promise<void>;
}

/** Puts the edge of the wire together and listens. */
export async function startHttp(settings: HttpSettings, parts: HttpParts): Promise<RunningHttp> {
  const { registry, log, metrics } = parts;
  const origin: OriginSettings = {
    externalUrl: settings.externalUrl,
    trustedProxies: settings.trustedProxies.map((network) => ipaddr.parseCIDR(network)),
  };
  const hot = new HotAnswers(() => registry.database.stamp(), registry.now);
  const watch = new RequestWatch(
    (record) => log.request(record),
    { observe: (route, method, status, milliseconds) => metrics.request(route, method, status, milliseconds) },
    (request) => clientAddress(request, origin),
  );
  const sending: FileSending = {
    blobs: registry.blobs,
    smallFiles: new SmallFiles(registry.blobs, settings.fileCacheSize, (outcome) => metrics.cache('files', outcome)),
    hot,
    countDownload: ({ versionId, cachedFileId }) => {
      if (cachedFileId === undefined) registry.downloads.count(versionId);
      else registry.upstreams.files.count(cachedFileId);
      metrics.downloaded();
    },
  };
  const mountServices = {
    registry,
    authenticator: parts.authenticator,
    origin,
    sending,
    uploads: new UploadSlots(),
    log: log.logger,
  };
  const mounts = mountsOf(parts.formats, (format) => new FormatMount(format, mountServices));
  const tls = await readTls(settings.tls);
  const readiness = new Readiness(registry.database, registry.blobs, registry.now);
  const connections = new Connections();
  const fallback = lazyWebApp(parts, { origin, sending, watch });
  const server = createHttpServer({
    prefix: prefixOf(settings.externalUrl),
    hot,
    mounts,
    watch,
    connections,
    tls,
    draining: () => readiness.draining,
    health: (exchange) => answerHealth(exchange, readiness, metrics),
    fallback,
  });
  await listen(server, settings);
  server.on('error', (error) => log.logger.error({ err: error }, 'connections cannot be accepted'));
  return {
    url: urlOf(server, settings, tls !== null),
    stop: ({ keepPort } = {}) =>
      drainServer({ server, connections, watch, readiness, keepPort, longest: settings.drainSeconds * 1_000 }),
  };
}

function mountsOf(formats: readonly Format[], mount: (format: Format) => FormatMount): Mounts {
  const sites = new Map<string, FormatMount>();
  for (const format of formats) {
    const { siteRoutes = [] } = format;
    if (siteRoutes.length === 0) continue;
    const site = mount({ ...format, routes: siteRoutes });
    for (const { path } of siteRoutes) sites.set(path, site);
  }
  return { formats: new Map(formats.map((format) => [format.id, mount(format)])), sites };
}

async function readTls(files: HttpSettings['tls']): Promise<{ cert: Buffer; key: Buffer } | null> {
  if (files === null) return null;
  const [cert, key] = await Promise.all([readFile(files.certFile), readFile(files.keyFile)]);
  return { cert, key };
}

function listen(server: Server, { host, port }: HttpSettings): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ host, port, backlog: 1_024 }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

function urlOf(server: Server, { host, externalUrl }: HttpSettings, secure: boolean): string {
  if (externalUrl !== null) return externalUrl;
  const { port } = server.address() as AddressInfo;
  const name = host.includes(':') ? `[${host}]` : host;
  return `${secure ? 'https' : 'http'}://${name}:${port}`;
}
