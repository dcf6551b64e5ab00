/**
 * NuGetVersion: SemVer 2.0 with one to four numbers, compared without regard to case.
 * https://learn.microsoft.com/nuget/concepts/package-versioning
 */

export interface NuGetVersion {
  /** Major, minor, patch, revision. */
  readonly numbers: readonly [number, number, number, number];
  /** Pre-release labels as written; empty for a release. */
  readonly labels: readonly string[];
  /** What follows `+`, as written; empty when there is none. */
  readonly metadata: string;
  /** Three numbers, or four when the last isn't 0, and the labels as written: `1.00.0-Beta+x` is `1.0.0-Beta`. */
  readonly normalized: string;
  /** `normalized` with its metadata. */
  readonly full: string;
  /** `normalized` in lower case: two versions are the same when their keys are, and URLs spell it so. */
  readonly key: string;
}

const longest = 256;
const largestNumber = 2_147_483_647;
const numberForm = /^[ \t]*(\d+)[ \t]*$/;
const labelForm = /^[0-9A-Za-z-]+$/;
const leadingZero = /^0\d+$/;

/** `null` when it is none: more than four numbers, an empty label, a numeric label with a leading zero. */
export function parseVersion(text: string): NuGetVersion | null {
  if (text.length > longest) return null;
  const trimmed = text.trim();
  const plus = trimmed.indexOf('+');
  const identity = plus === -1 ? trimmed : trimmed.slice(0, plus);
  const dash = identity.indexOf('-');
  const numbers = parseNumbers(dash === -1 ? identity : identity.slice(0, dash));
  const labels = dash === -1 ? [] : identity.slice(dash + 1).split('.');
  const metadata = plus === -1 ? [] : trimmed.slice(plus + 1).split('.');
  if (numbers === null || ![...labels, ...metadata].every((label) => labelForm.test(label))) return null;
  if (labels.some((label) => leadingZero.test(label))) return null;
  return assemble(numbers, labels, metadata.join('.'));
}

function parseNumbers(text: string): NuGetVersion['numbers'] | null {
  const parts = text.split('.');
  if (parts.length > 4) return null;
  const numbers = parts.map((part) => Number(numberForm.exec(part)?.[1] ?? Number.NaN));
  if (!numbers.every((number) => number <= largestNumber)) return null;
  const [major = 0, minor = 0, patch = 0, revision = 0] = numbers;
  return [major, minor, patch, revision];
}

function assemble(numbers: NuGetVersion['numbers'], labels: readonly string[], metadata: string): NuGetVersion {
  const shown = numbers[3] === 0 ? numbers.slice(0, 3) : numbers;
  const normalized = shown.join('.') + (labels.length === 0 ? '' : `-${labels.join('.')}`);
  const full = metadata === '' ? normalized : `${normalized}+${metadata}`;
  return { numbers, labels, metadata, normalized, full, key: normalized.toLowerCase() };
}

export function isPrerelease({ labels }: NuGetVersion): boolean {
  return labels.length > 0;
}

/** What clients before NuGet 4.3 can't read: several labels, or metadata. */
export function isSemVer2({ labels, metadata }: NuGetVersion): boolean {
  return labels.length > 1 || metadata !== '';
}

/** Negative when `a` is older; 0 only for equal keys. */
export function compareVersions(a: NuGetVersion, b: NuGetVersion): number {
  for (const [index, number] of a.numbers.entries()) {
    const difference = number - (b.numbers[index] ?? 0);
    if (difference !== 0) return difference;
  }
  return compareLabels(a.labels, b.labels) || compareText(a.key, b.key);
}

/** `compareVersions` of texts; what is no version comes before all that are, by code unit. */
export function compareVersionTexts(a: string, b: string): number {
  const left = parseVersion(a);
  const right = parseVersion(b);
  if (left !== null && right !== null) return compareVersions(left, right);
  if (left !== null) return 1;
  if (right !== null) return -1;
  return compareText(a, b);
}

function compareLabels(a: readonly string[], b: readonly string[]): number {
  if (a.length === 0 || b.length === 0) return b.length - a.length;
  for (const [index, label] of a.entries()) {
    const other = b[index];
    if (other === undefined) return 1;
    const order = compareLabel(label, other);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}

function compareLabel(a: string, b: string): number {
  const left = labelNumber(a);
  const right = labelNumber(b);
  if (left !== null && right !== null) return left - right;
  if (left !== null) return -1;
  if (right !== null) return 1;
  return compareText(a.toLowerCase(), b.toLowerCase());
}

/** The reference implementation takes a label for a number when it fits 32 bits, a sign included. */
function labelNumber(label: string): number | null {
  if (!/^-?\d+$/.test(label)) return null;
  const number = Number(label);
  return number <= largestNumber && number >= -largestNumber - 1 ? number : null;
}

function compareText(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
