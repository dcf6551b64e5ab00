import { compose } from '../compose.ts';
import type { Config } from '../config/load.ts';
import { createLog } from '../lib/log.ts';
import { workerLink } from '../processes/worker-link.ts';
import { explainFolder } from './explain-folder.ts';
import { explainListening } from './explain-listening.ts';
import { FirstSecrets } from './first-secrets.ts';
import type { Invocation } from './invocation.ts';
import { warnAboutNode } from './node-version.ts';
import { needConfig } from './read-config.ts';
import { superviseProcess } from './supervise-process.ts';
import type { Terminal } from './terminal.ts';

/** Serves until the process is told to stop; with several workers, as the one that starts and replaces them. */
export async function run({ terminal, globals }: Invocation): Promise<void> {
  const link = workerLink();
  if (link !== null) {
    const { serveAsWorker } = await import('./serve-as-worker.ts');
    return serveAsWorker(link, () => needConfig(terminal, globals));
  }
  const config = await needConfig(terminal, globals);
  warnAboutNode(process.versions.node, terminal);
  for (const warning of config.warnings) terminal.tell(`Warning: ${warning}`);
  if (config.workers === 1) return serveAlone(config, terminal);
  const { serveByWorkers } = await import('./serve-by-workers.ts');
  return serveByWorkers(config, terminal);
}

async function serveAlone(config: Config, terminal: Terminal): Promise<void> {
  const log = createLog(config);
  const supervision = superviseProcess(log);
  const secrets = new FirstSecrets(terminal, config);
  try {
    const packyard = await compose(config, { log, onBootstrap: secrets.keep });
    try {
      const { url } = await packyard.listen().catch((error: unknown) => {
        throw explainListening(error, config);
      });
      secrets.welcome(url);
      await supervision.stopped;
    } finally {
      await packyard.stop();
    }
  } catch (error) {
    throw explainFolder(error);
  } finally {
    secrets.farewell();
    supervision.end();
  }
}
