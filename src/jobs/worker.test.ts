import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openFreshDatabase } from '../../test/harness/engine.ts';
import type { Database } from '../database/database.ts';
import { countParkedJobs, enqueue, maxAttempts } from './queue.store.ts';
import type { JobKind } from './worker.ts';
import { JobWorker } from './worker.ts';

const hour = 3_600_000;

let database: Database;
let now = 1_000_000;
const told: string[] = [];

beforeEach(async () => {
  database = await openFreshDatabase();
  told.length = 0;
});

afterEach(() => database.close());

function worker(kinds: readonly JobKind[], options: { pollEvery?: number; leaseFor?: number } = {}): JobWorker {
  const logger = { info() {}, warn() {}, error: (_: unknown, message?: string) => void told.push(message ?? '') };
  const metrics = { job: (kind: string, outcome: string) => void told.push(`${kind} ${outcome}`) };
  return new JobWorker({ database, kinds, logger, metrics, now: () => now, ...options });
}

function jobs(): Promise<{ kind: string; run_at: number; attempts: number; last_error: string | null }[]> {
  return database.all('select kind, run_at, attempts, last_error from job order by id');
}

describe('a job', () => {
  test('runs once, when it is due, with its body', async () => {
    const bodies: unknown[] = [];
    const mail: JobKind = { kind: 'mail', run: async ({ body }) => void bodies.push(body) };
    await enqueue(database, { kind: 'mail', body: { to: 'a' }, runAt: now + 10 });
    await enqueue(database, { kind: 'unknown to this version', runAt: now });
    expect(await worker([mail]).runDue()).toBe(0);
    now += 10;
    expect(await worker([mail]).runDue()).toBe(1);
    expect(await worker([mail]).runDue()).toBe(0);
    expect(bodies).toEqual([{ to: 'a' }]);
    expect(await jobs()).toMatchObject([{ kind: 'unknown to this version' }]);
  });

  test('is not added twice while an equal one waits', async () => {
    expect(await enqueue(database, { kind: 'index', dedupe: 'p1', runAt: now })).toBe(true);
    expect(await enqueue(database, { kind: 'index', dedupe: 'p1', runAt: now })).toBe(false);
    expect(await enqueue(database, { kind: 'index', dedupe: 'p2', runAt: now })).toBe(true);
    expect(await enqueue(database, { kind: 'index', runAt: now })).toBe(true);
    expect(await enqueue(database, { kind: 'index', runAt: now })).toBe(true);
    expect(await jobs()).toHaveLength(4);
  });

  test('that fails is tried again, later each time, and given up in the end', async () => {
    const bad: JobKind = { kind: 'bad', run: () => Promise.reject(new Error('no')) };
    await enqueue(database, { kind: 'bad', runAt: now });
    let wait = 0;
    for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
      expect(await worker([bad]).runDue()).toBe(1);
      const [job] = await jobs();
      expect(job).toMatchObject({ attempts: attempt, last_error: 'no' });
      expect((job?.run_at ?? 0) - now).toBeGreaterThan(attempt < 7 ? wait : 0);
      wait = (job?.run_at ?? 0) - now;
      now += wait;
    }
    now += 48 * hour;
    expect(await worker([bad]).runDue()).toBe(0);
    expect(await countParkedJobs(database)).toBe(1);
    expect(told.slice(-2)).toEqual(['bad parked', 'a job was given up']);
  });

  test('runs in one of two processes; the other takes it when the lease ended', async () => {
    let runs = 0;
    const slow: JobKind = {
      kind: 'slow',
      async run() {
        runs += 1;
        if (runs === 1) {
          expect(await worker([slow]).runDue()).toBe(0);
          now += hour;
          expect(await worker([slow]).runDue()).toBe(1);
        }
      },
    };
    await enqueue(database, { kind: 'slow', runAt: now });
    await worker([slow]).runDue();
    expect(runs).toBe(2);
    expect(await jobs()).toEqual([]);
  });

  test('whose lease was lost is told', async () => {
    const slow: JobKind = {
      kind: 'slow',
      async run({ signal }) {
        await database.run('update job set attempts = attempts + 1');
        await new Promise((resolve) => signal.addEventListener('abort', resolve));
      },
    };
    await enqueue(database, { kind: 'slow', runAt: now });
    await worker([slow], { leaseFor: 30 }).runDue();
    expect(await jobs()).toMatchObject([{ attempts: 2 }]);
  });
});

describe('a periodic job', () => {
  test('waits for its next time, whoever ran it', async () => {
    let runs = 0;
    const tidy: JobKind = { kind: 'tidy', every: hour, run: async () => void (runs += 1) };
    const [one, two] = [worker([tidy]), worker([tidy])];
    await one.start();
    await two.start();
    expect(await jobs()).toHaveLength(1);
    expect(await one.runDue()).toBe(0);
    now += 2 * 60_000;
    expect((await one.runDue()) + (await two.runDue())).toBe(1);
    const [job] = await jobs();
    expect(job).toMatchObject({ attempts: 0, last_error: null });
    expect(Math.abs((job?.run_at ?? 0) - now - hour)).toBeLessThanOrEqual(hour / 10);
    now += 1.2 * hour;
    expect((await two.runDue()) + (await one.runDue())).toBe(1);
    expect(runs).toBe(2);
    await Promise.all([one.stop(), two.stop()]);
  });

  test('is brought forward by the start of a server, not by a worker that joins', async () => {
    const reap: JobKind = { kind: 'reap', every: hour, atStart: true, run: async () => {} };
    await worker([reap]).start();
    expect(await worker([reap]).runDue()).toBe(1);
    const [waiting] = await jobs();
    await worker([reap]).start({ first: false });
    expect(await jobs()).toEqual([waiting]);
    await worker([reap]).start();
    expect(await worker([reap]).runDue()).toBe(1);
  });

  test('is never given up', async () => {
    const tidy: JobKind = { kind: 'tidy', every: hour, run: () => Promise.reject(new Error('no')) };
    const one = worker([tidy]);
    await one.start();
    for (let round = 0; round < 20; round += 1) {
      now += 1.2 * hour;
      expect(await one.runDue()).toBe(1);
    }
    expect(await countParkedJobs(database)).toBe(0);
    await one.stop();
  });
});

describe('stopping', () => {
  test('interrupts the job, which keeps its attempt for the next process', async () => {
    let started = (): void => {};
    const running = new Promise<void>((resolve) => (started = resolve));
    const long: JobKind = {
      kind: 'long',
      run: ({ signal }) =>
        new Promise((_, reject) => {
          signal.addEventListener('abort', () => reject(new Error('stopped')));
          started();
        }),
    };
    await enqueue(database, { kind: 'long', runAt: now });
    const one = worker([long], { pollEvery: 1 });
    await one.start();
    await running;
    await one.stop();
    expect(await jobs()).toMatchObject([{ attempts: 0, last_error: null }]);
    expect(told).toEqual([]);
  });
});
