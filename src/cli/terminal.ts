/** What a command sees of the world: results go to stdout, messages to stderr. */
export interface Terminal {
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly cwd: string;
  /** One line of the result. */
  print(line: string): void;
  /** One line for the person who waits. */
  tell(line: string): void;
  /** All of stdin without its last line feed: secrets come this way, never as arguments that `ps` shows. */
  readInput(): Promise<string>;
}

export function processTerminal(): Terminal {
  // Whoever reads may stop early: `packyard token list | head -1`.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
    });
  }
  return {
    env: process.env,
    cwd: process.cwd(),
    print: (line) => void process.stdout.write(`${line}\n`),
    tell: (line) => void process.stderr.write(`${line}\n`),
    async readInput() {
      let text = '';
      process.stdin.setEncoding('utf8');
      for await (const chunk of process.stdin) text += String(chunk);
      return text.replace(/\r?\n$/, '');
    },
  };
}
