/** Dates on which tokens and memberships end: at 00:00 UTC of the day, https://docs.gitlab.com/user/profile/personal_access_tokens/ */
import { problem } from '../problems/problem.ts';

const dayMs = 86_400_000;

/** `2027-01-31` as milliseconds since the epoch; `invalid-parameter` for anything that is no day of the calendar. */
export function parseExpiryDate(text: string, field = 'expires_at'): number {
  const at = /^\d{4}-\d{2}-\d{2}$/.test(text) ? Date.parse(`${text}T00:00:00Z`) : Number.NaN;
  // Date.parse rolls 30 February over into March.
  if (Number.isNaN(at) || expiryDate(at) !== text) {
    throw problem('invalid-parameter', `${field} must be a date such as 2030-01-31.`);
  }
  return at;
}

/** The day on which something ends, `2027-01-31`. */
export function expiryDate(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** 00:00 UTC, `days` days from today. */
export function daysFrom(now: number, days: number): number {
  return Math.floor(now / dayMs) * dayMs + days * dayMs;
}
