/** The fast unit tests of what is mutated: whole commands and servers of PostgreSQL would take hours. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';

const folders = [
  'test/checkpoint',
  'test/delivery',
  'test/disk',
  'test/encoders',
  'test/formats',
  'test/replies',
  'test/retrieval',
  'test/sinks',
];

/** Helpers that run the whole program, build one, or start a server. */
const slow = /(?<!src)\/(machine|child|use-postgres|postgres-server)\.ts'/;

const files = folders
  .flatMap((folder) =>
    readdirSync(folder, { recursive: true, encoding: 'utf8' }).map((name) => join(folder, name)),
  )
  .filter((path) => path.endsWith('.test.ts') && !slow.test(readFileSync(path, 'utf8')));

export default defineConfig({
  // One worker for all files: starting one for each would take longer than the tests.
  test: { include: files, testTimeout: 120_000, isolate: false },
});
