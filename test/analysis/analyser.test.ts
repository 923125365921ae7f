import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser.ts';
import type { Analysis, Facts } from '../../src/analysis/analysis.ts';
import { totalsBy, totalsByDay, totalsOf, type Total } from '../../src/analysis/totals.ts';
import { propertyRuns } from '../property-runs.ts';
import { csvOf, EVENT_COLUMNS, eventRow, withRepetitions, type EventRow } from './rows.ts';

let directory = '';
let duckdb: DuckDBInstance;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'analysis-'));
  duckdb = await DuckDBInstance.create(':memory:');
});
afterAll(async () => {
  duckdb.closeSync();
  await rm(directory, { recursive: true });
});

function analyse(bytes: Uint8Array, pieceBytes = bytes.length): Analysis {
  const analyser = new Analyser();
  const feed = analyser.feed('events.csv');
  for (let from = 0; from < bytes.length; from += pieceBytes)
    feed.take(bytes.subarray(from, from + pieceBytes));
  feed.end();
  return analyser.finish();
}

async function query(sql: string): Promise<Record<string, unknown>[]> {
  const connection = await duckdb.connect();
  try {
    return (await connection.runAndReadAll(sql)).getRowObjectsJson();
  } finally {
    connection.closeSync();
  }
}

const byName = (totals: readonly Total[]) =>
  Object.fromEntries(totals.map(({ kind, value, count }) => [kind === 'value' ? `=${value}` : kind, count]));

/** What DuckDB counts by an expression; a null or empty text is `none`. */
async function countBy(expression: string, where = 'true'): Promise<Record<string, number>> {
  const rows = await query(
    `select ${expression} as value, count(*) as count from events where ${where} group by 1`,
  );
  const totals: Record<string, number> = {};
  for (const { value, count } of rows) {
    const name = typeof value === 'string' && value !== '' ? `=${value}` : 'none';
    totals[name] = (totals[name] ?? 0) + Number(count);
  }
  return totals;
}

async function load(rows: readonly EventRow[]): Promise<Buffer> {
  const file = join(directory, 'events.csv');
  const bytes = Buffer.from(csvOf(EVENT_COLUMNS, rows));
  await writeFile(file, bytes);
  await query(
    `create or replace table events as select * from (select *, row_number() over (partition by id) as copy from read_csv('${file}', all_varchar = true, header = true, delim = ',', quote = '"', escape = '"', auto_detect = false, columns = {${EVENT_COLUMNS.map((name) => `'${name}': 'VARCHAR'`).join(', ')}})) where copy = 1`,
  );
  return bytes;
}

const eventsOf = ({ facts }: Analysis): Facts => facts.find(({ source }) => source === 'events') as Facts;

describe('events', () => {
  it('are counted as DuckDB counts them, in pieces of any size', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(eventRow, { minLength: 1, maxLength: 400 }).map(withRepetitions),
        fc.integer({ min: 1, max: 5000 }),
        async (rows, pieceBytes) => {
          const bytes = await load(rows);
          const analysis = analyse(bytes, pieceBytes);
          const facts = eventsOf(analysis);
          const { quality } = analysis;

          expect(quality.rows).toBe(rows.length);
          expect(quality.duplicates).toBe(rows.length - new Set(rows.map(({ id }) => id)).size);
          expect(quality.events + quality.duplicates).toBe(rows.length);

          const days = await query(
            'select time[1:10] as day, count(*) as count from events group by 1 order by 1',
          );
          expect(facts.days).toEqual(days.map(({ day }) => day));
          expect(totalsByDay(facts)).toEqual(days.map(({ count }) => Number(count)));

          const company = `case when origin_company = 'UNKNOWN' then '' else origin_company end`;
          expect(byName(totalsBy(facts, 'artifact'))).toEqual(
            await countBy("coalesce(nullif(package, ''), pixel)"),
          );
          expect(byName(totalsBy(facts, 'country'))).toEqual(await countBy('origin_country'));
          expect(byName(totalsBy(facts, 'company'))).toEqual(await countBy(company));
          expect(byName(totalsOf(facts, 'type'))).toEqual(await countBy('type'));
          expect(byName(totalsOf(facts, 'version'))).toEqual(await countBy('version'));
          expect(byName(totalsOf(facts, 'platform'))).toEqual(await countBy('platform'));
          expect(byName(totalsOf(facts, 'client'))).toEqual(
            await countBy(`regexp_extract(user_agent, '^[^/ ]*')`),
          );
          expect(byName(totalsOf(facts, 'referer'))).toEqual(
            await countBy(`regexp_extract(referer, '^[^?#]*')`, `coalesce(pixel, '') <> ''`),
          );
          const band = `case when coalesce(confidence, '') = '' then '' else printf('%.1f to %.1f', least(9, floor(confidence::double * 10)) / 10, (least(9, floor(confidence::double * 10)) + 1) / 10) end`;
          expect(byName(totalsOf(facts, 'confidence'))).toEqual(await countBy(band));
          expect(quality.withoutCompany).toBe((await countBy(company))['none'] ?? 0);
          expect(quality.withheld).toBe((await countBy('mtc_quota_exceeded'))['=true'] ?? 0);
        },
      ),
      propertyRuns(20),
    );
  });

  it('count every day without events, and name them as ranges', () => {
    const days = ['1970-01-01', '2026-02-28', '2026-03-01', '2026-03-03', '9999-12-31'];
    const rows = days.map((day) => `${day},a,${day}T12:00:00Z\n`).join('');
    const { missingDays } = analyse(Buffer.from(`id,type,time\n${rows}`)).quality;
    expect(missingDays).toEqual({
      count: (Date.parse('9999-12-31') - Date.parse('1970-01-01')) / 86_400_000 + 1 - days.length,
      ranges: [
        { from: '1970-01-02', to: '2026-02-27' },
        { from: '2026-03-02', to: '2026-03-02' },
        { from: '2026-03-04', to: '9999-12-30' },
      ],
    });
  });

  it('tell new origins from those that return, in whatever order the rows come', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(eventRow, { minLength: 1, maxLength: 300 }).map(withRepetitions),
        async (rows) => {
          const { days, cells } = eventsOf(analyse(await load(rows)));
          const perDay = await query(
            `with seen as (select origin_id, time[1:10] as day, min(time[1:10]) over (partition by origin_id) as first from events)
             select day, count(distinct case when day = first then origin_id end) as fresh, count(distinct case when day <> first then origin_id end) as back from seen group by day order by day`,
          );
          const sum = (counts: readonly number[] | undefined) =>
            days.map((_, day) =>
              cells.day.reduce((total, at, cell) => (at === day ? total + (counts?.[cell] ?? 0) : total), 0),
            );
          expect(sum(cells.newOrigins)).toEqual(perDay.map(({ fresh }) => Number(fresh)));
          expect(sum(cells.returningOrigins)).toEqual(perDay.map(({ back }) => Number(back)));
        },
      ),
      propertyRuns(20),
    );
  });
});
