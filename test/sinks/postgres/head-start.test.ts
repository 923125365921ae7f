/** Rows that are copied while more still come: how far that goes, and what a commit makes of it. */
import { beforeAll, describe, expect, test } from 'vitest';
import type { Prefetched } from '../../../src/contracts/sink.ts';
import type { GrowingPartition, Partition, TailStep } from '../../../src/contracts/window.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { findPostgres, usePostgres } from '../../use-postgres.ts';
import { ask, rowsOf, sinkOf, windowOf, type SinkChanges } from './scene.ts';

const programs = findPostgres();
const time = '2026-11-01T08:00:00Z';
const partition = rowsOf('id,time,total', `a,${time},1`, `b,${time},2`, `c,${time},3`);

describe.skipIf(programs === undefined)('a head start', () => {
  const server = usePostgres();
  let database = '';
  let made = 0;
  beforeAll(async () => {
    database = await server.createDatabase();
  });

  /** Rows up to the end of the n-th line come with the n-th step, then `last`; where no more come, time passes. */
  function growing(whole: Partition, lines: number[], last: TailStep['kind'] | Stall): GrowingPartition {
    const ends = lines.map((line) => lengthOf(whole, line));
    const steps = ends.map((to, index): TailStep => ({ kind: 'rows', from: ends[index - 1] ?? 0, to }));
    return {
      partition: whole,
      next: async () => {
        const step = steps.shift();
        if (step !== undefined) return step;
        if (typeof last === 'string') return { kind: last } as TailStep;
        last.begin();
        return new Promise<TailStep>(() => undefined);
      },
    };
  }

  async function open(
    changes: SinkChanges = {},
    definition = '(id text primary key, time timestamp, total int)',
  ) {
    const table = `t${++made}`;
    await ask(database, `create table ${table} ${definition}`);
    const stall = new Stall();
    const scene = await sinkOf(database, table, {
      machine: { ...realMachine(), sleep: stall.sleep },
      ...changes,
    });
    await scene.sink.open();
    const ids = async () => (await ask(database, `select id from ${table} order by 1`)).flat().join('');
    return { ...scene, table, stall, ids };
  }

  test.each([
    ['all at once', [4]],
    ['line by line', [1, 2, 3, 4]],
    ['in two pieces', [2, 4]],
  ])('of rows that come %s is committed with its window', async (_, lines) => {
    const { sink, ids } = await open();
    const start = await sink.prefetch(growing(partition, lines, 'whole'));
    expect(start).toEqual({ kind: 'staged' });
    expect(await ids()).toBe('');
    const more = rowsOf('id,total', 'd,1', 'a,9');
    expect(await sink.commit(windowOf([partition, more]), start)).toMatchObject({ written: 4, known: 1 });
    expect(await ids()).toBe('abcd');
    expect(await sink.commit(windowOf([rowsOf('id,total', 'e,1')]))).toMatchObject({ written: 1 });
    await sink.close();
  });

  test.each<[string, number[], 'whole' | 'withdrawn' | 'stall']>([
    ['no rows come', [], 'whole'],
    ['they are withdrawn', [2], 'withdrawn'],
    ['they come too slowly', [2], 'stall'],
  ])('is none when %s, and the window is committed all the same', async (_, lines, last) => {
    const { sink, ids, stall } = await open();
    const start = await sink.prefetch(growing(partition, lines, last === 'stall' ? stall : last));
    expect(start).toBeUndefined();
    expect(await sink.commit(windowOf([partition]), start)).toMatchObject({ written: 3 });
    expect(await ids()).toBe('abc');
    await sink.close();
  });

  test.each<[string, SinkChanges, Partition]>([
    ['without ids', { idColumn: undefined, timeColumn: undefined }, partition],
    ['for a column that is still to be added', { evolve: true }, rowsOf('id,note', 'a,x', 'b,y', 'c,z')],
    ['of rows that are converted', {}, { ...partition, encoding: 'ndjson' }],
    ['of fewer columns than come', { chosen: ['id'] }, partition],
  ])('is not made %s', async (_, changes, rows) => {
    const { sink } = await open(changes);
    const untouched: GrowingPartition = { partition: rows, next: () => expect.unreachable() };
    expect(await sink.prefetch(untouched)).toBeUndefined();
    await sink.close();
  });

  test('is made where all columns are there to be added to', async () => {
    const { sink } = await open({ evolve: true });
    expect(await sink.prefetch(growing(partition, [4], 'whole'))).toEqual({ kind: 'staged' });
    await sink.close();
  });

  test('is not made before the table is open', async () => {
    const { sink } = await sinkOf(database, 'closed');
    expect(await sink.prefetch(growing(partition, [4], 'whole'))).toBeUndefined();
  });

  test('is not made while another run writes to the table', async () => {
    const first = await open();
    const second = await sinkOf(database, first.table);
    await second.sink.open();
    expect(await first.sink.prefetch(growing(partition, [4], 'whole'))).toEqual({ kind: 'staged' });
    expect(await second.sink.prefetch(growing(partition, [4], 'whole'))).toBeUndefined();
    await first.sink.close();
    expect(await second.sink.commit(windowOf([partition]))).toMatchObject({ written: 3 });
    await second.sink.close();
  });

  test('with a row that the table refuses is none, and the commit finds the row', async () => {
    const { sink, ids, rejected } = await open();
    const bad = rowsOf('id,time,total', `a,${time},1`, `b,${time},many`, `c,${time},3`);
    const start = await sink.prefetch(growing(bad, [4], 'whole'));
    expect(start).toBeUndefined();
    expect(await sink.commit(windowOf([bad]), start)).toMatchObject({ written: 2, rejected: 1 });
    expect(await ids()).toBe('ac');
    expect(rejected).toHaveLength(1);
    await sink.close();
  });

  test('whose rows are refused by the merge is committed without them', async () => {
    const { sink, ids, rejected } = await open(
      {},
      '(id text primary key, time timestamp, total int check (total <> 2))',
    );
    const start = await sink.prefetch(growing(partition, [4], 'whole'));
    expect(start).toEqual({ kind: 'staged' });
    expect(await sink.commit(windowOf([partition]), start)).toMatchObject({ written: 2, rejected: 1 });
    expect(await ids()).toBe('ac');
    expect(rejected).toHaveLength(1);
    await sink.close();
  });

  test('ends with its connection, and the commit says why', async () => {
    const { sink, ids } = await open();
    const rows = growing(partition, [2], 'whole');
    const start = await sink.prefetch({
      partition,
      next: async () => {
        const step = await rows.next();
        if (step.kind === 'whole') await endConnections(database);
        return step.kind === 'whole'
          ? { kind: 'rows', from: lengthOf(partition, 2), to: partition.bytes }
          : step;
      },
    });
    expect(start).toMatchObject({ kind: 'lost', failure: { kind: 'local' } });
    const table = sink.destination.replaceAll(/[/.?"]/g, '.');
    expect(failureOf(start)?.message).toMatch(new RegExp(`^cannot write ${table}: .*terminating connection`));
    await expect(sink.commit(windowOf([partition]), start)).rejects.toBe(failureOf(start));
    expect(await ids()).toBe('');
    await sink.close();
  });
});

const failureOf = (start: Prefetched | undefined) => (start?.kind === 'lost' ? start.failure : undefined);

/** Time that passes only once nothing more comes. */
class Stall {
  begin = (): void => undefined;
  readonly #begun = new Promise<void>((resolve) => (this.begin = resolve));
  readonly sleep = (_ms: number, signal?: AbortSignal): Promise<void> =>
    new Promise((resolve) => {
      signal?.addEventListener('abort', () => resolve(), { once: true });
      void this.#begun.then(resolve);
    });
}

/** The bytes of the first lines of a partition whose rows are of one length. */
function lengthOf({ bytes, headerBytes, rows }: Partition, lines: number): number {
  return headerBytes + ((bytes - headerBytes) / rows) * (lines - 1);
}

/** Ends the connections of sinks to this database. */
async function endConnections(database: string): Promise<void> {
  await ask(
    database,
    `select pg_terminate_backend(pid)::text from pg_stat_activity
     where application_name = 'scarf-cli' and datname = current_database()`,
  );
}
