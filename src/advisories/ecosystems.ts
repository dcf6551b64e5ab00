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
    formats.flatMap(({ id, advisories, compareVersions }) =>
      advisories === undefined
        ? []
        : [[advisories.ecosystem, { format: id, nameKey: advisories.nameKey, compareVersions }] as const],
    ),
  );
}
