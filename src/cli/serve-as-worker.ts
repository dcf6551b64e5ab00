import { setTimeout as pause } from 'node:timers/promises';
import { compose } from '../compose.ts';
import type { Config } from '../config/load.ts';
import { createLog } from '../lib/log.ts';
import type { WorkerLink } from '../processes/worker-link.ts';
import { explainListening } from './explain-listening.ts';
import { superviseProcess } from './supervise-process.ts';

/** How long after a signal to a worker the primary may still say that all of them stop, milliseconds. */
const groupSignal = 100;

/** Serves until the primary says stop. What keeps it from starting is told to the primary, which tells the person. */
export async function serveAsWorker(link: WorkerLink, readConfig: () => Promise<Config>): Promise<void> {
  try {
    const config = await readConfig();
    await serve(link, config).catch((error: unknown) => {
      throw explainListening(error, config);
    });
  } catch (error) {
    link.failed(error instanceof Error ? error.message : String(error));
    process.exitCode = 1;
  } finally {
    link.close();
  }
}

async function serve(link: WorkerLink, config: Config): Promise<void> {
  const log = createLog({ ...config, worker: link.number });
  const supervision = superviseProcess(log, { again: 'ignore' });
  const allStop = new Promise<true>((resolve) => link.onStop(() => resolve(true)));
  void allStop.then(() => supervision.stop());
  const worker = { number: link.number, joinMetrics: link.joinMetrics.bind(link) };
  const packyard = await compose(config, { log, worker });
  try {
    const { url } = await packyard.listen();
    link.ready(url);
    await supervision.stopped;
  } finally {
    // A signal to the whole group reaches the primary as well, whose word may come a little later.
    const keepPort = await Promise.race([allStop, pause(groupSignal, false)]);
    await packyard.stop({ keepPort });
    supervision.end();
  }
}
