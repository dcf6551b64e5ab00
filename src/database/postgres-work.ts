import type { PoolClient } from 'pg';
import type { Transaction } from './database.ts';
import type { Failed } from './postgres-attempts.ts';
import { because, ConnectionLost, failureOf, leavesOpen, translate, unavailable } from './postgres-errors.ts';
import { execute } from './postgres-execute.ts';
import type { Statements } from './postgres-statements.ts';
import { PostgresTransaction } from './postgres-transaction.ts';
import { Problem } from '../problems/problem.ts';

export interface WorkOptions {
  readonly statements: Statements;
  /** Milliseconds an answer is waited for. */
  readonly answerLimit: number;
  readonly patient: boolean;
}

/** How one attempt ended; `broken`: the connection is of no use any more. */
export type Ended<T> = { readonly value: T; readonly broken: false } | (Failed & { readonly broken: boolean });

/** A migration waits for a lock as long as others may wait behind it: hardly. https://www.postgresql.org/docs/current/runtime-config-client.html#GUC-LOCK-TIMEOUT */
const beginPatiently = `begin; set local statement_timeout = 0; set local lock_timeout = '2s';
  set local idle_in_transaction_session_timeout = 0`;

/** Runs `work` once, in a transaction of its own on this connection; never rejects. */
export async function attempt<T>(
  client: PoolClient,
  work: (tx: Transaction) => Promise<T>,
  options: WorkOptions,
): Promise<Ended<T>> {
  const tx = new PostgresTransaction(client, options.statements, options.patient ? 0 : options.answerLimit);
  const begun = execute(client, { text: options.patient ? beginPatiently : 'begin' }, options.answerLimit);
  // The first statement follows at once; when this fails it fails too.
  begun.catch(() => undefined);
  try {
    const value = await unlessLost(client, () => work(tx));
    await begun;
    if (tx.failure !== null) throw tx.failure.error;
    tx.end();
    return await commit(client, value, options.answerLimit);
  } catch (reason) {
    tx.end();
    return rollBack(client, tx, reason, options.answerLimit);
  }
}

async function commit<T>(client: PoolClient, value: T, answerLimit: number): Promise<Ended<T>> {
  try {
    const { command } = await execute(client, { text: 'commit' }, answerLimit);
    if (command === 'COMMIT') return { value, broken: false };
    // A statement failed that nobody awaited: the server has rolled back instead.
    return { failure: 'other', reason: new Error('A statement of the transaction failed unnoticed.'), broken: false };
  } catch (error) {
    if (!leavesOpen(error)) return { failure: failureOf(error), reason: translate(error), broken: false };
    return { failure: 'other', reason: outcomeUnknown(error), broken: true };
  }
}

/** Never repeated by us: the caller decides, by looking at what is there. */
export function outcomeUnknown(error: unknown): Problem {
  return because(
    error,
    unavailable(
      'The connection to the database was lost while this was stored. Look whether it is there, and repeat it if not.',
    ),
  );
}

async function rollBack(
  client: PoolClient,
  tx: PostgresTransaction,
  thrown: unknown,
  answerLimit: number,
): Promise<Failed & { readonly broken: boolean }> {
  const cause = tx.failure?.error ?? thrown;
  const failure = failureOf(cause);
  const told = translate(cause);
  // What the work made of a duplicate is its own affair; that the database is gone is not.
  const reason = tx.failure === null || failure !== 'other' || isStorageProblem(told) ? told : translate(thrown);
  if (failure === 'lost') return { failure, reason, broken: true };
  try {
    await execute(client, { text: 'rollback' }, answerLimit);
    return { failure, reason, broken: false };
  } catch {
    return { failure, reason, broken: true };
  }
}

const isStorageProblem = (error: unknown): boolean =>
  error instanceof Problem && (error.code === 'storage-full' || error.code === 'storage-unavailable');

/** The server ends a transaction that stands still; whoever made it stand still would never hear of it. */
async function unlessLost<T>(client: PoolClient, work: () => Promise<T>): Promise<T> {
  let listener: ((error: Error) => void) | undefined;
  const lost = new Promise<never>((_resolve, reject) => {
    listener = (error) => reject(new ConnectionLost(error));
    client.once('error', listener);
  });
  try {
    return await Promise.race([work(), lost]);
  } finally {
    if (listener !== undefined) client.off('error', listener);
  }
}
