import { isTest, lineAt, type Source, walk } from './source.ts';

/** Where SQL lives. */
const home = /^src\/(catalog|database)\/|\.store\.ts$/;

/** The beginning of a statement, as far as English doesn't begin so: `Create a group first.` is a sentence. */
export const statement = new RegExp(
  `^\\s*(${[
    'select\\s[\\s\\S]*\\sfrom\\s+["\\w]',
    'select\\s+(\\d|count\\(|max\\(|min\\()',
    'insert\\s+(or\\s+\\w+\\s+)?into\\s',
    'replace\\s+into\\s',
    'update\\s+["\\w]+\\s+set\\s',
    'delete\\s+from\\s',
    '(create|drop|alter)\\s+((temp|temporary|unique|virtual)\\s+)?(table|index|view|trigger)\\s',
    'with\\s+(recursive\\s+)?["\\w]+\\s*(\\([^)]*\\)\\s*)?as\\s*\\(',
    'pragma\\s+\\w',
    'begin(\\s+(immediate|exclusive|transaction))\\b',
  ].join('|')})`,
  'i',
);

/** Sentences, one for each SQL statement outside the catalogue, the database layer and `*.store.ts`. */
export function straySql(sources: readonly Source[]): string[] {
  return sources.filter(({ path }) => path.startsWith('src/') && !home.test(path) && !isTest(path)).flatMap(sqlOf);
}

function sqlOf({ path, text, program }: Source): string[] {
  const found: string[] = [];
  walk(program, (node) => {
    const literal =
      node.type === 'Literal' && typeof node.value === 'string'
        ? node.value
        : node.type === 'TemplateLiteral'
          ? node.quasis.map((quasi) => quasi.value.raw).join('x')
          : '';
    if (statement.test(literal))
      found.push(`${path}:${lineAt(text, node.start)} holds SQL: ${literal.trim().slice(0, 40)}`);
  });
  return found;
}
