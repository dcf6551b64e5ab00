import type { Ecosystem } from './osv-record.ts';

/** What of a format advisories need. */
export interface AdvisedFormat {
  readonly id: string;
  readonly advisories?: { readonly ecosystem: string; nameKey(name: string): string | null };
  compareVersions(a: string, b: string): number;
}

/** OSV's ecosystems by their names there, as the formats say. */
export function ecosystemsOf(formats: readonly AdvisedFormat[]): ReadonlyMap<string, Ecosystem> {
  return new Map(
    formats.flatMap((format) => {
      const { id, advisories } = format;
      if (advisories === undefined) return [];
      const nameKey = (name: string): string | null => advisories.nameKey(name);
      const compareVersions = (a: string, b: string): number => format.compareVersions(a, b);
      return [[advisories.ecosystem, { format: id, nameKey, compareVersions }] as const];
    }),
  );
}
