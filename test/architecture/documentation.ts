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
  const documented = tableRows(page).flatMap(([first = '']) => first.match(/PACKYARD_[A-Z0-9_]+/g) ?? []);
  const mentioned = page.match(/PACKYARD_[A-Z0-9]+(_[A-Z0-9]+)*/g) ?? [];
  return [
    ...keys.filter((key) => !documented.includes(key)).map((key) => `docs/configuration.md has no row for ${key}`),
    ...[...new Set([...documented, ...mentioned])]
      .filter((key) => !keys.includes(key))
      .map((key) => `docs/configuration.md names ${key}, which the program doesn't know`),
    ...repeated(documented).map((key) => `docs/configuration.md lists ${key} twice`),
  ];
}

function repeated(values: readonly string[]): string[] {
  return [...new Set(values.filter((value, index) => values.indexOf(value) !== index))];
}
