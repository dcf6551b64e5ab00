import { CommanderError } from 'commander';
import { Problem } from '../problems/problem.ts';
import { CommandFailed } from './invocation.ts';
import { buildProgram } from './program.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command line (without the program's own name) and returns its exit code. */
export async function run(argv: readonly string[], terminal: Terminal): Promise<number> {
  const outcome = { exitCode: 0 };
  const program = buildProgram(terminal, outcome);
  try {
    await program.parseAsync(argv, { from: 'user' });
    return outcome.exitCode;
  } catch (error) {
    // Commander has told already; it ends help and version with 0.
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2;
    return tellFailure(error, terminal);
  }
}

function tellFailure(error: unknown, terminal: Terminal): number {
  if (error instanceof CommandFailed) {
    terminal.tell(error.message);
    return error.exitCode;
  }
  if (error instanceof Problem) {
    terminal.tell(error.reason === '' ? `${error.title}.` : error.reason);
    return 1;
  }
  terminal.tell(error instanceof Error ? error.message : String(error));
  if (terminal.env['PACKYARD_LOG_LEVEL'] === 'debug' && error instanceof Error) terminal.tell(error.stack ?? '');
  return 1;
}
