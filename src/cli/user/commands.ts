import type { Command } from 'commander';
import type { Wire } from '../program.ts';

export function addUserCommands(program: Command, wire: Wire): void {
  const user = program.command('user').description('people who may sign in');
  wire(
    user
      .command('create <username>')
      .description('create a user; without --password-stdin a password is made and printed')
      .option('--name <name>', 'full name; the user name when left out')
      .option('--email <address>')
      .option('--admin', 'may do everything')
      .option('--password-stdin', 'read the password from stdin')
      .option('--json', 'print a JSON object'),
    () => import('./create.ts'),
  );
  wire(
    user
      .command('list')
      .description('list users')
      .option('--search <words>', 'part of user name or name')
      .option('--json', 'one JSON object a line'),
    () => import('./list.ts'),
  );
  wire(
    user.command('block <username>').description('stop password and tokens of a user at once'),
    () => import('./block.ts'),
  );
  wire(user.command('unblock <username>').description('let a blocked user in again'), () => import('./unblock.ts'));
  wire(
    user
      .command('reset-password <username>')
      .description('give a user another password; without --password-stdin one is made and printed')
      .option('--password-stdin', 'read the password from stdin')
      .option('--json', 'print a JSON object'),
    () => import('./reset-password.ts'),
  );
  wire(
    user
      .command('promote <username>')
      .description('make a user an administrator')
      .option('--undo', 'make an administrator a user again'),
    () => import('./promote.ts'),
  );
}
