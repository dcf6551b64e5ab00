import { compareVersions, isSemVer2, type NuGetVersion, parseVersion } from './nuget-version.ts';

/** A dependency's range: https://learn.microsoft.com/nuget/concepts/package-versioning#version-ranges. `null` = no bound. */
export interface VersionRange {
  readonly min: NuGetVersion | null;
  readonly includesMin: boolean;
  readonly max: NuGetVersion | null;
  readonly includesMax: boolean;
}

/** Any version: what a dependency without a version means. */
export const anyVersion: VersionRange = { min: null, includesMin: false, max: null, includesMax: false };

/** `1.0`, `[1.0]`, `(,1.0]`, `[1.0,2.0)`, `(1.0,)`; `null` for what is no range, empty ones and floating versions (`1.*`). */
export function parseRange(text: string): VersionRange | null {
  const trimmed = text.trim();
  const opening = trimmed.at(0);
  if (opening !== '[' && opening !== '(') return bounded([trimmed], true, null);
  const closing = trimmed.at(-1);
  if (trimmed.length < 3 || (closing !== ']' && closing !== ')')) return null;
  return bounded(trimmed.slice(1, -1).split(','), opening === '[', closing === ']');
}

/** One part without brackets (`closed` is `null`) is a least version; in brackets, the only one. */
function bounded(parts: readonly string[], includesMin: boolean, closed: boolean | null): VersionRange | null {
  const [low = '', high] = parts;
  if (parts.length > 2 || parts.every((part) => part === '')) return null;
  if (high === undefined && closed !== null && !(includesMin && closed)) return null;
  const min = bound(low);
  const max = closed === null ? null : bound(high ?? low);
  if (min === undefined || max === undefined) return null;
  const range = { min, includesMin: includesMin && min !== null, max, includesMax: closed === true && max !== null };
  return isEmpty(range) ? null : range;
}

/** `undefined` when it should be a version and isn't. */
function bound(text: string): NuGetVersion | null | undefined {
  return text.trim() === '' ? null : (parseVersion(text) ?? undefined);
}

function isEmpty({ min, includesMin, max, includesMax }: VersionRange): boolean {
  if (min === null || max === null) return false;
  const order = compareVersions(min, max);
  return order > 0 || (order === 0 && includesMin !== includesMax);
}

/** The form that `nuget pack` writes and registrations hold: `[1.0.0, )`, `(, 2.0.0]`, `(, )` for any version. */
export function rangeText({ min, includesMin, max, includesMax }: VersionRange): string {
  return `${includesMin ? '[' : '('}${min?.normalized ?? ''}, ${max?.normalized ?? ''}${includesMax ? ']' : ')'}`;
}

/** Whether a bound can't be read by clients before NuGet 4.3: a package that depends so is itself hidden from them. */
export function rangeIsSemVer2({ min, max }: VersionRange): boolean {
  return (min !== null && isSemVer2(min)) || (max !== null && isSemVer2(max));
}

export function satisfies(version: NuGetVersion, { min, includesMin, max, includesMax }: VersionRange): boolean {
  const above = min === null ? 1 : compareVersions(version, min);
  const below = max === null ? -1 : compareVersions(version, max);
  return (above > 0 || (above === 0 && includesMin)) && (below < 0 || (below === 0 && includesMax));
}
