import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { compose } from '../../src/compose.ts';
import { loadConfig } from '../../src/config/load.ts';
import { engine, type FreshDatabase, freshDatabase } from './engine.ts';
import { management } from './management.ts';
import type { TestEvent, TestServer, TestServerOptions } from './types.ts';

const rootPassword = 'correct horse battery';
const rootToken = 'root-token-for-tests-only';

/** Starts a whole server in this process on a free port, in a fresh data folder unless one is given. */
export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), 'packyard-test-')));
  const database = await databaseBeside(options);
  const env = {
    PACKYARD_DATA: data,
    ...(database === null ? {} : { PACKYARD_DATABASE_URL: database.url }),
    PACKYARD_PORT: '0',
    PACKYARD_ROOT_PASSWORD: rootPassword,
    PACKYARD_ROOT_TOKEN: rootToken,
    PACKYARD_LOG_LEVEL: 'fatal',
    PACKYARD_DRAIN_SECONDS: '5',
    ...options.settings,
  };
  const packyard = await compose(await loadConfig({ env, cwd: data }), options.now ? { now: options.now } : {});
  const { url } = await packyard.listen();
  const managed = management(url, rootToken);
  return {
    ...managed,
    url,
    rootToken,
    rootPassword,
    data,
    storedBlobs: () => blobsIn(data),
    events: () => eventsOf(managed),
    async stop() {
      await packyard.stop();
      await database?.drop();
      if (options.data === undefined) await rm(data, { recursive: true, force: true });
    },
  };
}

/** SQLite's file is in the data folder; another engine's database has to be made. */
async function databaseBeside({ settings = {} }: TestServerOptions): Promise<FreshDatabase | null> {
  return engine === 'sqlite' || settings['PACKYARD_DATABASE_URL'] !== undefined ? null : freshDatabase('schema');
}

/** SHA-256 of every stored blob, in order. */
async function blobsIn(data: string): Promise<string[]> {
  const files = await readdir(join(data, 'blobs'), { recursive: true });
  return files
    .map((file) => file.slice(file.lastIndexOf('/') + 1))
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .sort();
}

/** The audit trail, oldest first. */
async function eventsOf({ api }: Pick<TestServer, 'api'>): Promise<TestEvent[]> {
  const rows = await api<{ action: string; subject: string }[]>('GET', '/audit_events?per_page=100&sort=asc');
  return rows.map((row) => ({ kind: row.action, subject: row.subject }));
}
