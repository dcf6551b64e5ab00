/** What documents need of a version's POM: `Publication.summary`. */
export interface VersionSummary {
  /** `null` while there is no POM. */
  readonly packaging: string | null;
}

export const unknownSummary = JSON.stringify({ packaging: null } satisfies VersionSummary);

export function readSummary(fragment: string): VersionSummary {
  const { packaging = null } = JSON.parse(fragment) as Partial<VersionSummary>;
  return { packaging };
}
