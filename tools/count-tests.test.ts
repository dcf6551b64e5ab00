import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { count } from './count-tests.ts';

const passing = { status: 'passed', fullName: 'a works' };
const failing = { status: 'failed', fullName: 'b works' };
const skipped = { status: 'skipped', fullName: 'c works' };
const report = (status: string, ...assertionResults: { status: string; fullName: string }[]) => ({
  testResults: [{ name: 'x.test.ts', status, assertionResults }],
});

test('tests are counted, skipped ones left out', () => {
  expect(count(report('passed', passing, passing, skipped), 0)).toEqual({ passed: 2, failed: 0, failures: [] });
  expect(count(report('failed', passing, failing), 1)).toMatchObject({ passed: 1, failures: ['x.test.ts: b works'] });
});

test('what fails without a test’s name counts too', () => {
  expect(count(report('failed', passing), 1)).toMatchObject({ passed: 1, failed: 1 });
  expect(count(report('failed'), 1)).toMatchObject({ passed: 0, failed: 1 });
  expect(count(report('passed', passing), 1)).toMatchObject({ passed: 1, failed: 1 });
  expect(count(report('passed', skipped), 0)).toMatchObject({ passed: 0, failed: 1 });
  expect(count(null, 137)).toMatchObject({ passed: 0, failed: 1 });
});

test('as a program it prints the two numbers first', () => {
  const program = fileURLToPath(new URL('count-tests.ts', import.meta.url));
  const { stdout } = spawnSync(process.execPath, ['--import', 'tsx', program, '/nowhere.json', '1'], {
    encoding: 'utf8',
  });
  expect(stdout).toBe('0 1\nno report: the run broke off\n');
});
