import { lookOf } from '../catalog/name-claims.ts';
import { problem } from '../problems/problem.ts';
import { matchesGlob } from './glob.ts';

/** How a format spells names, as far as patterns must know. */
export interface Spelling {
  /** A name or pattern as people write it, in the spelling of keys. */
  readonly spelling?: ((pattern: string) => string) | undefined;
  /** Names that differ in punctuation alone are taken for each other. */
  readonly looksAlike?: boolean | undefined;
}

interface Named {
  readonly key: string;
  readonly display: string;
}

/** Beginnings shorter than this would reserve half of a registry. */
const leastPrefix = 3;

/**
 * The key of a pattern for names that are reserved: one name, or a beginning with a `*` behind it. `invalid-parameter` for
 * anything else. Case never counts: what differs in it alone is the same name to people.
 */
export function patternKey(pattern: string, { spelling }: Spelling): string {
  const star = pattern.indexOf('*');
  const beginning = star < 0 ? pattern : pattern.slice(0, -1);
  if (star >= 0 && star !== pattern.length - 1) throw notAPattern('A `*` stands at the end, once');
  if (!/^[\x21-\x7e]+$/.test(beginning)) throw notAPattern('Names are printable ASCII without spaces');
  if (star >= 0 && beginning.replace(/[^A-Za-z0-9]/g, '').length < leastPrefix) {
    throw notAPattern(`At least ${leastPrefix} letters or digits stand before a \`*\``);
  }
  return keyOf(pattern, spelling);
}

function notAPattern(what: string): Error {
  return problem(
    'invalid-parameter',
    `pattern does not have a valid value. ${what}: \`Acme.*\`, \`@acme/*\`, \`acme-lib\`.`,
  );
}

/** What has folders in it is a key already: dots mean something else there. */
function keyOf(pattern: string, spelling: Spelling['spelling']): string {
  return (pattern.includes('/') ? pattern : (spelling?.(pattern) ?? pattern)).toLowerCase();
}

/** Whether the pattern with that key means the name. */
export function reserves(key: string, { key: nameKey }: Pick<Named, 'key'>, { looksAlike }: Spelling): boolean {
  const name = nameKey.toLowerCase();
  if (!key.endsWith('*')) return name === key || (looksAlike === true && lookOf(name) === lookOf(key));
  const beginning = key.slice(0, -1);
  // All below a folder are the folder's.
  if (beginning.endsWith('/') && name === beginning.slice(0, -1)) return true;
  return looksAlike === true ? punctuated(name).startsWith(punctuated(beginning)) : name.startsWith(beginning);
}

function punctuated(name: string): string {
  return name.startsWith('@') ? name : name.replace(/[_.]/g, '-');
}

/** The pattern that says most of the name: a whole name before a beginning, a longer beginning before a shorter one. */
export function mostExact<R extends { readonly patternKey: string }>(
  patterns: readonly R[],
  name: Pick<Named, 'key'>,
  spelling: Spelling,
): R | null {
  const meant = patterns.filter(({ patternKey: key }) => reserves(key, name, spelling));
  const [first] = meant.toSorted((a, b) => exactness(b.patternKey) - exactness(a.patternKey));
  return first ?? null;
}

function exactness(key: string): number {
  return key.endsWith('*') ? key.length : key.length + 1_000;
}

/** Whether a glob with stars anywhere means the name, in any spelling and case: GitLab's protection rules. */
export function protects(pattern: string, { key, display }: Named, { spelling }: Spelling): boolean {
  const globs = [pattern.toLowerCase(), keyOf(pattern, spelling)];
  const names = [key.toLowerCase(), display.toLowerCase()];
  return globs.some((glob) => names.some((name) => matchesGlob(glob, name)));
}
