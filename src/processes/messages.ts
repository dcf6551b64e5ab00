/** What the primary process and its workers tell each other. */
import type { Family } from '../lib/metric-families.ts';

export type ToPrimary =
  /** The worker listens. */
  | { readonly kind: 'ready'; readonly url: string }
  /** The worker could not start, for a reason that an administrator understands. */
  | { readonly kind: 'failed'; readonly reason: string }
  | { readonly kind: 'metrics'; readonly round: number; readonly families: readonly Family[] }
  /** Somebody asked this worker for the metrics of all. */
  | { readonly kind: 'want-metrics'; readonly question: number };

export type ToWorker =
  /** Finish what is under way, and end. */
  | { readonly kind: 'stop' }
  | { readonly kind: 'report-metrics'; readonly round: number }
  | { readonly kind: 'metrics-text'; readonly question: number; readonly text: string };

/** In the environment of a worker: its number, from 1. Not a setting: only the primary sets it. */
export const numberVariable = 'SERVES_AS_WORKER';
