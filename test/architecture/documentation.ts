import { tableRows } from './tables.ts';

export interface DocumentedProblem {
  readonly code: string;
  readonly status: number;
}

/** Sentences, one for each difference between the codes of the program and the table `code | status | when | what to do`. */
export function undocumentedProblems(codes: readonly DocumentedProblem[], page: string): string[] {
  const rows = tableRows(page);
  const documented = new Map(rows.map(([code = '', status = '']) => [code, Number(status)]));
  return [
    ...codes
      .filter(({ code, status }) => documented.get(code) !== status)
      .map(({ code, status }) => `docs/errors.md has no row for ${code} with status ${status}`),
    ...[...documented.keys()]
      .filter((code) => !codes.some((one) => one.code === code))
      .map((code) => `docs/errors.md lists ${code}, which the program doesn't know`),
    ...rows
      .filter((row) => row.length !== 4 || row.some((cell) => cell === ''))
      .map((row) => `docs/errors.md needs all four cells for ${row[0]}`),
    ...repeated(rows.map(([code = '']) => code)).map((code) => `docs/errors.md lists ${code} twice`),
  ];
}

/** Sentences, one for each difference between the settings of the program and the names in the page's tables. */
export function undocumentedSettings(keys: readonly string[], page: string): string[] {
  const documented = tableRows(page).flatMap(([first = '']) => namesIn(first));
  const patterns = keys.map((key) => new RegExp(`^${key.replace(/<[A-Z]+>/, '(<[A-Z]+>|[A-Z0-9_]+)')}$`));
  return [
    ...keys.filter((key) => !documented.includes(key)).map((key) => `docs/configuration.md has no row for ${key}`),
    ...[...new Set(namesIn(page))]
      .filter((name) => !patterns.some((pattern) => pattern.test(name)))
      .map((name) => `docs/configuration.md names ${name}, which the program doesn't know`),
    ...repeated(documented).map((key) => `docs/configuration.md lists ${key} twice`),
  ];
}

/** `PACKYARD_PORT`, and `PACKYARD_<FORMAT>_MAX_FILE_SIZE` for a setting that each format has. */
function namesIn(text: string): string[] {
  return text.match(/PACKYARD(_[A-Z0-9]+|_<[A-Z]+>)+/g) ?? [];
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
