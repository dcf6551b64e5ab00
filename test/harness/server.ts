/** A whole Packyard in this process, on a free port of 127.0.0.1, with a data folder of its own. */
import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { compose, type Packyard } from '../../src/compose.ts';
import { type Config, loadConfig } from '../../src/config/load.ts';
import { openDatabase } from '../../src/database/connect.ts';
import { management } from './management.ts';
import type { TestEvent, TestServer, TestServerOptions } from './types.ts';

const rootToken = 'root-token-for-tests-only';
const rootPassword = 'root password for tests only';

export async function startServer(options: TestServerOptions = {}): Promise<TestServer> {
  const data = options.data ?? (await mkdtemp(path.join(tmpdir(), 'packyard-test-')));
  const config = await configOf(data, options.settings ?? {});
  const packyard = await compose(config, options.now === undefined ? {} : { now: options.now });
  const { url } = await packyard.listen();
  return {
    ...management(url, rootToken),
    url,
    rootToken,
    rootPassword,
    data,
    storedBlobs: () => storedBlobs(config),
    events: () => events(config),
    stop: () => stop(packyard, options.data === undefined ? data : null),
  };
}

function configOf(data: string, settings: Readonly<Record<string, string>>): Promise<Config> {
  const env = {
    PACKYARD_DATA: data,
    PACKYARD_HOST: '127.0.0.1',
    PACKYARD_PORT: '0',
    PACKYARD_ROOT_TOKEN: rootToken,
    PACKYARD_ROOT_PASSWORD: rootPassword,
    PACKYARD_LOG_LEVEL: 'error',
    ...settings,
  };
  return loadConfig({ env, cwd: data });
}

async function stop(packyard: Packyard, remove: string | null): Promise<void> {
  await packyard.stop();
  if (remove !== null) await rm(remove, { recursive: true, force: true });
}

/** File names of the store are digests; nothing else of its layout is known here. */
async function storedBlobs(config: Config): Promise<string[]> {
  const entries = await readdir(config.blobs.folder, { recursive: true });
  return entries
    .map((entry) => path.basename(entry))
    .filter((name) => /^[0-9a-f]{64}$/.test(name))
    .toSorted();
}

async function events(config: Config): Promise<TestEvent[]> {
  const database = await openDatabase(config.database.url);
  try {
    return await database.all<TestEvent & Record<string, never>>(
      'select action as kind, subject from audit_event order by id',
    );
  } finally {
    await database.close();
  }
}
