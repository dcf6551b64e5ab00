import { Command, Option } from 'commander';
import { nearest } from '../lib/nearest.ts';
import { version } from '../version.ts';
import type { ExitCode, GlobalOptions, Invocation } from './invocation.ts';
import { addAdvisoryCommands } from './advisories/commands.ts';
import { addExplainCommand } from './explain/command.ts';
import { addTokenCommands } from './token/commands.ts';
import { addUserCommands } from './user/commands.ts';
import { addConfigCommands } from './config/commands.ts';
import type { Terminal } from './terminal.ts';

/** The module behind a command; loaded only when the command runs. */
export interface CommandModule {
  run(invocation: Invocation<never, never>): Promise<ExitCode | void>;
}

/** Wires a command to its module. */
export type Wire = (command: Command, load: () => Promise<CommandModule>) => Command;

/** The whole command line. `outcome` gets the exit code of the command that ran. */
export function buildProgram(terminal: Terminal, outcome: { exitCode: number }): Command {
  const program = new Command('packyard')
    .description('A self-hosted registry for the packages a company builds and uses.')
    .version(version, '-V, --version')
    .option('--config <file>', 'YAML file with settings (PACKYARD_CONFIG)')
    .option('--data <folder>', 'data folder (PACKYARD_DATA)')
    .exitOverride()
    .configureOutput({
      writeOut: (text) => terminal.print(text.trimEnd()),
      writeErr: (text) => terminal.tell(text.trimEnd()),
    })
    .showHelpAfterError('Run packyard --help for all commands.');
  const wire: Wire = (command, load) =>
    command.action(async (...received: unknown[]) => {
      const args = received.slice(0, -2);
      const globals = program.opts<GlobalOptions>();
      const invocation = { terminal, globals, args, options: command.opts() };
      const module = await load();
      outcome.exitCode = (await module.run(invocation as Invocation<never, never>)) ?? 0;
    });
  addServerCommands(program, wire);
  addUserCommands(program, wire);
  addTokenCommands(program, wire);
  addConfigCommands(program, wire);
  addAdvisoryCommands(program, wire);
  addExplainCommand(program, wire);
  addStorageCommands(program, wire);
  addVersion(program, terminal);
  return program;
}

function addServerCommands(program: Command, wire: Wire): void {
  const serve = program
    .command('serve', { isDefault: true })
    .description('start the server (also without any command)')
    .argument('[nothing...]')
    .configureHelp({ visibleArguments: () => [] });
  serve.hook('preAction', () => refuseUnknown(program, serve.args[0]));
  wire(serve, () => import('./serve.ts'));
  wire(
    program.command('migrate', { hidden: true }).description('bring the schema of the database up to date'),
    () => import('./migrate.ts'),
  );
}

/** Whatever is no command is taken for an argument of the default one. */
function refuseUnknown(program: Command, word: string | undefined): void {
  if (word === undefined) return;
  const meant = nearest(
    word,
    program.commands.map((command) => command.name()),
  );
  program.error(`error: unknown command '${word}'${meant === null ? '' : ` (did you mean ${meant}?)`}`);
}

function addStorageCommands(program: Command, wire: Wire): void {
  wire(
    program
      .command('fsck')
      .description('check that packages and stored bytes agree; exits with 1 when something is wrong')
      .option('--quick', 'compare sizes only, without reading all bytes')
      .option('--repair', 'move unknown bytes to quarantine, and close versions whose bytes are missing or damaged')
      .option('--rate <size>', 'read at most so many bytes a second, such as 50MiB')
      .option('--json', 'one JSON object a line'),
    () => import('./fsck.ts'),
  );
  wire(
    program
      .command('collect-garbage')
      .description('remove bytes that no package has named for the grace period')
      .option('--dry-run', 'only tell what would be removed')
      .addOption(new Option('--grace <duration>', 'instead of PACKYARD_BLOB_GRACE_HOURS: 24h, 30m, 7d'))
      .option('--json', 'one JSON object a line'),
    () => import('./collect-garbage.ts'),
  );
}

function addVersion(program: Command, terminal: Terminal): void {
  program
    .command('version')
    .description('print the version')
    .action(() => terminal.print(version));
}
