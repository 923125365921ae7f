/** Transactions that hold the lock of a table: who waits for whom, how long, and what is left. */
import type { Client } from 'pg';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  beginLocked,
  commitAfter,
  findLock,
  tryBegin,
} from '../../../../src/sinks/postgres/session/transaction.ts';
import { withClient } from '../../../postgres-server.ts';
import { findPostgres, usePostgres } from '../../../use-postgres.ts';

const programs = findPostgres();
const table = { schema: undefined, table: 'rows' };

describe.skipIf(programs === undefined)('a transaction', () => {
  const server = usePostgres();
  let database = '';
  beforeAll(async () => {
    database = await server.createDatabase();
    await withClient(database, (client) =>
      client.query('create table rows (id text); create schema own; create table own.rows (id text)'),
    );
  });

  const withTwo = (work: (one: Client, other: Client) => Promise<void>) =>
    withClient(database, (one) => withClient(database, (other) => work(one, other)));

  /** A clock that passes only while somebody sleeps. */
  function clock() {
    const waits: number[] = [];
    const signals: (AbortSignal | undefined)[] = [];
    let nowMs = 5_000;
    const sleep = async (ms: number, signal?: AbortSignal) => {
      waits.push(ms);
      signals.push(signal);
      nowMs += ms;
    };
    return { waits, signals, machine: { sleep, elapsedMs: () => nowMs } };
  }

  test('has the lock of its table, however its name is written', async () => {
    await withTwo(async (one, other) => {
      const lock = await findLock(one, table);
      expect(lock.table).toBe(table);
      expect(await findLock(other, { schema: 'public', table: 'rows' })).toMatchObject({ key: lock.key });
      expect((await findLock(other, { schema: 'own', table: 'rows' })).key).not.toBe(lock.key);
      expect((await findLock(other, { schema: 'public', table: 'other' })).key).not.toBe(lock.key);
      await other.query('set search_path to own');
      expect((await findLock(other, table)).key).not.toBe(lock.key);
      // A table that is still to be made.
      const made = { schema: undefined, table: 'made' };
      expect((await findLock(one, made)).key).toBe((await findLock(one, { ...made, schema: 'public' })).key);
    });
  });

  test('begins for one at a time, in UTC and ISO 8601', async () => {
    await withTwo(async (one, other) => {
      await one.query(`set time zone 'Asia/Tokyo'; set datestyle to 'German'`);
      const lock = await findLock(one, table);
      expect(await tryBegin(one, lock)).toBe(true);
      const { rows } = await one.query<{ time: string }>(
        `select timestamptz '2026-11-01 00:00Z'::text as time`,
      );
      expect(rows).toEqual([{ time: '2026-11-01 00:00:00+00' }]);
      expect(await tryBegin(other, lock)).toBe(false);
      // No transaction is open: this would be its time else.
      const state = await other.query<{ same: boolean }>('select now() = statement_timestamp() as same');
      expect(state.rows).toEqual([{ same: true }]);
      await one.query('rollback');
      expect(await tryBegin(other, lock)).toBe(true);
      await other.query('rollback');
    });
  });

  test.each([
    [1_000, [250, 250, 250]],
    [250, []],
    [0, []],
  ])('waits for another run for %i ms, then ends', async (lockWaitMs, expected) => {
    await withTwo(async (one, other) => {
      const lock = await findLock(one, table);
      await tryBegin(one, lock);
      const { machine, signals, waits } = clock();
      const { signal } = new AbortController();
      await expect(beginLocked(other, lock, { lockWaitMs, machine, signal })).rejects.toMatchObject({
        kind: 'locked',
        message: 'another run is writing to the table "rows"',
      });
      expect(waits).toEqual(expected);
      expect(signals.every((one1) => one1 === signal)).toBe(true);
      await one.query('rollback');
    });
  });

  test.each([
    [100, [25_000]],
    // To the very end of its patience, and no longer.
    [20, [5_000, 5_000]],
  ])('gives up when time passes %d times as fast as it looks', async (speed, expected) => {
    await withTwo(async (one, other) => {
      const lock = await findLock(one, table);
      await tryBegin(one, lock);
      const { machine, waits } = clock();
      const slow = { ...machine, sleep: (ms: number) => machine.sleep(ms * speed) };
      const wait = { lockWaitMs: 10_000, machine: slow, signal: new AbortController().signal };
      await expect(beginLocked(other, lock, wait)).rejects.toMatchObject({ kind: 'locked' });
      expect(waits).toEqual(expected);
      await one.query('rollback');
    });
  });

  test('begins once the other has ended', async () => {
    await withTwo(async (one, other) => {
      const lock = await findLock(one, table);
      await tryBegin(one, lock);
      const { machine, waits } = clock();
      const sleep = async (ms: number) => {
        await machine.sleep(ms);
        await one.query('rollback');
      };
      const wait = {
        lockWaitMs: 10_000,
        machine: { ...machine, sleep },
        signal: new AbortController().signal,
      };
      await beginLocked(other, lock, wait);
      expect(waits).toEqual([250]);
      await other.query('rollback');
    });
  });

  test('is committed with what was done, or leaves nothing', async () => {
    await withTwo(async (one, other) => {
      const ids = async () =>
        (await other.query<{ id: string }>('select id from rows')).rows.map(({ id }) => id);
      await one.query('begin');
      expect(
        await commitAfter(one, async () => (await one.query(`insert into rows values ('a')`)).rowCount),
      ).toBe(1);
      expect(await ids()).toEqual(['a']);
      await one.query('begin');
      const failed = commitAfter(one, async () => {
        await one.query(`insert into rows values ('b')`);
        throw new Error('not this one');
      });
      await expect(failed).rejects.toThrow('not this one');
      await one.query('select 1');
      expect(await ids()).toEqual(['a']);
    });
  });
});
