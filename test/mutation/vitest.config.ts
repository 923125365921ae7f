/**
 * The fast unit tests of what is mutated: whole commands and servers of PostgreSQL would take hours. `MUTATION_TESTS` names
 * folders or files in their place, with commas between them, and then nothing is left out.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const chosen = process.env.MUTATION_TESTS?.split(',');

const folders = chosen ?? [
  'test/checkpoint',
  'test/delivery',
  'test/disk',
  'test/encoders',
  'test/formats',
  'test/replies',
  'test/retrieval',
  'test/sinks',
  'test/storage',
];

/** Helpers that run the whole program, build one, or ask a server. */
const slow = /(?<!src)\/(machine|child|use-postgres|postgres-server)\.ts'/;

const isFast = (path: string) => !slow.test(readFileSync(path, 'utf8'));

const files = folders
  .flatMap((path) => (path.endsWith('.test.ts') ? [path] : filesIn(path)))
  .filter((path) => path.endsWith('.test.ts') && (chosen !== undefined || isFast(path)));

function filesIn(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name));
}

export default defineConfig({
  test: {
    include: files,
    // All mutants are in the code at once, which makes hot loops ten times as slow.
    testTimeout: 600_000,
    hookTimeout: 120_000,
    // One worker for all files: starting one for each would take longer than the tests.
    isolate: false,
    globalSetup: ['test/shared-postgres.ts'],
    setupFiles: ['test/fresh-process.ts'],
  },
});
