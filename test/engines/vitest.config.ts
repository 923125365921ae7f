/** Real engines, apart from the suite: `npm run test:engines -- slurm parallel`. */
import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/engines/*.engine.ts'],
    // They wait for what is to be seen, and for nothing else: the limits are for machines with much to do.
    testTimeout: 300_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // Each takes the machine for itself.
    fileParallelism: false,
    retry: 0,
  },
});
