/**
 * The only file that constructs things. A request's path through them:
 *
 * 1. `http/server.ts` takes it. A GET that equals an earlier one is answered from memory (`http/hot-answers.ts`), as long
 *    as nothing was committed to the database since.
 * 2. A URL below a format's mount goes to `http/format-mount.ts`: path → route of the format, credential → caller
 *    (`access/authenticate.ts`), `:id` → project or group, and whether the caller may (`access/permit.ts`).
 * 3. The format's handler (`formats/<id>/`) parses the request and calls the `RegistryPort` (`registry/port.ts`), whose
 *    steps are `publish.ts`, `documents.ts`, `download.ts`, `change.ts`, `remove.ts`, `search.ts`.
 * 4. Those read and write the catalogue (`catalog/`) in the database and the bytes in the blob store (`blobs/`).
 * 5. The handler's reply goes out through `http/send-*.ts`; an error through the format's own `problem`.
 *
 * Everything else (management API, docs, health, login page) is in the web framework (`http/web-app.ts`).
 */
import { join } from 'node:path';
import { bootstrap, type Bootstrapped } from './access/bootstrap.ts';
import { callerOf, createAuthenticator } from './access/authenticate.ts';
import { CodeLogin } from './access/code-login.ts';
import { completeWebLogin, isWebLoginOpen } from './access/web-login.ts';
import type { ApiServices } from './api/context.ts';
import type { BlobStore } from './blobs/blob-store.ts';
import { openBlobs } from './blobs/connect.ts';
import { watchBlobs } from './blobs/watch.ts';
import { bucketOptions } from './config/bucket.ts';
import type { Config } from './config/load.ts';
import { databaseUrl } from './config/storage.ts';
import { openDatabase } from './database/connect.ts';
import type { Database } from './database/database.ts';
import { migrate } from './database/migrate.ts';
import { formats } from './formats/index.ts';
import type { WebLoginPages } from './http/login-page.ts';
import { type RunningHttp, startHttp, type StopOptions } from './http/start.ts';
import { createJobs } from './jobs/index.ts';
import { createLog, type Log } from './lib/log.ts';
import { createMetrics, type Metrics } from './lib/metrics.ts';
import { ForwardingSettings } from './policy/forwarding.ts';
import { Documents } from './registry/documents.ts';
import { Explanations } from './registry/explain.ts';
import { DownloadTickets } from './registry/download-tickets.ts';
import { keptSecret, signingKey, ticketSecret, traceSecret } from './registry/kept-secrets.ts';
import { lookForTwins } from './registry/known-twins.ts';
import { newOpenPgpKey, OpenPgpKey } from './registry/open-pgp-key.ts';
import { ChangesById } from './registry/change-by-id.ts';
import type { RegistryFoundation } from './registry/foundation.ts';
import { AdvisedVersions } from './registry/advised.ts';
import { HiddenLog } from './registry/hidden-log.ts';
import { Traces } from './registry/kept-traces.ts';
import { SigningKeys } from './registry/signing-keys.ts';
import { TwinCheck } from './registry/twin-check.ts';
import { UpstreamEngine } from './upstream/engine.ts';
import { keyIn } from './upstream/secret-key.ts';
import { Downloads } from './usage/downloads.ts';
import { version } from './version.ts';

export interface Packyard {
  readonly bootstrap: Bootstrapped;
  listen(): Promise<{ readonly url: string }>;
  /** Drains and closes everything; safe to call once. */
  stop(how?: StopOptions): Promise<void>;
}

/** One of several processes that share a port. */
export interface WorkerPlace {
  /** From 1. */
  readonly number: number;
  /** Takes what reads this process's metrics; the result reads those of all of them, as text. */
  joinMetrics(families: Metrics['families']): Metrics['text'];
}

export interface ComposeOptions {
  /** The clock, milliseconds since the epoch. */
  readonly now?: () => number;
  /** Closed by `stop`; made from the settings when left out. */
  readonly log?: Log;
  readonly worker?: WorkerPlace;
  /** Told at once: what fails afterwards must not keep the first password from the person. */
  readonly onBootstrap?: (outcome: Bootstrapped) => void;
}

/** How often counted downloads and token uses are written down, milliseconds. */
const flushEvery = 5_000;

export async function compose(config: Config, options: ComposeOptions = {}): Promise<Packyard> {
  const { now = Date.now, log = createLog(config), worker } = options;
  const metrics = createMetrics();
  const { database, bootstrapped } = await openCatalogue(config, now);
  options.onBootstrap?.(bootstrapped);
  const blobs = watchBlobs(await openStore(config, log), (operation) => metrics.blobError(operation));
  const registry = await createRegistry(config, { database, blobs, now, log, metrics });
  const { authenticator, upstreams } = registry;
  const flush = async (all = false): Promise<void> => {
    const { downloads, traces, hiddenLog } = registry;
    for (const each of [downloads, upstreams, authenticator, traces]) await each.flush();
    await hiddenLog.flush({ all });
  };
  const flushing = flushRegularly(flush, log);
  const blobGrace = config.blobGraceHours * 3_600_000;
  const twins = new TwinCheck(registry, formats);
  const checkTwins = (signal: AbortSignal): Promise<void> => twins.run(signal);
  const cacheBounds = { days: config.upstreamCacheDays, bytes: config.upstreamCacheSize };
  const jobs = createJobs({ database, blobs, logger: log.logger, metrics, now, blobGrace, cacheBounds, checkTwins });
  let http: RunningHttp | null = null;
  return {
    bootstrap: bootstrapped,
    async listen() {
      http = await startHttp(config, {
        registry,
        authenticator,
        logins: webLogins(database, now),
        codeLogin: new CodeLogin(database, await ticketSecret(database), now),
        api: apiServices(registry, log),
        operations: async () => (await import('./api/index.ts')).operations,
        formats,
        log,
        metrics: worker === undefined ? metrics : { ...metrics, text: worker.joinMetrics(() => metrics.families()) },
      });
      await tellOfKey(upstreams, log);
      await jobs.start({ first: worker === undefined || worker.number === 1 });
      return { url: http.url };
    },
    async stop(how) {
      await http?.stop(how);
      await jobs.stop();
      await upstreams.close();
      clearInterval(flushing);
      await flush(true).catch((error: unknown) => log.logger.error({ err: error }, 'counted downloads are lost'));
      await database.close();
      await log.close();
    },
  };
}

interface RegistryParts {
  readonly database: Database;
  readonly blobs: BlobStore;
  readonly now: () => number;
  readonly log: Log;
  readonly metrics: Metrics;
}

/** What the pipeline stands on. */
async function createRegistry(config: Config, parts: RegistryParts): Promise<ComposedRegistry> {
  const { database, blobs, now, log, metrics } = parts;
  return {
    database,
    upstreams: createUpstreams(config, parts),
    traces: new Traces({ database, now, secret: await traceSecret(database) }),
    hiddenLog: new HiddenLog(database, now),
    advised: new AdvisedVersions(database),
    forwarding: forwardingSettings(config, database),
    authenticator: createAuthenticator({ db: database, now }),
    blobs,
    documents: new Documents(database, config.documentCacheSize, (outcome) => metrics.cache('documents', outcome)),
    downloads: new Downloads(database, now),
    signing: new SigningKeys(await signingKey(database)),
    openPgp: new OpenPgpKey(() => keptSecret(database, 'open_pgp_key', () => newOpenPgpKey(now()))),
    tickets: new DownloadTickets(await ticketSecret(database)),
    onPublished: (id) => metrics.published(id),
    onTwin: (twin) => log.logger.warn({ twin }, 'another registry has a name of ours too'),
    now,
    maxFileSize: (id) => config.maxFileSize.get(id) ?? defaultMaxFileSize(id),
    formatSettings: config.formatSettings,
  };
}

/** With what has to be written down now and then. */
interface ComposedRegistry extends RegistryFoundation {
  readonly downloads: Downloads;
  readonly authenticator: ReturnType<typeof createAuthenticator>;
}

/** What explains on the command line: the same pipeline, beside a running server or without one. */
export async function openExplanations(
  config: Config,
  { database, blobs }: Pick<RegistryParts, 'database' | 'blobs'>,
): Promise<{ readonly explanations: Explanations; close(): Promise<void> }> {
  const log = createLog({ ...config, logLevel: 'silent' });
  const parts = { database, blobs, now: Date.now, log, metrics: createMetrics() };
  const registry = await createRegistry(config, parts);
  return {
    explanations: new Explanations(registry),
    async close() {
      await registry.upstreams.close();
      await log.close();
    },
  };
}

/** What is done once for many workers, before they start: schema, administrator, folders. Everything is closed again. */
export async function prepare(config: Config, { now = Date.now, onBootstrap }: ComposeOptions = {}): Promise<void> {
  const { database, bootstrapped } = await openCatalogue(config, now);
  try {
    onBootstrap?.(bootstrapped);
    await openBlobs(config.blobs.url, bucketOptions(config));
    await signingKey(database);
    await ticketSecret(database);
  } finally {
    await database.close();
  }
}

/** The database with its newest schema and, on the first start, its administrator. */
async function openCatalogue(
  config: Config,
  now: () => number,
): Promise<{ readonly database: Database; readonly bootstrapped: Bootstrapped }> {
  const database = await openDatabase(databaseUrl(config.database), { poolSize: config.databasePool });
  try {
    await migrate(database);
    const [rootPassword, rootToken] = [config.rootPassword?.reveal(), config.rootToken?.reveal()];
    return { database, bootstrapped: await bootstrap({ db: database, now, rootPassword, rootToken }) };
  } catch (error) {
    await database.close();
    throw error;
  }
}

function openStore(config: Config, { logger }: Log): Promise<BlobStore> {
  return openBlobs(config.blobs.url, {
    ...bucketOptions(config),
    tell: (level, sentence, error) => logger[level]({ err: error }, sentence),
  });
}

function apiServices(registry: RegistryFoundation, log: Log): ApiServices {
  const { database, authenticator, now, upstreams, forwarding } = registry;
  return {
    database,
    authenticator,
    now,
    upstreams,
    forwarding,
    formats,
    version,
    packages: new ChangesById(registry, formats),
    explanations: new Explanations(registry),
    lookForTwins: (ours) =>
      lookForTwins(registry, ours).catch((error: unknown) => {
        log.logger.warn({ err: error }, 'the cache could not be searched for names of ours');
      }),
    packageTypes: new Map(
      formats.flatMap(({ id, packageType }) => (packageType === undefined ? [] : [[id, packageType]])),
    ),
    log: log.logger,
  };
}

function createUpstreams(config: Config, { database, blobs, now, log, metrics }: RegistryParts): UpstreamEngine {
  return new UpstreamEngine({
    database,
    blobs,
    now,
    allow: config.upstreamAllow,
    shared: config.workers > 1 || config.database.kind !== 'sqlite',
    secretKey: async () => config.secretKey?.reveal() ?? keyIn(join(config.dataFolder, 'secret.key')),
    memory: Math.floor(config.documentCacheSize / 2),
    userAgent: `Packyard/${version}`,
    observe: (outcome) => metrics.upstream(outcome),
    onMismatch: (upstream, file) => log.logger.error({ upstream, file }, 'an upstream sends other bytes than it must'),
  });
}

/** A key that differs from that of the other machines shows at the start, not when a client asks. */
async function tellOfKey(upstreams: UpstreamEngine, { logger }: Log): Promise<void> {
  const names = await upstreams.unreadable().catch(() => []);
  if (names.length === 0) return;
  logger.error(
    { upstreams: names },
    "PACKYARD_SECRET_KEY (or secret.key) is another one than these upstreams' credentials were saved with: they are not asked",
  );
}

function forwardingSettings({ formatSettings }: Config, database: Database): ForwardingSettings {
  return new ForwardingSettings(database, (id) => formatSettings.get(`${id}.forwarding`) === 'true');
}

function webLogins(database: Database, now: () => number): WebLoginPages {
  return {
    waiting: (loginId) => isWebLoginOpen(database, loginId, now()),
    approve: (loginId, account) => completeWebLogin(database, loginId, callerOf(account), now()),
  };
}

function flushRegularly(flush: () => Promise<void>, log: Log): NodeJS.Timeout {
  return setInterval(() => {
    flush().catch((error: unknown) => log.logger.warn({ err: error }, 'counted downloads could not be written yet'));
  }, flushEvery).unref();
}

function defaultMaxFileSize(formatId: string): number {
  return formats.find(({ id }) => id === formatId)?.defaultMaxFileSize ?? 0;
}
