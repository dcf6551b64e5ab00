import type { Command } from 'commander';
import type { Wire } from '../program.ts';

export function addAdvisoryCommands(program: Command, wire: Wire): void {
  const advisories = program.command('advisories').description('known vulnerabilities, from OSV');
  wire(
    advisories
      .command('import <source...>')
      .description('take in dumps of OSV: ZIP archives, folders, JSON files, or URLs of them')
      .option('--json', 'print a JSON object'),
    () => import('./import.ts'),
  );
  wire(
    advisories
      .command('list [format] [name]')
      .description('how many there are, or those of one package')
      .option('--json', 'one JSON object a line'),
    () => import('./list.ts'),
  );
}
