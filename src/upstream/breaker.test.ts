import { expect, test } from 'vitest';
import { Breaker } from './breaker.ts';

function breaker(): { it: Breaker; wait: (ms: number) => void } {
  let now = 0;
  return { it: new Breaker(() => now), wait: (ms) => void (now += ms) };
}

function fail(it: Breaker, times: number): void {
  for (let i = 0; i < times; i += 1) {
    it.begin();
    it.failed();
  }
}

test('opens after five failures in a row, and a success forgets them', () => {
  const { it } = breaker();
  fail(it, 4);
  expect(it.wait).toBe(0);
  it.succeeded();
  fail(it, 4);
  expect(it.wait).toBe(0);
  fail(it, 1);
  expect(it.wait).toBe(10_000);
});

test('lets one through after the pause, and pauses twice as long when that fails, up to two minutes', () => {
  const { it, wait } = breaker();
  fail(it, 5);
  wait(10_000);
  expect(it.wait).toBe(0);
  it.begin();
  expect(it.wait).toBeGreaterThan(0);
  it.failed();
  expect(it.wait).toBe(20_000);
  for (let i = 0; i < 9; i += 1) {
    wait(it.wait);
    fail(it, 1);
  }
  expect(it.wait).toBe(120_000);
  wait(120_000);
  it.begin();
  it.succeeded();
  expect(it.wait).toBe(0);
});

test('waits for as long as the upstream asks, within ten minutes', () => {
  const { it, wait } = breaker();
  it.hold(30);
  expect(it.wait).toBe(30_000);
  wait(30_000);
  expect(it.wait).toBe(0);
  it.hold(86_400);
  expect(it.wait).toBe(600_000);
});
