import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Analyser } from '../../src/analysis/analyser.ts';
import type { Facts } from '../../src/analysis/analysis.ts';
import type { EventLimits } from '../../src/analysis/events/event-counter.ts';
import { totalsBy, totalsByDay, totalsOf } from '../../src/analysis/totals.ts';
import { renderReport } from '../../src/page/report/report-page.ts';
import { propertyRuns } from '../property-runs.ts';
import { csvOf, EVENT_COLUMNS, eventRow, type EventRow } from './rows.ts';

function analyse(rows: readonly EventRow[], limits?: EventLimits) {
  const analyser = new Analyser(limits);
  const feed = analyser.feed('events.csv');
  feed.take(Buffer.from(csvOf(EVENT_COLUMNS, rows)));
  feed.end();
  return analyser.finish();
}

const eventsIn = ({ facts }: ReturnType<typeof analyse>) => facts[0] as Facts;
const sum = (counts: readonly number[] = []) => counts.reduce((total, count) => total + count, 0);
const named = (totals: ReturnType<typeof totalsBy>) =>
  new Map(totals.filter(({ kind }) => kind === 'value').map(({ value, count }) => [value, count]));

describe('too many values', () => {
  it('become (other) without a row lost, and what keeps its name is counted completely', () => {
    const rows = fc.array(eventRow, { minLength: 50, maxLength: 400 });
    fc.assert(
      fc.property(rows, fc.integer({ min: 40, max: 120 }), (some, cells) => {
        const whole = eventsIn(analyse(some));
        const analysis = analyse(some, { facts: { cells, entries: 2 * cells } });
        const facts = eventsIn(analysis);
        expect(facts.cells.day.length).toBeLessThanOrEqual(Math.max(cells, facts.days.length * 8));
        expect(totalsByDay(facts)).toEqual(totalsByDay(whole));
        expect(sum(facts.cells.newOrigins)).toBe(sum(whole.cells.newOrigins));
        expect(sum(facts.cells.returningOrigins)).toBe(sum(whole.cells.returningOrigins));
        for (const dimension of ['artifact', 'country', 'company'] as const) {
          const all = named(totalsBy(whole, dimension));
          expect(sum(totalsBy(facts, dimension).map(({ count }) => count))).toBe(sum(whole.cells.count));
          for (const [value, count] of named(totalsBy(facts, dimension))) expect(count).toBe(all.get(value));
        }
        for (const { name, count } of whole.breakdowns) {
          const all = named(totalsOf(whole, name));
          expect(sum(totalsOf(facts, name).map((total) => total.count))).toBe(sum(count));
          for (const [value, number] of named(totalsOf(facts, name))) expect(number).toBe(all.get(value));
        }
        if (whole.cells.day.length > cells) expect(analysis.quality.folded).not.toEqual([]);
      }),
      { ...propertyRuns(30), interruptAfterTimeLimit: 60_000 },
    );
  });

  it('are forgotten, and said to be, when ids and origins are too many', () => {
    const rows = manyEvents(20_000);
    const analysis = analyse([...rows, ...rows], { remembered: { all: 10, ids: 2 } });
    const { events, duplicates, idsForgotten, originsForgotten } = analysis.quality;
    expect([idsForgotten, originsForgotten]).toEqual([true, true]);
    expect(events + duplicates).toBe(40_000);
    // Two pages have room for some 20,000 ids, as long as each of 2,048 parts has room for its own: those stay.
    expect(duplicates).toBeGreaterThan(8000);
    expect(duplicates).toBeLessThan(20_000);
    expect(eventsIn(analysis).cells.newOrigins).toBeUndefined();
    expect(analyse([...rows, ...rows]).quality).toMatchObject({
      duplicates: 20_000,
      idsForgotten: false,
      originsForgotten: false,
    });
  });

  it('give up origins before ids, which get their memory', () => {
    const rows = manyEvents(40_000);
    const remembered = { all: 12, ids: 12 };
    const { quality } = analyse([...rows, ...rows], { remembered });
    expect(quality).toMatchObject({ duplicates: 40_000, idsForgotten: false, originsForgotten: true });
  });

  it('are counted once each, however many there are, and origins on the days on which they come', () => {
    const rows = Array.from({ length: 150_000 }, (_, index) => ({
      ...EMPTY_EVENT,
      id: `event-${index % 100_000}`,
      time: `20${10 + (index % 7) * 10}-0${1 + (index % 3)}-11T00:00:00Z`,
      origin_id: `origin-${index % 33_333}`,
    }));
    const analysis = analyse(rows);
    expect(analysis.quality).toMatchObject({ events: 100_000, duplicates: 50_000, idsForgotten: false });
    const seen = new Map<string, Set<string>>();
    for (const { origin_id: origin, time } of rows.slice(0, 100_000)) {
      seen.set(origin, (seen.get(origin) ?? new Set()).add(time));
    }
    const { cells } = eventsIn(analysis);
    expect(sum(cells.newOrigins)).toBe(seen.size);
    const comings = [...seen.values()].reduce((total, days) => total + days.size, 0);
    expect(sum(cells.returningOrigins)).toBe(comings - seen.size);
  });

  it('give up origins where days alone take too many cells, and lose no row', () => {
    const days = 9000;
    const rows = Array.from({ length: 8 * days }, (_, index) => ({
      ...EMPTY_EVENT,
      id: `event-${index}`,
      time: new Date(Date.UTC(2000, 0, 1 + (index % days))).toISOString(),
      type: `type-${index % 3}`,
      package: index < 4 * days ? '' : 'widget',
      origin_id: `origin-${index % 100}`,
      origin_country: Math.floor(index / days) % 4 < 2 ? '' : 'Country',
      origin_company: Math.floor(index / days) % 2 === 0 ? '' : 'Company',
    }));
    const analysis = analyse(rows);
    expect(analysis.quality).toMatchObject({ events: 8 * days, withoutTime: 0, originsForgotten: true });
    const facts = eventsIn(analysis);
    expect(facts.days).toHaveLength(days);
    expect(sum(facts.cells.count)).toBe(8 * days);
    for (const { name, count } of facts.breakdowns.filter(({ name }) => name !== 'referer')) {
      expect({ name, count: sum(count) }).toEqual({ name, count: 8 * days });
    }
  });

  it('keep a page of 100,000 events of a month below a megabyte', async () => {
    const page = await renderReport(analyse(manyEvents(100_000)), {
      title: 'Month',
      madeAt: '2026-11-01T00:00:00.000Z',
      sources: ['month.csv'],
    });
    expect(Buffer.byteLength(page)).toBeLessThan(1_000_000);
  });
});

const EMPTY_EVENT = Object.fromEntries(EVENT_COLUMNS.map((name) => [name, ''])) as EventRow;

/** Many different companies, countries, versions and referers; the frequent ones are far more frequent than the rare. */
function manyEvents(count: number): EventRow[] {
  let state = 18;
  const below = (limit: number) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) & 0x7fffffff;
    return Math.floor(limit * (state / 0x80000000) ** 3);
  };
  return Array.from({ length: count }, (_, index) => {
    const isPixel = below(10) > 1;
    const company = below(4) > 0 ? `Company ${below(3000)}` : '';
    return {
      id: `event-${index}`,
      type: isPixel ? 'pixel-fetch' : 'binary-download',
      package: isPixel ? '' : `package-${below(20)}`,
      pixel: isPixel ? `pixel-${below(10)}` : '',
      version: `${below(9)}.${below(20)}.${below(9)}`,
      time: `2026-10-${String(1 + Math.floor((31 * index) / count)).padStart(2, '0')}T00:00:00Z`,
      referer: `https://docs.example/${below(300)}`,
      user_agent: `client${below(12)}/1.0`,
      platform: `platform-${below(8)}`,
      variables: '',
      origin_id: `origin-${below(40_000)}`,
      origin_latitude: '',
      origin_country: `Country ${below(150)}`,
      origin_company: company,
      origin_domain: '',
      dnt: 'false',
      confidence: `0.${below(1000)}`,
      mtc_quota_exceeded: '',
    };
  });
}
