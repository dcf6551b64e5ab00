import { advisoriesOf, advisoryCounts } from '../../catalog/advisories.ts';
import type { Advisory } from '../../catalog/advisory-shape.ts';
import { formats } from '../../formats/index.ts';
import { CommandFailed, type Invocation } from '../invocation.ts';
import { withDatabase } from '../storage.ts';

/** `packyard advisories list [format] [name]`. */
export function run(invocation: Invocation<[string | undefined, string | undefined]>): Promise<void> {
  const { terminal, options, args } = invocation;
  const [format, name] = args;
  return withDatabase(invocation, async ({ database }) => {
    if (format !== undefined && name !== undefined) {
      const found = await advisoriesOf(database, format, [keyOf(format, name)]);
      for (const advisory of found) {
        terminal.print(options.json === true ? JSON.stringify(advisory) : lineOf(advisory));
      }
      return;
    }
    for (const { format: id, count, modifiedAt } of await advisoryCounts(database)) {
      if (format !== undefined && format !== id) continue;
      const newest = new Date(modifiedAt).toISOString();
      if (options.json === true) terminal.print(JSON.stringify({ format: id, count, newest }));
      else terminal.print(`${id}: ${count} advisories, the newest of ${newest}`);
    }
  });
}

function keyOf(format: string, name: string): string {
  const { advisories } = formats.find(({ id }) => id === format) ?? {};
  if (advisories === undefined) throw new CommandFailed(`No advisories are kept for ${format}.`, 2);
  const key = advisories.nameKey(name);
  if (key === null) throw new CommandFailed(`${name} can't be the name of a package of ${format}.`, 2);
  return key;
}

function lineOf({ osvId, severity, summary, url, affected }: Advisory): string {
  const ranges = affected.ranges.map(({ introduced, fixed, lastAffected }) => {
    const end = fixed === null ? (lastAffected === null ? '' : ` <= ${lastAffected}`) : ` < ${fixed}`;
    return `>= ${introduced ?? '0'}${end}`;
  });
  return `${osvId}  ${severity}  ${[...ranges, ...affected.versions].join(' || ')}  ${summary}  ${url}`;
}
