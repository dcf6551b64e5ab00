import { expect, test } from 'vitest';
import { Breaker } from './s3-breaker.ts';

test('opens after three failures in a row, lets one call try now and then, and closes when it succeeds', () => {
  let now = 0;
  const breaker = new Breaker(() => now);
  for (let i = 0; i < 3; i++) {
    expect(breaker.admits()).toBe(true);
    breaker.failed();
  }
  expect(breaker.isOpen).toBe(true);
  now = 4_999;
  expect(breaker.admits()).toBe(false);
  now = 5_000;
  expect(breaker.admits()).toBe(true);
  expect(breaker.admits(), 'one is trying').toBe(false);
  breaker.failed();
  expect(breaker.admits()).toBe(false);
  now = 10_000;
  expect(breaker.admits()).toBe(true);
  breaker.succeeded();
  expect(breaker.isOpen).toBe(false);
  expect([breaker.admits(), breaker.admits()]).toEqual([true, true]);
});

test('failures that are not in a row leave it closed', () => {
  const breaker = new Breaker(() => 0);
  for (let i = 0; i < 10; i++) {
    breaker.failed();
    breaker.failed();
    breaker.succeeded();
  }
  expect(breaker.isOpen).toBe(false);
});
