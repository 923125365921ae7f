/** What the public API takes and gives. */

/** Names as in a profile: those of the flags in camel case (`--fill-id` is `fillId`), and `token` or the like for secrets. */
export type Options = Readonly<Record<string, string | number | boolean | readonly (string | number)[]>>;

/** One step of a run, in the past tense: the events of `--progress json`. */
export interface RunEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface RunOptions {
  options?: Options;
  /** Where relative paths begin. Default: that of the process. */
  workingDirectory?: string;
  /** Ends the run as the first Ctrl-C does: what is on its way may still be answered, and a later run resumes. */
  signal?: AbortSignal;
  /** Called as things happen. What it throws is lost. */
  onEvent?: (event: RunEvent) => void;
}

export interface DeliverOptions extends RunOptions {
  vendor: 'scarf' | 'sumatra' | 'moesif' | 'loginsight';
  /** Files and globs; gzip is found by itself. */
  inputs: readonly string[];
}

export interface ExportOptions extends RunOptions {
  dataset: 'events' | 'company-events' | 'companies' | 'scores' | 'aggregates';
  /** Of `company-events`: the web domain of the company. */
  domain?: string;
  /** A file, a directory, or `postgres:` with an address. */
  output: string;
}

/** How a run ended. Rejected rows and a vendor that is not there are outcomes, not exceptions. */
export interface RunResult {
  /** As in the table of docs/automation.md: 0 when everything is accounted for and accepted. */
  readonly exitCode: number;
  /** `ok`, `rejected`, `unavailable`, … */
  readonly outcome: string;
  /** The JSON document of `--json`. */
  readonly report: Readonly<Record<string, unknown>>;
}
