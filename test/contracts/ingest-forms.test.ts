/** The forms that an ingest may take, by its options: each arrives whole. */
import { expect, test } from 'vitest';
import type { SandboxOptions } from '../../src/sandbox/index.ts';
import { sceneWith } from './delivery-run.ts';

interface Form {
  argv: string[];
  sandbox?: Partial<SandboxOptions>;
  environment?: Record<string, string>;
  row: unknown;
  /** What is held of each row, as far as the test looks. */
  stored: object;
  /** The route that every request with rows takes. */
  route: string;
  requests: number;
}

const count = 5;
const call = { request: { time: '2026-06-30T00:00:00Z', uri: 'https://a.example/', verb: 'GET' } };
const action = { action_name: 'Clicked', request: { uri: 'https://a.example/' } };
const line = { text: 'a line', level: 'info' };
const level = { fields: expect.arrayContaining([{ name: 'level', content: 'info' }]) as unknown };

const FORMS: [string, Form][] = [
  ['moesif --single', { argv: ['moesif', '--single'], row: call, stored: call, route: 'event', requests: 5 }],
  [
    'moesif by the paths of 2016',
    {
      argv: ['moesif', '--path-prefix', '/moesifapi'],
      sandbox: { moesif: { legacyPaths: true, keepEvents: true } },
      row: call,
      stored: call,
      route: 'batch',
      requests: 1,
    },
  ],
  [
    'moesif --actions',
    { argv: ['moesif', '--actions'], row: action, stored: action, route: 'actions', requests: 1 },
  ],
  [
    'moesif --actions --single',
    { argv: ['moesif', '--actions', '--single'], row: action, stored: action, route: 'action', requests: 5 },
  ],
  [
    'moesif --batch-events',
    { argv: ['moesif', '--batch-events', '2'], row: call, stored: call, route: 'batch', requests: 3 },
  ],
  [
    'sumatra --batch',
    {
      argv: ['sumatra', '--batch'],
      row: { _type: 'a' },
      stored: { _type: 'a' },
      route: 'batch',
      requests: 1,
    },
  ],
  [
    'loginsight',
    { argv: ['loginsight'], row: line, stored: { text: 'a line', ...level }, route: 'ingest', requests: 1 },
  ],
  [
    'loginsight --api v2',
    {
      argv: ['loginsight', '--api', 'v2'],
      row: line,
      stored: { text: 'a line', ...level },
      route: 'ingest',
      requests: 1,
    },
  ],
  [
    'loginsight --api cloud',
    {
      argv: ['loginsight', '--api', 'cloud'],
      sandbox: { loginsight: { product: 'cloud', cloudToken: 'cloud-token', keepEvents: true } },
      environment: { LOGINSIGHT_USERNAME: '', LOGINSIGHT_PASSWORD: '', LOGINSIGHT_SESSION_ID: 'cloud-token' },
      row: line,
      stored: { text: 'a line', ...level },
      route: 'ingest',
      requests: 1,
    },
  ],
  [
    'loginsight that knows no gzip',
    {
      argv: ['loginsight'],
      sandbox: { loginsight: { gzip: false, keepEvents: true } },
      row: line,
      stored: { text: 'a line', ...level },
      route: 'ingest',
      requests: 2,
    },
  ],
];

const keepAll: Partial<SandboxOptions> = {
  moesif: { keepEvents: true },
  sumatra: { keepEvents: true },
  loginsight: { keepEvents: true },
};

test.each(FORMS)('%s', async (_name, { argv, sandbox, environment, row, stored, route, requests }) => {
  const scene = await sceneWith({ ...keepAll, ...sandbox });
  const [vendor = '', ...flags] = argv;
  await scene.writeRows('rows.ndjson', Array<string>(count).fill(JSON.stringify(row)));
  const outcome = await scene.runJson(['ingest', vendor, 'rows.ndjson', ...flags], environment);
  expect(outcome).toMatchObject({ exit: 0, report: { counts: { read: count, accepted: count } } });
  const held = scene.sandbox.vendors[vendor as 'moesif' | 'sumatra' | 'loginsight'].events();
  expect(held).toHaveLength(count);
  for (const { text } of held) expect(JSON.parse(text ?? '')).toMatchObject(stored);
  const withRows = scene.sandbox.traffic.list().filter((record) => record.route !== 'session');
  expect(withRows.map((record) => record.route)).toEqual(Array<string>(requests).fill(route));
});

test('loginsight that was never set up', async () => {
  const scene = await sceneWith({ loginsight: { bootstrapped: false } });
  await scene.writeRows('rows.ndjson', [JSON.stringify(line)]);
  const outcome = await scene.runJson(['ingest', 'loginsight', 'rows.ndjson']);
  expect(outcome).toMatchObject({ exit: 5, report: { counts: { unsent: 1 } } });
  expect(outcome.stderr).toContain('not set up');
});

test.each([
  ['moesif', { MOESIF_APPLICATION_ID: 'wrong-secret' }],
  ['sumatra', { SUMATRA_API_KEY: 'wrong-secret' }],
  ['loginsight', { LOGINSIGHT_PASSWORD: 'wrong-secret' }],
])('%s with wrong credentials: one request, exit 4', async (vendor, environment) => {
  const scene = await sceneWith();
  const row = vendor === 'moesif' ? call : vendor === 'sumatra' ? { _type: 'a' } : line;
  await scene.writeRows('rows.ndjson', [JSON.stringify(row)]);
  const outcome = await scene.runJson(['ingest', vendor, 'rows.ndjson'], environment);
  expect(outcome.exit).toBe(4);
  expect(outcome.stdout + outcome.stderr).not.toContain('wrong-secret');
  expect(scene.sandbox.traffic.list()).toHaveLength(1);
});
