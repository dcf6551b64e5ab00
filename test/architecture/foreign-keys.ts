export interface ForeignKey {
  /** `table.column`; of several columns the first. */
  readonly column: string;
  readonly onDelete: string | null;
}

export interface KeyWithoutAction {
  readonly column: string;
  readonly reason: string;
}

/** References that must refuse the removal of what they name. */
export const refusing: readonly KeyWithoutAction[] = [
  { column: 'namespace.parent_id', reason: 'a group goes only after all below it has gone, with their packages' },
  { column: 'project.namespace_id', reason: 'a group goes only after its projects have gone, with their packages' },
  { column: 'file.sha256', reason: 'bytes go by collect-garbage, and never while a file names them' },
  { column: 'upstream_resource.sha256', reason: 'bytes go by collect-garbage, and never while the cache names them' },
  { column: 'upstream_file.sha256', reason: 'bytes go by collect-garbage, and never while the cache names them' },
];

/** Every reference that the statements of a migration declare. */
export function foreignKeys(statements: readonly string[]): ForeignKey[] {
  return statements.flatMap((statement) => {
    const table = /^\s*(?:create\s+table|alter\s+table)\s+(?:if\s+not\s+exists\s+)?(\w+)/i.exec(statement)?.[1];
    if (table === undefined) return [];
    return definitions(statement).flatMap((definition) => {
      if (!/\breferences\b/i.test(definition)) return [];
      const column = /^(?:foreign\s+key\s*\(\s*|add\s+(?:column\s+)?)?(\w+)/i.exec(definition)?.[1] ?? '?';
      return [
        {
          column: `${table}.${column}`,
          onDelete: /\bon\s+delete\s+(cascade|set\s+null)\b/i.exec(definition)?.[1] ?? null,
        },
      ];
    });
  });
}

/** Sentences, one for each reference without `on delete` that isn't excepted. */
export function undecidedKeys(keys: readonly ForeignKey[], excepted: readonly KeyWithoutAction[] = refusing): string[] {
  return keys
    .filter(({ column, onDelete }) => onDelete === null && !excepted.some((one) => one.column === column))
    .map(({ column }) => `${column} doesn't say what happens on delete`);
}

/** Columns and constraints: what stands between the outer brackets, or after `alter table x`, parted at its commas. */
function definitions(statement: string): string[] {
  const body = /^\s*alter/i.test(statement)
    ? statement.replace(/^\s*alter\s+table\s+\w+\s+/i, '')
    : statement.slice(statement.indexOf('(') + 1, statement.lastIndexOf(')'));
  const parts = [''];
  let depth = 0;
  for (const character of body) {
    depth += character === '(' ? 1 : character === ')' ? -1 : 0;
    if (character === ',' && depth === 0) parts.push('');
    else parts.push(`${parts.pop() ?? ''}${character}`);
  }
  return parts.map((part) => part.trim());
}
