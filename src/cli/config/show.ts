import { showConfig } from '../../config/show.ts';
import type { Invocation } from '../invocation.ts';
import { needConfig } from '../read-config.ts';

export async function run({ terminal, globals, options }: Invocation): Promise<void> {
  const shown = showConfig(await needConfig(terminal, globals));
  if (options.json === true) {
    terminal.print(JSON.stringify(Object.fromEntries(shown)));
    return;
  }
  for (const [key, value] of shown) terminal.print(value === null ? `# ${key} is not set` : `${key}=${value}`);
}
