/** Which versions of a package an advisory speaks of. https://ossf.github.io/osv-schema/#affectedranges-field */

/** From `introduced` (`null` = the first version) up to `fixed`, which is not affected, or `lastAffected`, which is. */
export interface AffectedRange {
  readonly introduced: string | null;
  readonly fixed: string | null;
  readonly lastAffected: string | null;
}

export interface AffectedVersions {
  readonly ranges: readonly AffectedRange[];
  /** Single versions, as the advisory writes them. */
  readonly versions: readonly string[];
}

/** `compare`: the format's order of versions. */
export function isAffected(
  version: string,
  { ranges, versions }: AffectedVersions,
  compare: (a: string, b: string) => number,
): boolean {
  return (
    ranges.some(
      ({ introduced, fixed, lastAffected }) =>
        (introduced === null || compare(version, introduced) >= 0) &&
        (fixed === null || compare(version, fixed) < 0) &&
        (lastAffected === null || compare(version, lastAffected) <= 0),
    ) || versions.some((each) => each === version || compare(each, version) === 0)
  );
}

/** The versions that repair it, in the order of the advisory. */
export function fixedVersions({ ranges }: AffectedVersions): string[] {
  return ranges.flatMap(({ fixed }) => (fixed === null ? [] : [fixed]));
}
