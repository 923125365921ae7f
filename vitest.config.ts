import { availableParallelism } from 'node:os';
import { defineConfig } from 'vitest/config';
import { LongestFirst } from './test/longest-first.ts';

/** Files that look at their whole process: at its memory, its warnings, its kernels, or whether anything in it is at work. */
const alone = [
  'test/contracts/**/*.test.ts',
  'test/delivery/{jobs,send}/*.test.ts',
  'test/http/request.test.ts',
  'test/kernels/instructions.test.ts',
  'test/retrieval/{pull,retrieve}.test.ts',
  'test/commands/export/postgres-connections.test.ts',
  'test/sources/gzip.test.ts',
  'test/virtual-clock.test.ts',
];

export default defineConfig({
  test: {
    // A machine that is busy with other things may take its time.
    testTimeout: 300_000,
    hookTimeout: 300_000,
    // A condition that is polled for comes about when the machine gets to it; a second is vitest's own patience.
    expect: { poll: { timeout: 120_000 } },
    pool: 'forks',
    // Each command has buffers and a kernel of its own, which V8 counts as heap: it would collect all of it after every other one.
    execArgv: ['--heap-growing-percent=400'],
    // One more than there are cores: some wait for disks, processes and time.
    maxWorkers: availableParallelism() + 1,
    // On a machine of CI's a failed test is run once more. That it failed is printed, and is a defect all the same.
    retry: process.env['CI'] === undefined ? 0 : 1,
    reporters: ['default', './test/flaky-reporter.ts'],
    globalSetup: ['test/shared-postgres.ts'],
    sequence: { sequencer: LongestFirst },
    projects: [
      { extends: true, test: { name: 'alone', include: alone } },
      {
        extends: true,
        // A process for many files: to start one and to load the program costs more than most files do.
        test: {
          name: 'together',
          include: ['test/**/*.test.ts'],
          exclude: alone,
          isolate: false,
          setupFiles: ['test/fresh-process.ts'],
        },
      },
    ],
  },
});
