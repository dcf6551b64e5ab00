import { ConfigErrors } from '../../config/load.ts';
import type { ExitCode, Invocation } from '../invocation.ts';
import { readConfig } from '../read-config.ts';

export async function run({ terminal, globals, options }: Invocation): Promise<ExitCode> {
  const { mistakes, warnings } = await check();
  if (options.json === true) terminal.print(JSON.stringify({ ok: mistakes.length === 0, mistakes, warnings }));
  else {
    for (const sentence of [...mistakes, ...warnings.map((warning) => `Warning: ${warning}`)]) terminal.print(sentence);
    if (mistakes.length === 0) terminal.print('The configuration can be used.');
  }
  return mistakes.length === 0 ? 0 : 1;

  async function check(): Promise<{ mistakes: readonly string[]; warnings: readonly string[] }> {
    try {
      return { mistakes: [], warnings: (await readConfig(terminal, globals)).warnings };
    } catch (error) {
      if (error instanceof ConfigErrors) return { mistakes: error.mistakes, warnings: [] };
      throw error;
    }
  }
}
