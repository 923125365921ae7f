/** What jobs that nobody watches need: how they are monitored, and how they keep out of each other's way. */
import { METRICS_PREFIX } from '../../report/metrics.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { isFileName } from './common.ts';

/** Of whatever can be run on a schedule. */
export const JOB_OPTIONS = [
  {
    name: 'metrics',
    flags: '--metrics <file>',
    environment: ['SCARF_CLI_METRICS'],
    description: "write the outcome as Prometheus text, for node exporter's textfile collector (FILE.prom)",
    path: {
      role: 'output',
      mayBeAddress: true,
      isFile: isFileName,
      replaces: {
        name: 'a file of metrics of scarf-cli',
        beginning: METRICS_PREFIX,
        hint: 'give the metrics another name',
        always: true,
      },
    },
  },
  {
    name: 'jitter',
    flags: '--jitter <duration>',
    environment: ['SCARF_CLI_JITTER'],
    description: 'wait a random time up to this long before beginning; counts towards --deadline',
    kind: 'duration',
    // A run that is resumed is meant to go on at once.
    transient: true,
  },
] as const satisfies readonly OptionSpec[];

/** Of deliveries. */
export const FLUSH_INTERVAL_OPTION = {
  name: 'flushInterval',
  flags: '--flush-interval <duration>',
  environment: ['SCARF_CLI_FLUSH_INTERVAL'],
  description:
    'send what has come on standard input or a FIFO at least this often (default: full chunks only)',
  kind: 'duration',
  minimum: 100,
} as const satisfies OptionSpec;
