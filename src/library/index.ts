/**
 * The public API: the runs of `import`, `ingest` and `export` as functions. They read no environment and no profile,
 * listen to no signals, write nothing to standard output or standard error, and never end the process.
 */
import { runDelivery as startDelivery, runExport as startExport } from './run.ts';
import type { DeliverOptions, ExportOptions, RunResult } from './types.ts';

export type { DeliverOptions, ExportOptions, Options, RunEvent, RunOptions, RunResult } from './types.ts';

/**
 * Delivers files to a vendor, and follows imports to their end. Running it again resumes. Rejects with an Error whose
 * `kind` is `usage` when the options are wrong.
 */
export function deliver(options: DeliverOptions): Promise<RunResult> {
  return startDelivery(options);
}

/** Exports a dataset of Scarf. Rejects with an Error whose `kind` is `usage` when the options are wrong. */
export function exportDataset(options: ExportOptions): Promise<RunResult> {
  return startExport(options);
}
