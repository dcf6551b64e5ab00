/** Rows of every table of a Markdown page, as cells without their backquotes. Header and ruler rows are left out. */
export function tableRows(markdown: string): string[][] {
  const lines = markdown.split('\n').map((line) => line.trim());
  return lines.flatMap((line, index) => {
    if (!line.startsWith('|') || isRuler(line) || isRuler(lines[index + 1] ?? '')) return [];
    return [cells(line)];
  });
}

function isRuler(line: string): boolean {
  return /^\|[\s:|-]+\|$/.test(line);
}

function cells(line: string): string[] {
  return line
    .replaceAll('\\|', '\u0000')
    .split('|')
    .slice(1, -1)
    .map((cell) => cell.replaceAll('\u0000', '|').replaceAll('`', '').trim());
}
