/**
 * Versions of Python packages: which are valid, how they are written, which are equal, and their order.
 * https://packaging.python.org/en/latest/specifications/version-specifiers/
 */

/** A version that has been understood. Numbers are kept as digits: they may be of any length. */
export interface PythonVersion {
  /** As the specification writes it: `1.0-Alpha_1` becomes `1.0a1`. */
  readonly normalized: string;
  /** Equal for equal versions: the normal form without zeros at the release's end (`1.0` and `1.0.0` are one). */
  readonly key: string;
  /** Compared as text it gives the order of versions. */
  readonly order: string;
  /** Alpha, beta, candidate or development release. */
  readonly prerelease: boolean;
  /** Whether it has a local part (`+ubuntu.1`). */
  readonly local: boolean;
}

const form = new RegExp(
  [
    '^v?(?:(?<epoch>[0-9]+)!)?(?<release>[0-9]+(?:\\.[0-9]+)*)',
    '(?<pre>[-_.]?(?<preWord>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<preNumber>[0-9]+)?)?',
    '(?<post>-(?<postShort>[0-9]+)|[-_.]?(?:post|rev|r)[-_.]?(?<postNumber>[0-9]+)?)?',
    '(?<dev>[-_.]?dev[-_.]?(?<devNumber>[0-9]+)?)?',
    '(?:\\+(?<local>[a-z0-9]+(?:[-_.][a-z0-9]+)*))?$',
  ].join(''),
);
/** Longer ones fit no file name. */
const maxLength = 200;
const preWords: Readonly<Record<string, 'a' | 'b' | 'rc'>> = { a: 'a', alpha: 'a', b: 'b', beta: 'b' };

/** `null` for what isn't a version. */
export function parseVersion(raw: string): PythonVersion | null {
  if (raw.length > maxLength) return null;
  const parts = form.exec(raw.replace(/^[ \t-\r]+|[ \t-\r]+$/g, '').toLowerCase())?.groups;
  if (parts === undefined) return null;
  const epoch = digits(parts.epoch);
  const release = (parts.release ?? '').split('.').map(digits);
  const significant = withoutTrailingZeros(release);
  const pre = preOf(parts);
  const post = parts.post === undefined ? null : digits(parts.postShort ?? parts.postNumber);
  const dev = parts.dev === undefined ? null : digits(parts.devNumber);
  const local = parts.local === undefined ? [] : parts.local.split(/[-_.]/).map(localSegment);
  const start = epoch === '0' ? '' : `${epoch}!`;
  const rest = [
    pre === null ? '' : `${pre.word}${pre.number}`,
    post === null ? '' : `.post${post}`,
    dev === null ? '' : `.dev${dev}`,
    local.length === 0 ? '' : `+${local.join('.')}`,
  ].join('');
  return {
    normalized: `${start}${release.join('.')}${rest}`,
    key: `${start}${significant.join('.')}${rest}`,
    order: orderOf({ epoch, release: significant, pre, post, dev, local }),
    prerelease: pre !== null || dev !== null,
    local: local.length > 0,
  };
}

/** Order of two versions as written; what is no version comes before everything else, by code unit. */
export function compareVersions(a: string, b: string): number {
  if (a === b) return 0;
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (left !== null && right !== null) return compareText(left.order, right.order);
  if (left !== null) return 1;
  if (right !== null) return -1;
  return compareText(a, b);
}

interface Parts {
  readonly epoch: string;
  readonly release: readonly string[];
  readonly pre: { readonly word: 'a' | 'b' | 'rc'; readonly number: string } | null;
  readonly post: string | null;
  readonly dev: string | null;
  readonly local: readonly string[];
}

/** Every part as text whose order is that of the part; `!` is before all digits and letters, so that shorter is less. */
function orderOf({ epoch, release, pre, post, dev, local }: Parts): string {
  const preRank = { a: '1', b: '2', rc: '3' };
  const developmentOnly = post === null && dev !== null;
  return [
    ordinal(epoch),
    release.map(ordinal).join(''),
    '!',
    pre === null ? (developmentOnly ? '0' : '4') : `${preRank[pre.word]}${ordinal(pre.number)}`,
    post === null ? '0' : `1${ordinal(post)}`,
    dev === null ? '1' : `0${ordinal(dev)}`,
    ...local.map((segment) => (/^[0-9]+$/.test(segment) ? `1${ordinal(segment)}` : `0${segment}!`)),
  ].join('');
}

/** A number with its length in front: compared as text it is compared as a number. */
function ordinal(number: string): string {
  return `${String(number.length).padStart(3, '0')}${number}`;
}

function preOf({ pre, preWord = '', preNumber }: Readonly<Record<string, string | undefined>>): Parts['pre'] {
  return pre === undefined ? null : { word: preWords[preWord] ?? 'rc', number: digits(preNumber) };
}

function localSegment(segment: string): string {
  return /^[0-9]+$/.test(segment) ? digits(segment) : segment;
}

function digits(number: string | undefined): string {
  return (number ?? '0').replace(/^0+(?=[0-9])/, '');
}

/** The first number always stays. */
function withoutTrailingZeros(release: readonly string[]): readonly string[] {
  let length = release.length;
  while (length > 1 && release[length - 1] === '0') length--;
  return release.slice(0, length);
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
