import cluster from 'node:cluster';
import { prepare } from '../compose.ts';
import type { Config } from '../config/load.ts';
import { createLog, type Log } from '../lib/log.ts';
import { numberVariable } from '../processes/messages.ts';
import { Workers } from '../processes/workers.ts';
import { explainFolder } from './explain-folder.ts';
import { FirstSecrets } from './first-secrets.ts';
import { CommandFailed } from './invocation.ts';
import { superviseProcess, type Supervision } from './supervise-process.ts';
import type { Terminal } from './terminal.ts';

/** What a worker may take besides draining, to write down what it holds in memory; milliseconds. */
const lastWords = 30_000;

/** Runs `PACKYARD_WORKERS` workers until the process is told to stop. Serves nothing itself. */
export async function serveByWorkers(config: Config, terminal: Terminal): Promise<void> {
  const log = createLog(config);
  const supervision = superviseProcess(log);
  const secrets = new FirstSecrets(terminal, config);
  try {
    await prepare(config, { onBootstrap: secrets.keep });
    await serve(config, log, supervision, secrets);
  } catch (error) {
    throw explainFolder(error);
  } finally {
    secrets.farewell();
    supervision.end();
    await log.close();
  }
}

async function serve(config: Config, log: Log, supervision: Supervision, secrets: FirstSecrets): Promise<void> {
  const workers = new Workers({
    count: config.workers,
    fork: (number) => cluster.fork({ [numberVariable]: number }),
    logger: log.logger,
  });
  // However this process ends, no worker is left behind.
  const kill = (): void => workers.kill();
  process.once('exit', kill);
  let clean = false;
  try {
    const url = await Promise.race([workers.start(), workers.failure, supervision.stopped]);
    if (url !== undefined) secrets.welcome(url);
    await Promise.race([supervision.stopped, workers.failure]);
  } finally {
    clean = await stop(workers, config.drainSeconds * 1_000 + lastWords);
    process.off('exit', kill);
  }
  if (!clean) throw new CommandFailed('A worker did not end in order; its last lines in the log tell more.');
}

async function stop(workers: Workers, patience: number): Promise<boolean> {
  const timer = setTimeout(() => workers.kill(), patience);
  const clean = await workers.stop();
  clearTimeout(timer);
  return clean;
}
