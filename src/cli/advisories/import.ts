import { resolve } from 'node:path';
import { ecosystemsOf } from '../../advisories/ecosystems.ts';
import { importAdvisories, type ImportReport } from '../../advisories/import-advisories.ts';
import { readDump } from '../../advisories/read-dump.ts';
import { formats } from '../../formats/index.ts';
import { CommandFailed, type ExitCode, type Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';
import { withFile } from './download.ts';

/** `packyard advisories import <source...>`: exits with 1 when something of them could not be read. */
export function run(invocation: Invocation<string[]>): Promise<ExitCode> {
  const { terminal, options, args } = invocation;
  const sources = args.flat();
  return withDatabase(invocation, async ({ database }) => {
    let unreadable = 0;
    for (const source of sources) {
      const path = /^https?:\/\//i.test(source) ? source : resolve(terminal.cwd, source);
      const report = await withFile(path, (file) =>
        importAdvisories(database, readDump(file), ecosystemsOf(formats)),
      ).catch((error: unknown) => {
        throw unreadableSource(source, error);
      });
      unreadable += report.unreadable;
      if (options.json === true) terminal.print(JSON.stringify({ source, ...report }));
      else tell(source, report, (line) => terminal.tell(line));
    }
    return unreadable === 0 ? 0 : 1;
  });
}

function tell(source: string, report: ImportReport, say: (line: string) => void): void {
  const { kept, withdrawn, irrelevant, unreadable, mistakes } = report;
  for (const mistake of mistakes) say(mistake);
  say(
    `${source}: ${kept} advisories kept, ${withdrawn} withdrawn, ${irrelevant} of other ecosystems, ${unreadable} unreadable.`,
  );
}

function unreadableSource(source: string, error: unknown): Error {
  if (error instanceof CommandFailed) return error;
  const { code, message } = error as NodeJS.ErrnoException;
  if (code === 'ENOENT') return new CommandFailed(`There is no file ${source}.`, 2);
  return new CommandFailed(`${source} can't be read: ${message}`);
}
