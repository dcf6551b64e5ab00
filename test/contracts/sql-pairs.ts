/** A file of statements, each as both engines get it. */
import { numberPlaceholders } from '../../src/database/sql-text.ts';

export type Engine = 'sqlite' | 'postgres';

type Pair = { readonly [engine in Engine]?: string };

/** By what both have in common: the statement without what only one engine needs. */
export type SqlPairs = Map<string, Pair>;

const forUpdate = / for no key update$/;
const onlyPostgres = /^select pg_|^select sha256 from blob where sha256 = \? for/;
const separator = '\n\n';
const heading = `# Every statement of the stores, as each engine gets it: \`sql-snapshot.test.ts\` writes and compares it.
# (?, …) stands for any number of values.`;

export function parsePairs(file: string): SqlPairs {
  const pairs: SqlPairs = new Map();
  for (const block of file.split(separator).filter((each) => !each.startsWith('#') && each.trim() !== '')) {
    const lines = new Map(
      block.split('\n').map((line) => [line.slice(0, line.indexOf(' ')), line.slice(line.indexOf(' ')).trim()]),
    );
    const both = lines.get('both');
    const sqlite = both ?? lines.get('sqlite');
    const postgres = both ?? lines.get('postgres');
    const key = sqlite ?? (postgres ?? '').replace(/\$\d+/g, '?').replace(forUpdate, '');
    pairs.set(key, { ...(sqlite === undefined ? {} : { sqlite }), ...(postgres === undefined ? {} : { postgres }) });
  }
  return pairs;
}

export function renderPairs(pairs: SqlPairs): string {
  const blocks = [...pairs.entries()]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, { sqlite, postgres }]) => {
      if (sqlite === postgres) return `both     ${sqlite}`;
      const lines = [
        sqlite === undefined ? [] : `sqlite   ${sqlite}`,
        postgres === undefined ? [] : `postgres ${postgres}`,
      ];
      return lines.flat().join('\n');
    });
  return `${[heading, ...blocks].join(separator)}\n`;
}

/** The statement as the engine gets it, from the stores' text. */
export function sentTo(engine: Engine, text: string): string {
  return engine === 'sqlite' ? text : numberPlaceholders(text).text;
}

/**
 * What was said now in place of what was said before. What the other engine is sent follows from it, but where its words
 * differ: those stay until the other engine is asked.
 */
export function renewed(before: SqlPairs, engine: Engine, said: readonly string[]): SqlPairs {
  const pairs: SqlPairs = new Map();
  for (const [key, pair] of before) if (pair[engine] === undefined) pairs.set(key, pair);
  const other: Engine = engine === 'sqlite' ? 'postgres' : 'sqlite';
  for (const text of said) {
    const key = text.replace(forUpdate, '');
    const known = before.get(key)?.[other];
    const follows = onlyPostgres.test(text) ? undefined : sentTo(other, key);
    const there = known ?? follows;
    pairs.set(key, { [engine]: sentTo(engine, text), ...(there === undefined ? {} : { [other]: there }) });
  }
  return pairs;
}
