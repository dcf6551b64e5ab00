import type { Config } from '../config/load.ts';
import { ConfigErrors, loadConfig } from '../config/load.ts';
import { formats } from '../formats/index.ts';
import type { GlobalOptions } from './invocation.ts';
import { CommandFailed } from './invocation.ts';
import type { Terminal } from './terminal.ts';

/** The settings, `--config` and `--data` before the environment. Throws `ConfigErrors`. */
export function readConfig({ env, cwd }: Terminal, { config, data }: GlobalOptions): Promise<Config> {
  const given = {
    ...env,
    ...(config === undefined ? {} : { PACKYARD_CONFIG: config }),
    ...(data === undefined ? {} : { PACKYARD_DATA: data }),
  };
  return loadConfig({ env: given, cwd, formats });
}

/** The same for commands that need them: mistakes end the command. */
export async function needConfig(terminal: Terminal, globals: GlobalOptions): Promise<Config> {
  try {
    return await readConfig(terminal, globals);
  } catch (error) {
    if (error instanceof ConfigErrors) throw new CommandFailed(error.message, 2);
    throw error;
  }
}
