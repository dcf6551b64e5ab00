import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const child = fileURLToPath(new URL('log-lines.child.ts', import.meta.url));
const lines = 4_000;

test('three processes that log into one pipe at once tear no line apart', async () => {
  const one = `"${process.execPath}" --import tsx "${child}"`;
  const all = spawn('sh', ['-c', `${one} 1 ${lines} & ${one} 2 ${lines} & ${one} 3 ${lines} & wait`], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const closed = once(all, 'close');
  const counts = new Map<number, number>();
  for await (const line of createInterface(all.stdout)) {
    const { worker, requestId } = JSON.parse(line) as { worker: number; requestId: string };
    const count = (counts.get(worker) ?? 0) + 1;
    expect(requestId).toBe(String(count));
    counts.set(worker, count);
  }
  await closed;
  expect(Object.fromEntries(counts)).toEqual({ 1: lines, 2: lines, 3: lines });
}, 60_000);
