/** What is run against a hostile server: every vendor, dataset and list. */
import { job } from './honest-server.ts';

/** A command and the requests that a fault falls on. */
export interface Tried {
  name: string;
  /** Those that make the same of what comes share one column of the table of exit codes. */
  kind: Kind;
  argv: readonly string[];
  /** Method and path of the requests that are answered wrongly. */
  at: RegExp;
}

/** What the table of exit codes tells apart. */
export type Kind =
  /** Rows with ids, and without, of which an import is made. */
  | 'import'
  | 'idless'
  /** Events without ids, one by one and in an array. */
  | 'sumatra'
  | 'batch'
  /** Events with ids; no document describes the reply. */
  | 'moesif'
  /** Events without ids, which are counted. */
  | 'loginsight'
  /** Rows as CSV, and as NDJSON. */
  | 'table'
  | 'lines'
  /** A list in which a name is looked up. */
  | 'names'
  /** Imports: their list, one, its log, its end. */
  | 'jobs'
  | 'job'
  | 'log'
  | 'abort'
  /** Schedules, which nobody describes: listed, made, removed. */
  | 'schedules'
  | 'made'
  | 'unmade';

const days = ['--from', '2026-11-01', '--to', '2026-11-03'];
const bucket = ['--s3-bucket', 'acme-data/x', '--role-arn', 'arn:aws:iam::123456789012:role/scarf'];
const csv = ['--output', 'out.csv'];

/** Three rows go out. */
const deliveries: readonly Tried[] = [
  { name: 'import', kind: 'import', argv: ['import', 'events.ndjson'], at: /^POST .*\/import$/ },
  {
    name: 'import without ids',
    kind: 'idless',
    argv: ['import', 'events.ndjson', '--fill-id', 'off'],
    at: /^POST .*\/import$/,
  },
  { name: 'sumatra', kind: 'sumatra', argv: ['ingest', 'sumatra', 'signups.ndjson'], at: /^POST \/event$/ },
  {
    name: 'sumatra --batch',
    kind: 'batch',
    argv: ['ingest', 'sumatra', 'signups.ndjson', '--batch'],
    at: /^POST \/batch$/,
  },
  { name: 'moesif', kind: 'moesif', argv: ['ingest', 'moesif', 'calls.ndjson'], at: /^POST \/v1\/events/ },
  {
    name: 'moesif --actions',
    kind: 'moesif',
    argv: ['ingest', 'moesif', 'clicks.ndjson', '--actions'],
    at: /^POST \/v1\/actions/,
  },
  {
    name: 'loginsight',
    kind: 'loginsight',
    argv: ['ingest', 'loginsight', 'logs.ndjson'],
    at: /\/events\/ingest\//,
  },
  {
    name: 'loginsight --api v2',
    kind: 'loginsight',
    argv: ['ingest', 'loginsight', 'logs.ndjson', '--api', 'v2'],
    at: /\/api\/v2\/events$/,
  },
];

const exports: readonly Tried[] = [
  { name: 'events', kind: 'table', argv: ['events', ...days, ...csv], at: /\/packages\/acme\/events$/ },
  {
    name: 'company-events',
    kind: 'table',
    argv: ['company-events', 'acme.example', ...days, ...csv],
    at: /\/companies\/acme\/acme\.example\/events$/,
  },
  { name: 'companies', kind: 'table', argv: ['companies', ...csv], at: /\/company-rollup$/ },
  {
    name: 'companies --by package',
    kind: 'table',
    argv: ['companies', '--by', 'package', ...days, ...csv],
    at: /\/package-rollup$/,
  },
  { name: 'scores', kind: 'table', argv: ['scores', ...csv], at: /\/scoring$/ },
  {
    name: 'aggregates',
    kind: 'lines',
    argv: ['aggregates', ...days, '--output', 'out.ndjson'],
    at: /\/aggregations\/export$/,
  },
  {
    name: 'events of a package by name',
    kind: 'names',
    argv: ['events', ...days, '--package', 'widget', ...csv],
    at: /^GET \/v2\/packages\/acme$/,
  },
];

const jobs: readonly Tried[] = [
  { name: 'imports list', kind: 'jobs', argv: ['imports', 'list'], at: /^GET \/v2\/imports\/acme$/ },
  {
    name: 'imports show',
    kind: 'job',
    argv: ['imports', 'show', job.id],
    at: /^GET \/v2\/imports\/acme\/[^/]+$/,
  },
  { name: 'imports log', kind: 'log', argv: ['imports', 'log', job.id], at: /\/log$/ },
  { name: 'imports abort', kind: 'abort', argv: ['imports', 'abort', job.id], at: /\/abort$/ },
  {
    name: 'schedule list',
    kind: 'schedules',
    argv: ['schedule', 'list'],
    at: /^GET .*\/schedule-export$/,
  },
  {
    name: 'schedule history',
    kind: 'schedules',
    argv: ['schedule', 'history'],
    at: /\/schedule-export-history$/,
  },
  {
    name: 'schedule create',
    kind: 'made',
    argv: ['schedule', 'create', ...bucket],
    at: /^POST .*\/schedule-export$/,
  },
  {
    name: 'schedule delete',
    kind: 'unmade',
    argv: ['schedule', 'delete', 's1', '--yes'],
    at: /^DELETE .*\/schedule-export$/,
  },
];

export const COMMANDS: readonly Tried[] = [
  ...deliveries,
  ...exports.map((tried) => ({ ...tried, argv: ['export', ...tried.argv] })),
  ...jobs,
];

/** Rows of the inputs that the deliveries read. */
export const INPUTS: Readonly<Record<string, readonly string[]>> = {
  'events.ndjson': [0, 1, 2].map((n) => `{"$time":"2026-11-22T00:00:00Z","$package":"p","n":${n}}`),
  'signups.ndjson': [0, 1, 2].map((n) => `{"_type":"signup","n":${n}}`),
  'calls.ndjson': [0, 1, 2].map(
    (n) => `{"request":{"time":"2026-11-22T00:00:00Z","uri":"/","verb":"GET","headers":{}},"n":${n}}`,
  ),
  'clicks.ndjson': [0, 1, 2].map((n) => `{"action_name":"click","request":{"uri":"/"},"n":${n}}`),
  'logs.ndjson': [0, 1, 2].map((n) => `{"text":"\\"n\\":${n}"}`),
};
