import type { ExitCode, Invocation } from './invocation.ts';
export async function run({ terminal }: Invocation): Promise<ExitCode> {
  terminal.tell('soon');
  return 1;
}
