/**
 * The outcome of a run as Prometheus metrics, for the textfile collector of node exporter ("Prometheus docs,
 * Exposition formats", text format 0.0.4). Pure: takes the text of the last run, returns the text of this
 * one.
 */

/** How every such file begins, in all versions. */
export const METRICS_PREFIX = /^# HELP scarf_cli_/;

export interface RunMetrics {
  /** Distinguishes jobs whose files one collector reads: the file's name without its ending. */
  name: string;
  /** `import`, `ingest moesif`, `export events`. */
  command: string;
  version: string;
  /** Rows by outcome, of a delivery or of an export. */
  rows: Readonly<Record<string, number>>;
  /** `sent` or `received` over the network. */
  bytes: Readonly<Record<string, number>>;
  requests: number;
  retries: number;
  durationMs: number;
  exit: number;
  /** When the run ended, in milliseconds since the epoch. */
  nowMs: number;
}

type Labels = Readonly<Record<string, string>>;

interface Metric {
  name: string;
  help: string;
  samples: readonly { labels: Labels; value: number }[];
}

const lastSuccessName = 'scarf_cli_last_success_timestamp_seconds';

/**
 * The text of the file. `previous`: its old content, which supplies the time of the last success when this
 * run has failed.
 */
export function metricsText(run: RunMetrics, previous: string): string {
  const labels = { name: run.name, command: run.command };
  const one = (value: number) => [{ labels, value }];
  const by = (label: string, values: Readonly<Record<string, number>>) =>
    Object.entries(values).map(([key, value]) => ({ labels: { ...labels, [label]: key }, value }));
  const success = run.exit === 0 ? seconds(run.nowMs) : lastSuccessIn(previous);
  const metrics: Metric[] = [
    {
      name: 'scarf_cli_run_info',
      help: 'The version of scarf-cli that ran last.',
      samples: [{ labels: { ...labels, version: run.version }, value: 1 }],
    },
    {
      name: 'scarf_cli_last_run_timestamp_seconds',
      help: 'When the last run ended, in seconds since the epoch.',
      samples: one(seconds(run.nowMs)),
    },
    {
      name: lastSuccessName,
      help: 'When the last run with exit code 0 ended, in seconds since the epoch.',
      samples: success === undefined ? [] : one(success),
    },
    { name: 'scarf_cli_exit_code', help: 'The exit code of the last run.', samples: one(run.exit) },
    {
      name: 'scarf_cli_duration_seconds',
      help: 'How long the last run took, in seconds.',
      samples: one(Math.round(run.durationMs) / 1000),
    },
    { name: 'scarf_cli_rows', help: 'Rows of the last run, by outcome.', samples: by('outcome', run.rows) },
    {
      name: 'scarf_cli_bytes',
      help: 'Bytes of the last run over the network, by direction.',
      samples: by('direction', run.bytes),
    },
    { name: 'scarf_cli_requests', help: 'Requests of the last run.', samples: one(run.requests) },
    {
      name: 'scarf_cli_retries',
      help: 'Requests of the last run that were made again.',
      samples: one(run.retries),
    },
  ];
  return metrics
    .filter(({ samples }) => samples.length > 0)
    .map(metricText)
    .join('');
}

/** The time of the last success in an earlier file, in seconds; undefined when it has none. */
function lastSuccessIn(previous: string): number | undefined {
  const line = previous.split('\n').find((text) => text.startsWith(`${lastSuccessName}{`));
  const value = line === undefined ? undefined : Number(line.slice(line.lastIndexOf(' ') + 1));
  return value !== undefined && Number.isFinite(value) && value > 0 ? value : undefined;
}

function metricText({ name, help, samples }: Metric): string {
  const lines = samples.map(({ labels, value }) => `${name}{${labelsText(labels)}} ${value}`);
  return [`# HELP ${name} ${help}`, `# TYPE ${name} gauge`, ...lines].map((line) => `${line}\n`).join('');
}

function labelsText(labels: Labels): string {
  return Object.entries(labels)
    .map(([name, value]) => `${name}="${escaped(value)}"`)
    .join(',');
}

/** Escapes backslashes, quotes and line feeds in label values. */
function escaped(value: string): string {
  return value.replaceAll('\\', '\\\\').replaceAll('"', '\\"').replaceAll('\n', '\\n');
}

function seconds(ms: number): number {
  return Math.round(ms) / 1000;
}
