import type { Bootstrapped } from '../access/bootstrap.ts';
import type { Config } from '../config/load.ts';
import { version } from '../version.ts';
import type { Terminal } from './terminal.ts';
import { farewell, welcome } from './welcome.ts';

/** Sees to it that the secrets of a first start are shown once, whether the server comes up or not. */
export class FirstSecrets {
  readonly #terminal: Terminal;
  readonly #config: Config;
  #untold: Bootstrapped = { created: false };

  constructor(terminal: Terminal, config: Config) {
    this.#terminal = terminal;
    this.#config = config;
  }

  readonly keep = (made: Bootstrapped): void => {
    this.#untold = made;
  };

  /** The server is ready at `url`. */
  welcome(url: string): void {
    this.#print(welcome({ version, url, bootstrap: this.#untold, config: this.#config }));
  }

  /** The end; says nothing after `welcome`. */
  farewell(): void {
    this.#print(farewell(this.#untold, this.#config));
  }

  #print(lines: readonly string[]): void {
    for (const line of lines) this.#terminal.print(line);
    this.#untold = { created: false };
  }
}
