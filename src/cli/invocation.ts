import type { Terminal } from './terminal.ts';

export interface GlobalOptions {
  /** `--config FILE` */
  readonly config?: string;
  /** `--data DIR` */
  readonly data?: string;
}

/** One call of a command, as its module gets it. `json` is there for commands with `--json`. */
export interface Invocation<Args extends readonly (string | undefined)[] = [], Options = object> {
  readonly terminal: Terminal;
  readonly globals: GlobalOptions;
  readonly args: Args;
  readonly options: Options & { readonly json?: boolean };
}

/** 0 = ok, 1 = a problem was found, 2 = wrong usage or configuration. */
export type ExitCode = 0 | 1 | 2;

/** Ends a command with sentences on stderr. */
export class CommandFailed extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode = 1) {
    super(message);
    this.name = 'CommandFailed';
    this.exitCode = exitCode;
  }
}
