/**
 * Mutation tests (`npm run mutation`): what decides about rows is changed a little, again and again, and a test must
 * notice. `npx stryker run --mutate 'src/delivery/ledger/**'` does one folder, and `MUTATION_SAMPLE=0.1` before it a tenth.
 */
export default {
  plugins: ['@stryker-mutator/vitest-runner', './test/mutation/words.js', './test/mutation/sample.js'],
  ignorers: ['words'],
  // Asked only for a sample: turning nobody away takes a process of its own.
  checkers: process.env.MUTATION_SAMPLE === undefined ? [] : ['sample'],
  testRunner: 'vitest',
  vitest: { configFile: 'test/mutation/vitest.config.ts' },
  mutate: [
    'src/delivery/ledger/**/*.ts',
    'src/delivery/outputs/**/*.ts',
    'src/delivery/resume/**/*.ts',
    'src/delivery/send/**/*.ts',
    'src/encoders/**/*.ts',
    'src/formats/**/*.ts',
    'src/replies/**/*.ts',
    'src/retrieval/**/*.ts',
    'src/sinks/**/*.ts',
  ],
  coverageAnalysis: 'perTest',
  // Constants of a module are settled before any test: a mutant of one would run them all.
  ignoreStatic: true,
  concurrency: 1,
  timeoutMS: 3_000,
  reporters: ['clear-text', 'progress-append-only', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  incrementalFile: 'reports/stryker-incremental.json',
  thresholds: { high: 90, low: 80, break: 80 },
};
