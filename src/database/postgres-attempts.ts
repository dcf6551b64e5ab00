import { setTimeout as delay } from 'node:timers/promises';
import type { Failure } from './postgres-errors.ts';
import type { Statements } from './postgres-statements.ts';

/** A failed attempt: what kind of failure, and what the caller is told if there is no other attempt. */
export interface Failed {
  readonly failure: Failure;
  readonly reason: unknown;
}

const most: Readonly<Record<Failure, number>> = { crossed: 8, 'stale-plan': 2, lost: 1, locked: 0, other: 0 };

/** How long a patient transaction asks for its locks, milliseconds. */
const patience = 10 * 60_000;

/** Whether something that failed is tried again, and when. */
export class Attempts {
  readonly #statements: Statements;
  readonly #patientUntil: number;
  readonly #failures = { crossed: 0, 'stale-plan': 0, lost: 0, locked: 0, other: 0 };

  constructor(statements: Statements, patient: boolean) {
    this.#statements = statements;
    this.#patientUntil = patient ? performance.now() + patience : 0;
  }

  /** Resolves when it is time for the next attempt; rejects with the reason when there is none. */
  async next({ failure, reason }: Failed): Promise<void> {
    const failures = ++this.#failures[failure];
    const patient = failure === 'locked' && performance.now() < this.#patientUntil;
    if (failures > most[failure] && !patient) throw reason;
    if (failure === 'stale-plan') this.#statements.renew();
    if (failure === 'crossed') await delay(Math.random() * Math.min(200, 5 * 2 ** failures));
    if (failure === 'locked') await delay(100 + Math.random() * 400);
  }
}
