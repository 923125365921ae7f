/** Types of the public API. */

/**
 * Option names as in a profile: flags in camel case (`--fill-id` is `fillId`), and `token` or the like for secrets. What is
 * undefined was not given, so that a variable of the environment may be passed as it is.
 */
export type Options = Readonly<
  Record<string, string | number | boolean | readonly (string | number)[] | undefined>
>;

/** One step of a run, in the past tense: the events of `--progress json`. */
export interface RunEvent {
  readonly type: string;
  readonly [field: string]: unknown;
}

export interface RunOptions {
  options?: Options | undefined;
  /** The directory for relative paths. Default: that of the process. */
  workingDirectory?: string | undefined;
  /**
   * Aborting it stops the run like the first Ctrl-C: requests in flight may still be answered, and a later
   * run resumes.
   */
  signal?: AbortSignal | undefined;
  /** Called for each event, and not waited for. What it throws, or rejects with, is ignored. */
  onEvent?: ((event: RunEvent) => unknown) | undefined;
}

export interface DeliverOptions extends RunOptions {
  vendor: 'scarf' | 'sumatra' | 'moesif' | 'loginsight';
  /** Files and globs. Packed files are detected. */
  inputs: readonly string[];
}

export interface ExportOptions extends RunOptions {
  dataset: 'events' | 'company-events' | 'companies' | 'scores' | 'aggregates';
  /** Of `company-events`: the web domain of the company. */
  domain?: string | undefined;
  /** A file, a directory, or `postgres:` with an address. */
  output: string;
}

/** The outcome of a run. Rejected rows and an unreachable vendor are outcomes, not exceptions. */
export interface RunResult {
  /** That of the command (`scarf-cli help exit-codes`): 0 when everything is accounted for and accepted. */
  readonly exitCode: number;
  /** `ok`, `rejected`, `unavailable`, … */
  readonly outcome: string;
  /** The JSON document of `--json`. */
  readonly report: Readonly<Record<string, unknown>>;
}
