/** What the demo shows: commands, and how each is announced to end. */
import { PACKAGE } from './material.ts';

export interface Step {
  title: string;
  /** Behind `scarf-cli`. `{rows}` stands for the folder of the project's example files. */
  argv: readonly string[];
  /** The file that is piped into the command. */
  stdin?: string;
  exit: number;
  /** Members of the report's `counts` that must be so. */
  counts: Readonly<Record<string, number>>;
}

const DELIVERIES: readonly Step[] = [
  {
    title: "The three events of Scarf's own example: old, so they are counted and named before they are sent",
    argv: ['import', '{rows}/scarf-events.ndjson'],
    exit: 0,
    counts: { read: 3, accepted: 3 },
  },
  {
    title: 'A file of events, ids filled in on the way',
    argv: ['import', 'events.ndjson'],
    exit: 0,
    counts: { read: 1000, accepted: 1000 },
  },
  {
    title: 'The same command again: nothing is sent twice',
    argv: ['import', 'events.ndjson'],
    exit: 0,
    counts: { read: 1000, accepted: 1000 },
  },
  {
    title: 'Gzip is found by its first bytes, whatever the name',
    argv: ['import', 'more-events.gz'],
    exit: 0,
    counts: { read: 20_000, accepted: 20_000 },
  },
  {
    title: 'Standard input',
    argv: ['import', '-', '--package', PACKAGE],
    stdin: 'stream.ndjson',
    exit: 0,
    counts: { read: 500, accepted: 500 },
  },
  {
    title: 'Three bad rows in ten: seven arrive, three are kept beside their reasons',
    argv: ['import', 'damaged.ndjson', '--rejects', 'rejects.ndjson'],
    exit: 3,
    counts: { read: 10, accepted: 7, rejected: 3 },
  },
  {
    title: 'A CSV whose columns are told what they are',
    argv: [
      'import',
      'downloads.csv',
      '--map',
      'when=$time',
      '--map',
      'ip=$remote_address',
      '--package',
      PACKAGE,
    ],
    exit: 0,
    counts: { read: 200, accepted: 200 },
  },
  {
    title: 'Events for Sumatra, with its answers kept',
    argv: ['ingest', 'sumatra', '{rows}/sumatra-signups.ndjson', '--features', '--output', 'answers.ndjson'],
    exit: 0,
    counts: { read: 3, accepted: 3 },
  },
  {
    title: 'API calls for Moesif',
    argv: ['ingest', 'moesif', 'calls.ndjson'],
    exit: 0,
    counts: { read: 300, accepted: 300 },
  },
  {
    title: 'Log events for Log Insight, behind a login',
    argv: ['ingest', 'loginsight', '{rows}/loginsight-events.ndjson'],
    exit: 0,
    counts: { read: 3, accepted: 3 },
  },
];

const EXPORTS: readonly Step[] = [
  {
    title: 'Three days out of Scarf, which repeats some rows: each is written once',
    argv: ['export', 'events', '--from', '3d', '--output', 'export.csv'],
    exit: 0,
    counts: { written: 3000, rejected: 0 },
  },
];

export const STEPS: readonly Step[] = [...DELIVERIES, ...EXPORTS];

/** What the emulated vendors must hold in the end: each event once. */
export const STORED: Readonly<Record<string, number>> = {
  scarf: 3 + 1000 + 20_000 + 500 + 7 + 200,
  sumatra: 3,
  moesif: 300,
  loginsight: 3,
};
