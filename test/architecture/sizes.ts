import type { Node } from 'oxc-parser';
import { isTest, lineAt, type Source, walk } from './source.ts';

export const mostLinesPerFile = 400;
export const mostLinesPerFunction = 60;
/** The middle file of `src/`, tests excluded, has at most so many lines. */
export const mostLinesAtTheMedian = 80;

export interface SizeException {
  /** The file, and for a function `#` and its name as reported. */
  readonly what: string;
  readonly reason: string;
}

/** What may be longer, each with its reason. */
export const exceptions: readonly SizeException[] = [
  {
    what: 'src/database/migrations/0001-first.ts#statements',
    reason: 'the first schema, read as one page: a list of statements without branches',
  },
  {
    what: 'src/database/migrations/0003-upstreams.ts#statements',
    reason: 'the tables of upstreams, read as one page: a list of statements without branches',
  },
];

/** Sentences, one for each file or function over its limit and not excepted. */
export function tooLong(sources: readonly Source[], excepted: readonly SizeException[] = exceptions): string[] {
  const names = new Set(excepted.map(({ what }) => what));
  return sources
    .flatMap((source) => [...longFile(source), ...longFunctions(source)])
    .flatMap(({ what, says }) => (names.has(what) ? [] : [says]));
}

/** Lines of the middle file. */
export function median(sources: readonly Source[]): number {
  const sizes = sources
    .filter(({ path }) => !isTest(path))
    .map(({ text }) => lines(text))
    .toSorted((a, b) => a - b);
  return sizes[Math.floor(sizes.length / 2)] ?? 0;
}

interface Finding {
  readonly what: string;
  readonly says: string;
}

function longFile({ path, text }: Source): Finding[] {
  const count = lines(text);
  return count > mostLinesPerFile ? [{ what: path, says: `${path} has ${count} lines` }] : [];
}

/** A test's body is a list of cases, so functions of test files are not measured. */
function longFunctions({ path, text, program }: Source): Finding[] {
  if (isTest(path)) return [];
  const found: Finding[] = [];
  walk(program, (node, parent) => {
    if (!isFunction(node)) return;
    const count = lineAt(text, node.end) - lineAt(text, node.start) + 1;
    const what = `${path}#${nameOf(node, parent)}`;
    if (count > mostLinesPerFunction) found.push({ what, says: `${what} has ${count} lines` });
  });
  return found;
}

function isFunction(node: Node): boolean {
  return ['FunctionDeclaration', 'FunctionExpression', 'ArrowFunctionExpression'].includes(node.type);
}

/** The function's own name, or that of the variable, key or method that holds it. */
function nameOf(node: Node, parent: Node | null): string {
  for (const [owner, keys] of [
    [node, ['id']],
    [parent, ['id', 'key', 'left']],
  ] as const) {
    for (const key of keys) {
      const named = owner === null ? null : (owner as unknown as Record<string, { name?: unknown } | null>)[key];
      if (typeof named?.name === 'string') return named.name;
    }
  }
  return 'anonymous';
}

function lines(text: string): number {
  return text.split('\n').length - (text.endsWith('\n') ? 1 : 0);
}
