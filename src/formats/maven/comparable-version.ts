/**
 * Maven's order of versions: https://maven.apache.org/pom.html#version-order-specification, as `ComparableVersion` of Maven 4 has
 * it. Maven 3 differs for odd ones only: a number right after `final`, or a name after a dot.
 */

/** A number, or a qualifier with the number that follows it, as in `rc1`. */
type Item = number | bigint | Qualifier;

interface Qualifier {
  /** Sorts as text. */
  readonly rank: string;
  readonly number: number | bigint | null;
}

/** A `-` and a change between letters and digits open a segment, which weighs less than a further number in the one before it. */
type Segment = Item[];

const known = ['alpha', 'beta', 'milestone', 'rc', 'snapshot', '', 'sp'];
const aliases: ReadonlyMap<string, string> = new Map([
  ['cr', 'rc'],
  ['ga', ''],
  ['final', ''],
  ['release', ''],
]);
const abbreviations: ReadonlyMap<string, string> = new Map([
  ['a', 'alpha'],
  ['b', 'beta'],
  ['m', 'milestone'],
]);
const released = String(known.indexOf(''));

/** Negative when `a` is older; 0 for what Maven takes for the same, like `1.0` and `1.0.0-ga`. Any text is a version. */
export function compareMavenVersions(a: string, b: string): number {
  if (a === b) return 0;
  const [left, right] = [parsed(a), parsed(b)];
  for (let depth = 0; ; depth += 1) {
    const ours = left[depth];
    const theirs = right[depth];
    if (ours === undefined) return 0 - comparedToNothing(right.slice(depth));
    if (theirs === undefined) return comparedToNothing(left.slice(depth));
    const order = compareSegments(ours, theirs, left[depth + 1] !== undefined, right[depth + 1] !== undefined);
    if (order !== 0) return order;
  }
}

/** Up to where both have items, or one has ended with nothing after it. */
function compareSegments(ours: Segment, theirs: Segment, goesOn: boolean, theyGoOn: boolean): number {
  const longer = Math.max(ours.length, theirs.length);
  for (let index = 0; index < longer; index += 1) {
    const mine = ours[index];
    const other = theirs[index];
    let order: number;
    if (mine !== undefined && other !== undefined) order = compareItems(mine, other);
    else if (mine !== undefined) order = theyGoOn ? comparedToSegment(mine) : comparedToNothing([[mine]]);
    else if (other !== undefined) order = 0 - (goesOn ? comparedToSegment(other) : comparedToNothing([[other]]));
    else order = 0;
    if (order !== 0) return order;
  }
  return 0;
}

function compareItems(a: Item, b: Item): number {
  if (typeof a !== 'object') return typeof b === 'object' ? 1 : compareNumbers(a, b);
  if (typeof b !== 'object') return -1;
  if (a.rank !== b.rank) return a.rank < b.rank ? -1 : 1;
  return compareNumbers(a.number ?? -1, b.number ?? -1);
}

function compareNumbers(a: number | bigint, b: number | bigint): number {
  if (a < b) return -1;
  return a > b ? 1 : 0;
}

/** What `1.x` is to `1-1`: qualifier, segment, number. */
function comparedToSegment(item: Item): number {
  return typeof item === 'object' ? -1 : 1;
}

/** Where the other version has ended: by the first item that isn't as good as nothing. */
function comparedToNothing(segments: readonly Segment[]): number {
  for (const item of segments.flat()) {
    if (typeof item !== 'object') {
      if (item !== 0) return 1;
    } else if (item.rank !== released) return item.rank < released ? -1 : 1;
  }
  return 0;
}

const memory = new Map<string, readonly Segment[]>();
const remembered = 20_000;

/** Sorting asks for each version many times. */
function parsed(version: string): readonly Segment[] {
  const before = memory.get(version);
  if (before !== undefined) return before;
  const segments = withoutNothing(parse(version.toLowerCase()));
  if (memory.size >= remembered) memory.clear();
  memory.set(version, segments);
  return segments;
}

/** A number; a qualifier, maybe with a number; a separator. */
const tokens = /(\d+)|([^\d.-]+)(?:-?(\d+))?|([.-])/g;

function parse(version: string): Segment[] {
  let segment: Segment = [];
  const segments = [segment];
  const open = (): void => {
    if (segment.length > 0) segments.push((segment = []));
  };
  let separated = true;
  for (const { 0: token, 1: number, 2: word, 3: wordsNumber, 4: separator, index } of version.matchAll(tokens)) {
    if (separator !== undefined) {
      if (separated) segment.push(0);
      if (separator === '-') open();
    } else if (word !== undefined) {
      const last = index + token.length === version.length;
      if (!separated || last || wordsNumber !== undefined) open();
      segment.push(qualifier(word, wordsNumber));
    } else if (number !== undefined) segment.push(numberOf(number));
    separated = separator !== undefined;
  }
  return segments;
}

function qualifier(word: string, number: string | undefined): Qualifier {
  if (number === undefined) return { rank: rankOf(word), number: null };
  return { rank: rankOf(abbreviations.get(word) ?? word), number: numberOf(number) };
}

/** The unknown ones come after the known, by alphabet. */
function rankOf(word: string): string {
  const name = aliases.get(word) ?? word;
  const place = known.indexOf(name);
  return place === -1 ? `${known.length}-${name}` : String(place);
}

function numberOf(digits: string): number | bigint {
  const shortest = digits.replace(/^0+(?=\d)/, '');
  return shortest.length > 15 ? BigInt(shortest) : Number(shortest);
}

/** Zeros say nothing at the end of a segment, before a plain qualifier, and before a segment that begins with a qualifier. */
function withoutNothing(segments: Segment[]): readonly Segment[] {
  for (let index = segments.length - 1; index >= 0; index -= 1) {
    const items = segments[index] ?? [];
    const begins = segments[index + 1];
    for (let place = items.length - 1; place >= 0; place -= 1) {
      const isLast = place === items.length - 1;
      const next = isLast ? begins?.[0] : items[place + 1];
      const ends = isLast && begins === undefined;
      if (items[place] === 0 && (ends || (typeof next === 'object' && (isLast || next.number === null)))) {
        items.splice(place, 1);
      }
    }
    if (begins === undefined && items.length === 0) segments.pop();
  }
  return segments;
}
