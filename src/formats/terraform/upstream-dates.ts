import { ask, type UpstreamSteps } from '../upstream-protocol.ts';

/** Versions of one list that are asked one by one when they were published. */
const mostAsked = 40;
const month = 30 * 24 * 3_600_000;

interface Dated {
  readonly version: string;
  readonly publishedAt: number | null;
}

/** The list with dates, as far as the registry tells them: of the newest, one document a version. `versions`: the lowest first. */
export function* withDates<T extends Dated>(
  versions: readonly T[],
  urlOf: (version: string) => string,
): UpstreamSteps<T[]> {
  const dates = new Map<string, number | null>();
  for (const { version } of versions.filter(({ publishedAt }) => publishedAt === null).slice(-mostAsked)) {
    dates.set(
      version,
      (yield* ask({ path: urlOf(version), accept: 'application/json', read: readDate, goodFor: month })) ?? null,
    );
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
