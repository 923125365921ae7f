import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    pool: 'forks',
    // One more than there are cores: some wait for disks, processes and time.
    maxWorkers: availableParallelism() + 1,
    // On a machine of CI's a failed test is run once more. That it failed is printed, and is a defect all the same.
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['default', './test/flaky-reporter.ts'],
    globalSetup: ['test/shared-postgres.ts'],
  },
});
