import { problem } from '../problems/problem.ts';

/** Milliseconds as the API writes them: `2030-01-31T12:00:00.000Z`. */
export function isoTime(milliseconds: number): string {
  return new Date(milliseconds).toISOString();
}

export function isoTimeOrNull(milliseconds: number | null): string | null {
  return milliseconds === null ? null : isoTime(milliseconds);
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
