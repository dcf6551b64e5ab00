import { EventEmitter } from 'node:events';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { BackOff } from './back-off.ts';
import type { ToPrimary, ToWorker } from './messages.ts';
import { type Forked, Workers } from './workers.ts';

/** A worker that only the test moves. */
class FakeWorker extends EventEmitter {
  readonly heard: ToWorker[] = [];
  readonly process = { pid: 4711, kill: vi.fn(() => true) };
  connected = true;

  isConnected(): boolean {
    return this.connected;
  }

  send(message: ToWorker): boolean {
    this.heard.push(message);
    return true;
  }

  says(message: ToPrimary): void {
    this.emit('message', message);
  }

  end(code: number | null, signal: string | null = null): void {
    this.emit('exit', code, signal);
    this.connected = false;
    this.emit('disconnect');
  }
}

let forked: { number: number; worker: FakeWorker }[];
let workers: Workers;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'performance'] });
  forked = [];
  workers = new Workers({
    count: 2,
    fork: (number) => {
      const worker = new FakeWorker();
      forked.push({ number, worker });
      return worker as unknown as Forked;
    },
    logger: { info: () => undefined, warn: () => undefined },
  });
});

afterEach(() => vi.useRealTimers());

const nth = (index: number): FakeWorker => forked[index]?.worker ?? expect.fail(`no fork ${index}`);
const numbers = (): number[] => forked.map(({ number }) => number);

async function started(): Promise<void> {
  const start = workers.start();
  for (const { worker } of forked) worker.says({ kind: 'ready', url: 'http://here' });
  expect(await start).toBe('http://here');
}

describe('start', () => {
  test('is over when every worker listens', async () => {
    let over = false;
    const start = workers.start().then(() => (over = true));
    nth(0).says({ kind: 'ready', url: 'http://here' });
    await Promise.resolve();
    expect(over).toBe(false);
    nth(1).says({ kind: 'ready', url: 'http://here' });
    await start;
  });

  test('fails with what the first worker says that cannot', async () => {
    void workers.start();
    nth(0).says({ kind: 'ready', url: 'http://here' });
    nth(1).says({ kind: 'failed', reason: 'Port 80 is taken.' });
    nth(1).end(1);
    await expect(workers.failure).rejects.toThrow('Port 80 is taken.');
  });

  test('fails with how a worker ended that said nothing, also when it could not be forked', async () => {
    void workers.start();
    nth(1).end(null, 'SIGSEGV');
    await expect(workers.failure).rejects.toThrow('Worker 2 ended with SIGSEGV before it was ready.');
  });

  test('hears the reason that comes after the exit', async () => {
    void workers.start();
    nth(0).emit('exit', 1, null);
    nth(0).says({ kind: 'failed', reason: 'No database.' });
    nth(0).connected = false;
    nth(0).emit('disconnect');
    await expect(workers.failure).rejects.toThrow('No database.');
  });
});

describe('a worker that dies', () => {
  test('is replaced under its number, later each time it does not last', async () => {
    await started();
    nth(0).end(null, 'SIGKILL');
    vi.advanceTimersByTime(249);
    expect(numbers()).toEqual([1, 2]);
    vi.advanceTimersByTime(1);
    expect(numbers()).toEqual([1, 2, 1]);
    nth(2).says({ kind: 'ready', url: 'http://here' });
    nth(2).end(1);
    vi.advanceTimersByTime(499);
    expect(numbers()).toEqual([1, 2, 1]);
    vi.advanceTimersByTime(1);
    expect(numbers()).toEqual([1, 2, 1, 1]);
  });

  test('while another serves, a replacement that cannot start is tried again', async () => {
    await started();
    nth(0).end(null, 'SIGKILL');
    vi.advanceTimersByTime(250);
    nth(2).says({ kind: 'failed', reason: 'No memory.' });
    nth(2).end(1);
    vi.advanceTimersByTime(500);
    expect(numbers()).toEqual([1, 2, 1, 1]);
  });

  test('when none serves, it is the end', async () => {
    await started();
    nth(0).end(null, 'SIGKILL');
    nth(1).end(null, 'SIGKILL');
    vi.advanceTimersByTime(250);
    nth(2).says({ kind: 'failed', reason: 'No memory.' });
    nth(2).end(1);
    await expect(workers.failure).rejects.toThrow('No memory.');
  });
});

describe('stop', () => {
  test('asks all, waits for all, and says whether they ended well', async () => {
    await started();
    const stop = workers.stop();
    expect(nth(0).heard).toEqual([{ kind: 'stop' }]);
    nth(0).end(0);
    nth(1).end(1);
    expect(await stop).toBe(false);
    vi.advanceTimersByTime(60_000);
    expect(numbers()).toEqual([1, 2]);
  });

  test('does not wait for one that died before, nor replaces it', async () => {
    await started();
    nth(0).end(null, 'SIGKILL');
    const stop = workers.stop();
    nth(1).end(0);
    expect(await stop).toBe(true);
    vi.advanceTimersByTime(60_000);
    expect(numbers()).toEqual([1, 2]);
  });

  test('kill reaches those that live', async () => {
    await started();
    nth(0).end(0);
    workers.kill();
    expect(nth(0).process.kill).not.toHaveBeenCalled();
    expect(nth(1).process.kill).toHaveBeenCalledWith('SIGKILL');
  });
});

test('metrics: who asks is answered with those of all', async () => {
  await started();
  nth(1).says({ kind: 'want-metrics', question: 3 });
  for (const { worker } of forked) {
    const { round } = worker.heard.find(({ kind }) => kind === 'report-metrics') as { round: number };
    const families = [{ name: 'hits_total', help: '.', type: 'counter', values: [{ labels: {}, value: 2 }] }] as const;
    worker.says({ kind: 'metrics', round, families });
  }
  await vi.waitFor(() => expect(nth(1).heard.at(-1)?.kind).toBe('metrics-text'));
  const { question, text } = nth(1).heard.at(-1) as { question: number; text: string };
  expect(question).toBe(3);
  expect(text).toContain('\nhits_total 4\n');
  expect(text).toContain('\npackyard_workers 2\n');
  expect(nth(0).heard.at(-1)?.kind).toBe('report-metrics');
});

test('the wait grows to half a minute, and begins anew when one has lived for a minute', () => {
  const backOff = new BackOff();
  const waits = Array.from({ length: 9 }, () => backOff.next(59_999));
  expect(waits).toEqual([250, 500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  expect(backOff.next(60_000)).toBe(250);
});
