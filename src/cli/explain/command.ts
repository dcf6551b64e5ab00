import type { Command } from 'commander';
import type { Wire } from '../program.ts';

export function addExplainCommand(program: Command, wire: Wire): void {
  wire(
    program
      .command('explain [format] [package]')
      .description('why a virtual registry answers as it does: for a package, or one of its versions (left-pad@1.3.0)')
      .option('--registry <id>', 'number of the virtual registry')
      .option('--as <username>', 'what this user is answered; an administrator when left out')
      .option('--trace <id>', 'of an answer that was given, by the number in its X-Packyard-Trace')
      .option('--json', 'print a JSON object'),
    () => import('./explain.ts'),
  );
}
