import type { Command } from 'commander';
import type { Wire } from '../program.ts';

export function addConfigCommands(program: Command, wire: Wire): void {
  const config = program.command('config').description('settings from environment and file');
  wire(
    config
      .command('check')
      .description('tell every mistake at once; exits with 1 when there are any')
      .option('--json', 'print a JSON object'),
    () => import('./check.ts'),
  );
  wire(
    config
      .command('show')
      .description('print all settings as they are in force, without secrets')
      .option('--json', 'print a JSON object'),
    () => import('./show.ts'),
  );
}
