import { problem } from '../problems/problem.ts';

/** Milliseconds as the API writes them: `2030-01-31T12:00:00.000Z`. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function isoTimeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : isoTime(milliseconds);
}

/** The day, as GitLab writes expiry: `2030-01-31`. */
export function isoDateOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : isoTime(milliseconds).slice(0, 10);
}

const day = /^\d{4}-\d{2}-\d{2}$/;
const moment = /^\d{4}-\d{2}-\d{2}[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?$/;

/** Milliseconds of an ISO 8601 date or time, UTC unless it says otherwise; `invalid-parameter` when it is none. */
export function instant(value: string, name: string): number {
  const parsed = day.test(value) || moment.test(value) ? Date.parse(withZone(value)) : Number.NaN;
  if (Number.isNaN(parsed) || !sameDay(value, parsed)) {
    throw problem('invalid-parameter', `${name} is not a date such as 2030-01-31 or 2030-01-31T12:00:00Z.`);
  }
  return parsed;
}

function withZone(value: string): string {
  if (day.test(value)) return `${value}T00:00:00Z`;
  const iso = value.replace(' ', 'T');
  return /(?:Z|[+-]\d{2}:?\d{2})$/.test(iso) ? iso : `${iso}Z`;
}

/** JavaScript turns 31 February into 3 March: such days are refused. */
function sameDay(value: string, parsed: number): boolean {
  return !day.test(value) || isoTime(parsed).startsWith(value);
}

/**
 * When something expires that ends on a day: at the start of that day (UTC), as GitLab has it for tokens and members.
 * `null` and '' = never; `invalid-parameter` for the past.
 */
export function expiry(value: string | null | undefined, name: string, now: number): number | null {
  if (value === undefined || value === null || value === '') return null;
  const at = instant(value, name);
  if (at <= now) throw problem('invalid-parameter', `${name} must be a day to come.`);
  return at;
}
