/**
 * Group commit: transactions that wait together share one `begin immediate` and one `commit`, so that one fsync serves
 * them all. Each has its own savepoint; a rejected one takes back only its own statements.
 */
import { Problem, problem } from '../problems/problem.ts';
import type { Transaction } from './database.ts';
import { LOCK_WAIT, pause } from './sqlite-busy.ts';
import type { SqliteConnection } from './sqlite-driver.ts';
import { isBusy, isFailedFsync, translate } from './sqlite-errors.ts';
import { Statements } from './sqlite-statements.ts';
import { SqliteTransaction } from './sqlite-transaction.ts';
import { WriteTurns } from './write-turns.ts';

const MOST_WORKS = 64;
const LONGEST_BATCH = 5;

type Work = (tx: Transaction) => Promise<unknown>;

interface Waiting {
  readonly work: Work;
  readonly resolve: (value: unknown) => void;
  readonly reject: (reason: unknown) => void;
  /** Milliseconds of the monotonic clock. */
  readonly since: number;
}

interface Verdict {
  readonly accepted: boolean;
  /** Tells the caller; called once the commit is on disk. */
  readonly tell: () => void;
}

export interface GroupCommitOptions {
  /** Milliseconds to wait for another process's lock. */
  readonly lockWait?: number;
  /** Milliseconds after which a work that awaits something else than its session is given up. */
  readonly workLimit?: number;
  /** Milliseconds after which a batch takes no further work. */
  readonly longestBatch?: number;
}

export class GroupCommit {
  readonly #statements: Statements;
  readonly #turns: WriteTurns;
  readonly #control;
  readonly #lockWait: number;
  readonly #workLimit: number;
  readonly #longestBatch: number;
  readonly #waiting: Waiting[] = [];
  #draining: Promise<void> | null = null;
  #refusal: (() => Problem) | null = null;

  constructor(connection: SqliteConnection, options: GroupCommitOptions = {}) {
    const { lockWait = LOCK_WAIT, workLimit = 30_000, longestBatch = LONGEST_BATCH } = options;
    this.#statements = new Statements(connection);
    this.#turns = new WriteTurns(connection);
    this.#control = {
      begin: connection.prepare('begin immediate'),
      commit: connection.prepare('commit'),
      rollback: connection.prepare('rollback'),
      savepoint: connection.prepare('savepoint work'),
      release: connection.prepare('release work'),
      takeBack: connection.prepare('rollback to work'),
    };
    this.#lockWait = lockWait;
    this.#workLimit = workLimit;
    this.#longestBatch = longestBatch;
  }

  transaction<T>(work: (tx: Transaction) => Promise<T>): Promise<T> {
    if (this.#refusal !== null) return Promise.reject(this.#refusal());
    return new Promise<T>((resolve, reject) => {
      this.#waiting.push({ work, resolve: resolve as (value: unknown) => void, reject, since: performance.now() });
      this.#draining ??= this.#drain();
    });
  }

  /** Refuses new transactions and resolves when those that wait are done. */
  async close(): Promise<void> {
    this.#refusal ??= () => problem('shutting-down', 'The server is stopping. Try again.');
    await this.#draining;
  }

  async #drain(): Promise<void> {
    while (this.#waiting.length > 0) {
      // Whoever else became ready in this turn of the event loop joins; while a commit blocks, the next group gathers.
      await this.#turns.await();
      if (!(await this.#lock())) continue;
      await this.#batch();
      this.#turns.released();
    }
    this.#draining = null;
  }

  /** False when nobody waits any more: all were rejected. */
  async #lock(): Promise<boolean> {
    for (let attempt = 0; this.#waiting.length > 0; attempt++) {
      try {
        this.#control.begin.run();
        return true;
      } catch (error) {
        const latest = isBusy(error) ? performance.now() - this.#lockWait : Infinity;
        this.#rejectWaitingSince(latest, translate(error));
      }
      await pause(attempt);
    }
    return false;
  }

  #rejectWaitingSince(latest: number, reason: unknown): void {
    while (this.#waiting[0] !== undefined && this.#waiting[0].since <= latest) this.#waiting.shift()?.reject(reason);
  }

  async #batch(): Promise<void> {
    const members: Waiting[] = [];
    const verdicts: Verdict[] = [];
    const until = performance.now() + this.#longestBatch;
    try {
      do {
        const member = this.#waiting.shift() as Waiting;
        members.push(member);
        verdicts.push(await this.#run(member));
      } while (this.#waiting.length > 0 && members.length < MOST_WORKS && performance.now() < until);
      // Pages that a savepoint restored still count as changed: a commit would write and sync them for nothing.
      (verdicts.some((verdict) => verdict.accepted) ? this.#control.commit : this.#control.rollback).run();
    } catch (error) {
      this.#giveUp(members, error);
      return;
    }
    for (const verdict of verdicts) verdict.tell();
  }

  /** Throws when not only this work but the whole batch is lost. */
  async #run({ work, resolve, reject }: Waiting): Promise<Verdict> {
    const tx = new SqliteTransaction(this.#statements);
    this.#control.savepoint.run();
    try {
      const value = await within(this.#workLimit, work, tx);
      if (tx.failure !== null) throw tx.failure.error;
      tx.end();
      this.#control.release.run();
      return { accepted: true, tell: () => resolve(value) };
    } catch (reason) {
      tx.end();
      if (tx.failure !== null && isStorageProblem(tx.failure.error)) throw tx.failure.error;
      this.#control.takeBack.run();
      this.#control.release.run();
      return { accepted: false, tell: () => reject(reason) };
    }
  }

  #giveUp(members: readonly Waiting[], error: unknown): void {
    try {
      this.#control.rollback.run();
    } catch {
      // The engine rolls back by itself on some errors; then there is nothing left to do.
    }
    const reason = translate(error);
    if (isFailedFsync(error)) this.#refuseForever(reason);
    for (const member of members) member.reject(reason);
  }

  /** https://wiki.postgresql.org/wiki/Fsync_Errors: nothing can be promised until a restart has read the file again. */
  #refuseForever(cause: unknown): void {
    this.#refusal = () => {
      const refusal = problem(
        'storage-unavailable',
        'Writing to disk failed. The administrator must restart the server.',
      );
      refusal.cause = cause;
      return refusal;
    };
    this.#rejectWaitingSince(Infinity, this.#refusal());
  }
}

/** The engine may have dropped the whole transaction with the statement. https://www.sqlite.org/lang_transaction.html */
const isStorageProblem = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'storage-full' || error.code === 'storage-unavailable');

/** A work that awaits its own queue, such as a second transaction, would otherwise hold the write lock for good. */
async function within<T>(limit: number, work: (tx: Transaction) => Promise<T>, tx: Transaction): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const tooLong = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error('A transaction must await nothing but its own session.')), limit);
  });
  try {
    return await Promise.race([work(tx), tooLong]);
  } finally {
    clearTimeout(timer);
  }
}
