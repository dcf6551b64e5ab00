import type { Terminal } from './terminal.ts';

export type Cell = string | number | boolean | null;

/** Prints rows under their names, or one JSON object a line. Control characters in cells are made visible. */
export function printRows(
  terminal: Terminal,
  rows: readonly Readonly<Record<string, Cell>>[],
  { json = false, columns }: { readonly json?: boolean | undefined; readonly columns: readonly string[] },
): void {
  if (json) {
    for (const row of rows) terminal.print(JSON.stringify(row));
    return;
  }
  const lines = [
    columns.map((name) => name.toUpperCase()),
    ...rows.map((row) => columns.map((name) => shown(row[name]))),
  ];
  const widths = columns.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  for (const line of lines) {
    terminal.print(
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join('  ')
        .trimEnd(),
    );
  }
}

function shown(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return '-';
  if (cell === true) return 'yes';
  if (cell === false) return 'no';
  return visible(String(cell));
}

/** Text of strangers for a terminal: control characters are spelled out. */
export function visible(text: string): string {
  return text.replace(/\p{Cc}/gu, (character) => {
    const spelled = JSON.stringify(character).slice(1, -1);
    // JSON leaves those above ASCII as they are.
    return spelled === character ? `\\u00${character.charCodeAt(0).toString(16)}` : spelled;
  });
}

/** `2026-11-24 06:00`, UTC. */
export function shortTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString().slice(0, 16).replace('T', ' ');
}
