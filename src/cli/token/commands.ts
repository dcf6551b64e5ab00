import type { Command } from 'commander';
import type { Wire } from '../program.ts';

export function addTokenCommands(program: Command, wire: Wire): void {
  const token = program.command('token').description('access tokens');
  wire(
    token
      .command('create <username>')
      .description('create a personal token for a user and print it, this once')
      .option('--name <name>', 'what it is for', 'Command line')
      .option('--scope <scope...>', 'what it may do', ['api'])
      .option('--expires <date>', 'last day, such as 2027-12-31; never when left out')
      .option('--json', 'print a JSON object'),
    () => import('./create.ts'),
  );
  wire(
    token
      .command('list')
      .description('list tokens, without their secrets')
      .option('--user <username>', 'only the personal tokens of a user')
      .option('--all', 'revoked and expired ones too')
      .option('--json', 'one JSON object a line'),
    () => import('./list.ts'),
  );
  wire(
    token.command('revoke [id]').description('stop a token at once: by its id, or without one by the token on stdin'),
    () => import('./revoke.ts'),
  );
}
