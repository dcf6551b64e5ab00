import { ask, type UpstreamSteps } from '../upstream-protocol.ts';

/** Versions of one list of which it is asked when they were published, a part of them at a time. */
const mostDated = 1_000;
const month = 30 * 24 * 3_600_000;

interface Dated {
  readonly version: string;
  readonly publishedAt: number | null;
}

/**
 * The list with dates, as far as the registry tells them: one document a version, the newest first. Some are known only when
 * the list was asked for several times. `versions`: the lowest first.
 */
export function* withDates<T extends Dated>(
  versions: readonly T[],
  urlOf: (version: string) => string,
): UpstreamSteps<T[]> {
  const dates = new Map<string, number | null>();
  const undated = versions.filter(({ publishedAt }) => publishedAt === null).toReversed();
  for (const { version } of undated.slice(0, mostDated)) {
    const path = urlOf(version);
    const date = yield* ask({ path, accept: 'application/json', read: readDate, goodFor: month, spare: true });
    // A registry that doesn't tell the newest has no such documents.
    if (date === null && dates.size === 0) break;
    dates.set(version, date);
  }
  return versions.map((one) => ({ ...one, publishedAt: one.publishedAt ?? dates.get(one.version) ?? null }));
}

/** `published_at` of a version's own document. https://developer.hashicorp.com/terraform/registry/api-docs#get-a-specific-module */
function readDate(text: string): number | null {
  const { published_at: time } = JSON.parse(text) as { published_at?: unknown };
  return dateOf(time);
}

/** Milliseconds since the epoch of an ISO time; `null` for anything else. */
export function dateOf(time: unknown): number | null {
  const parsed = typeof time === 'string' ? Date.parse(time) : NaN;
  return Number.isNaN(parsed) ? null : parsed;
}
