import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openBlobs } from '../../src/blobs/connect.ts';
import { compose } from '../../src/compose.ts';
import { bucketOptions } from '../../src/config/bucket.ts';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { formats } from '../../src/formats/index.ts';
import { engine, type FreshDatabase, freshDatabase } from './engine.ts';
import { management } from './management.ts';
import { storedBlobs } from './stored-blobs.ts';
import { blobSettings } from './test-bucket.ts';
import type { TestEvent, TestServer, TestServerOptions } from './types.ts';

const rootPassword = 'correct horse battery';
const rootToken = 'root-token-for-tests-only';

/** Starts a whole server in this process on a free port, in a fresh data folder unless one is given. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'packyard-test-')));
  const database = await databaseBeside(options);
  const bucket = await blobSettings(data);
  const env = {
    PACKYARD_DATA: data,
    ...(database === null ? {} : { PACKYARD_DATABASE_URL: database.url }),
    ...bucket,
    PACKYARD_PORT: '0',
    PACKYARD_ROOT_PASSWORD: rootPassword,
    PACKYARD_ROOT_TOKEN: rootToken,
    PACKYARD_LOG_LEVEL: 'fatal',
    PACKYARD_DRAIN_SECONDS: '5',
    ...options.settings,
  };
  const config = await loadConfig({ env, cwd: data, formats });
  const packyard = await compose(config, options.now ? { now: options.now } : {});
  const { url } = await packyard.listen();
  const managed = management(url, rootToken);
  return {
    ...managed,
    url,
    rootToken,
    rootPassword,
    data,
    storedBlobs: () => storedBlobs(config),
    events: () => eventsOf(managed),
    async stop() {
      await packyard.stop();
      await database?.drop();
      if (options.data !== undefined) return;
      if (config.blobs.url === bucket['PACKYARD_BLOBS_URL']) await emptyBucket(config);
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** SQLite's file is in the data folder; another engine's database has to be made. */
async function databaseBeside({ settings = {} }: TestServerOptions): Promise<FreshDatabase | null> {
  return engine === 'sqlite' || settings['PACKYARD_DATABASE_URL'] !== undefined ? null : freshDatabase('schema');
}

/** The harness's own bucket keeps everything in memory. */
async function emptyBucket(config: Config): Promise<void> {
  const blobs = await openBlobs(config.blobs.url, bucketOptions(config));
  for await (const { sha256 } of blobs.list()) await blobs.remove(sha256);
}

/** The audit trail, oldest first. */
async function eventsOf({ api }: Pick<TestServer, 'api'>): Promise<TestEvent[]> {
  const rows = await api<{ event_name: string; target: string }[]>('GET', '/audit_events?per_page=100&sort=asc');
  return rows.map((row) => ({ kind: row.event_name, subject: row.target }));
}
