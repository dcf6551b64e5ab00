import { compose } from '../compose.ts';
import { createLog } from '../lib/log.ts';
import { version } from '../version.ts';
import type { Invocation } from './invocation.ts';
import { CommandFailed } from './invocation.ts';
import { warnAboutNode } from './node-version.ts';
import { needConfig } from './read-config.ts';
import { superviseProcess } from './supervise-process.ts';
import { welcome } from './welcome.ts';

/** Serves until the process is told to stop. */
export async function run({ terminal, globals }: Invocation): Promise<void> {
  const config = await needConfig(terminal, globals);
  warnAboutNode(process.versions.node, terminal);
  for (const warning of config.warnings) terminal.tell(`Warning: ${warning}`);
  const log = createLog(config);
  const supervision = superviseProcess(log);
  const packyard = await compose(config, { log });
  try {
    const { url } = await packyard.listen();
    for (const line of welcome({ version, url, bootstrap: packyard.bootstrap, config })) terminal.print(line);
    await supervision.stopped;
  } catch (error) {
    throw explain(error, config);
  } finally {
    await packyard.stop();
    supervision.end();
  }
}

function explain(error: unknown, { host, port }: { readonly host: string; readonly port: number }): unknown {
  const code = error instanceof Error && 'code' in error ? error.code : null;
  if (code === 'EADDRINUSE') {
    return new CommandFailed(`Port ${port} of ${host} is taken. Stop the other program, or set PACKYARD_PORT.`);
  }
  if (code === 'EACCES')
    return new CommandFailed(`This user may not listen on port ${port}. Set PACKYARD_PORT above 1023.`);
  if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND') {
    return new CommandFailed(`${host} is no address of this machine. Set PACKYARD_HOST.`);
  }
  return error;
}
