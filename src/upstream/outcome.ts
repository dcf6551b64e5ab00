/** What came of asking an upstream. The four are never mixed up: a failure is no absence, and an absence no refusal. */
export type Outcome<T> = Found<T> | Absent | Failed | NotAllowed;

export interface Found<T> {
  readonly outcome: 'found';
  readonly value: T;
}

/** The upstream says that it has no such thing. */
export interface Absent {
  readonly outcome: 'absent';
  /** It said so some time ago, and fails now: enough to go on to the next source, not enough for a 404. */
  readonly stale: Failed | null;
}

/** It could not be asked, did not answer in time, or answered nonsense. */
export interface Failed {
  readonly outcome: 'failed';
  /** For clients: names neither addresses nor credentials. */
  readonly reason: string;
  readonly timedOut: boolean;
  /** Seconds, where the upstream says so. */
  readonly retryAfter: number | null;
}

/** What was asked for lies where this upstream may not send us. */
export interface NotAllowed {
  readonly outcome: 'not-allowed';
  readonly reason: string;
}

export const absent: Absent = { outcome: 'absent', stale: null };

export function found<T>(value: T): Found<T> {
  return { outcome: 'found', value };
}

export function failed(reason: string, more: { timedOut?: boolean; retryAfter?: number | null } = {}): Failed {
  return { outcome: 'failed', reason, timedOut: more.timedOut ?? false, retryAfter: more.retryAfter ?? null };
}

export function notAllowed(reason: string): NotAllowed {
  return { outcome: 'not-allowed', reason };
}
