/** What a trace has of each statement: its kind, its time, its rows, its error, and never its text. */
import { beforeAll, describe, expect, test } from 'vitest';
import pg from 'pg';
import { from as copyFrom } from 'pg-copy-streams';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  traceStatements,
  type TracingMachine,
} from '../../../../src/sinks/postgres/session/traced-client.ts';
import { findPostgres, usePostgres } from '../../../use-postgres.ts';

const programs = findPostgres();

/** A machine on which no time passes, and what it records. */
function stillMachine() {
  const records: unknown[] = [];
  const trace = { isOn: true, record: (one: unknown) => void records.push(one) };
  return { records, machine: { trace, elapsedMs: () => 0 } as unknown as TracingMachine };
}

test('whatever is asked and answered is recorded', async () => {
  const { machine, records } = stillMachine();
  const answers: unknown[] = [];
  const client = { query: async () => answers.shift() } as unknown as pg.Client;
  const traced = traceStatements(client, machine);
  const query = traced.query.bind(traced) as unknown as (asked: unknown) => Promise<unknown>;
  const ask = async (asked: unknown, answer: unknown) => {
    answers.push(answer);
    await query(asked);
  };
  for (const asked of [null, undefined, 7, {}, { text: 7 }, '', '  ', '-- x'])
    await ask(asked, { rowCount: 1 });
  for (const answer of [null, undefined, 'x', [], [null], {}, { rowCount: null }])
    await ask('select', answer);
  await ask('select', [{ rowCount: 1 }, { rowCount: 2 }]);
  const ended = { type: 'statement-ended', ms: 0 };
  expect(records).toEqual([
    ...Array.from({ length: 8 }, () => ({ ...ended, statement: 'statement', rows: 1 })),
    ...Array.from({ length: 7 }, () => ({ ...ended, statement: 'select', rows: undefined })),
    { ...ended, statement: 'select', rows: 2 },
  ]);
});

test('what fails with no error is said to have failed', async () => {
  const { machine, records } = stillMachine();
  // eslint-disable-next-line @typescript-eslint/prefer-promise-reject-errors
  const client = { query: () => Promise.reject('odd') } as unknown as pg.Client;
  const traced = traceStatements(client, machine);
  await expect(traced.query('select 1')).rejects.toBe('odd');
  expect(records).toMatchObject([{ error: 'failed', rows: undefined }]);
});

describe.skipIf(programs === undefined)('a statement', () => {
  const server = usePostgres();
  let database = '';
  beforeAll(async () => {
    database = await server.createDatabase();
  });

  /** What is recorded while `work` uses a client, each question to the clock a second after the one before. */
  async function recorded(work: (client: pg.Client) => Promise<unknown>): Promise<unknown[]> {
    const records: unknown[] = [];
    let nowMs = 0;
    const trace = {
      isOn: true,
      record: (one: unknown) => void records.push(one),
      printAbove: () => undefined,
    };
    const machine = { trace, elapsedMs: () => (nowMs += 1_000) } as unknown as TracingMachine;
    const client = new pg.Client(database);
    await client.connect();
    try {
      expect(traceStatements(client, machine)).toBe(client);
      await work(client);
    } finally {
      await client.end();
    }
    return records;
  }

  const ended = { type: 'statement-ended', ms: 1_000 };

  test.each([
    ['select generate_series(1, 3)', 'select', 3],
    ['  SELECT 1', 'select', 1],
    ['create table t1 (id int)', 'create', undefined],
    ['begin; select 1 union select 2', 'begin', 2],
    ['/* nothing */ select 1', 'statement', 1],
  ])('%s', async (text, statement, rows) => {
    const records = await recorded((client) => client.query(text));
    expect(records).toEqual([{ ...ended, statement, rows }]);
  });

  test('with values, and as an object', async () => {
    const records = await recorded(async (client) => {
      await client.query('select $1::text', ['secret']);
      await client.query({ text: 'values (1), (2)', rowMode: 'array' });
    });
    expect(records).toEqual([
      { ...ended, statement: 'select', rows: 1 },
      { ...ended, statement: 'values', rows: 2 },
    ]);
  });

  test('that fails says so', async () => {
    const records = await recorded((client) => client.query('select nowhere').catch(() => undefined));
    expect(records).toEqual([
      { ...ended, statement: 'select', rows: undefined, error: 'column "nowhere" does not exist' },
    ]);
  });

  test.each([
    ['that copies', '1\n2\n', {}],
    ['that copies what is refused', 'x\n', { error: expect.stringContaining('integer') as string }],
  ])('%s ends with its stream', async (_, text, more) => {
    const records = await recorded(async (client) => {
      await client.query('create temporary table copied (id int)');
      const into = client.query(copyFrom('copy copied from stdin'));
      await pipeline(Readable.from([Buffer.from(text)]), into).catch(() => undefined);
    });
    expect(records.slice(1)).toEqual([{ ...ended, statement: 'copy', rows: undefined, ...more }]);
  });
});
