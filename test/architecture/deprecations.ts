import semver from 'semver';
import { tableRows } from './tables.ts';

/** Minor releases that come between an announcement and the major release that removes the thing. */
const leastMinorsBetween = 3;

/**
 * Sentences, one for each row `what | use instead | announced in | removed in` that breaks the promise: announced in a
 * release (or the version being built), removed in a later major, with three minor releases between them.
 *
 * @param releases versions of the changelog, oldest or newest first.
 * @param current the version being built.
 */
export function brokenDeprecations(page: string, releases: readonly string[], current: string): string[] {
  return tableRows(page).flatMap((row) => {
    const [what = '', instead = '', announced = '', removed = ''] = row;
    const wrong = (says: string): string[] => [`docs/deprecations.md, ${what}: ${says}`];
    if (row.length !== 4 || what === '' || instead === '') return wrong('needs four cells');
    if (announced !== current && !releases.includes(announced)) return wrong(`${announced} is no release`);
    if (!/^\d+\.0\.0$/.test(removed)) return wrong(`${removed} is no major release`);
    if (semver.major(removed) <= semver.major(announced))
      return wrong(`${removed} is no later major than ${announced}`);
    if (semver.lt(current, removed)) return [];
    const between = minorsBetween(releases, announced, removed);
    return between >= leastMinorsBetween ? [] : wrong(`only ${between} minor releases before its removal`);
  });
}

/** Versions with a heading of their own in a changelog, `## [1.2.0] - 2030-01-31`. */
export function releasesOf(changelog: string): string[] {
  return [...changelog.matchAll(/^## \[?(\d+\.\d+\.\d+)\]?/gm)].map(([, version = '']) => version);
}

function minorsBetween(releases: readonly string[], announced: string, removed: string): number {
  return releases.filter((one) => one.endsWith('.0') && semver.gt(one, announced) && semver.lt(one, removed)).length;
}
