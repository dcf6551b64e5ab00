import { configDefaults, defineConfig } from 'vitest/config';
import { leftOut } from './test/everyday.ts';

export default defineConfig({
  test: {
    include: ['src/**/*.test.ts', 'test/**/*.test.ts', 'tools/**/*.test.ts'],
    exclude: [...configDefaults.exclude, ...leftOut()],
    globalSetup: ['test/harness/postgres-setup.ts', 'test/harness/built-program.ts'],
    pool: 'forks',
    maxWorkers: 2,
    // Real clients and killed processes on a machine that others use too: CI tries a failure once more, and says so.
    retry: process.env['CI'] === 'true' ? 1 : 0,
    testTimeout: process.env['CI'] === 'true' ? 120_000 : 30_000,
    hookTimeout: 120_000,
  },
});
