/** The section that shows on which days the accepted events happened. */
import { addDays, eachDay } from '../../calendar.ts';
import { countOf, formatCount } from '../../report/terminal/numbers.ts';
import { html, type Html } from '../html.ts';
import { barChart, type BarChart } from './bars.ts';
import { chartTable } from './chart-table.ts';
import type { HistoryFacts } from './facts.ts';

/** When the events span more days than this, each bar is a month. */
const maxDayBars = 200;
/** With more bars than this, the chart omits the earliest; the table has all. */
const maxBars = 400;

export function daysSection({ days, undatedRows }: HistoryFacts): Html | undefined {
  const dated = Object.entries(days)
    .filter(([day]) => /^\d{4}-\d\d-\d\d$/.test(day))
    .sort(([one], [other]) => (one < other ? -1 : 1));
  if (dated.length === 0) return undefined;
  const title = titleOf(dated);
  return html`<section aria-labelledby="days">
    <h2 id="days">Times of the accepted events</h2>
    <figure>
      <figcaption>${title}</figcaption>
      ${barChart({ title, ...placed(dated) })}
      ${chartTable({
        label: 'Events by day as a table',
        columns: [{ name: 'day (UTC)' }, { name: 'events', isNumber: true }],
        rows: dated.map(([day, events]) => [day, formatCount(events)]),
      })}
      ${leftOut(days['none'] ?? 0, 'event', 'without a time')}
      ${leftOut(days['other'] ?? 0, 'event', 'of other days, which were too many to keep')}
      ${leftOut(undatedRows, 'row', 'of which it was not counted on which day they happened')}
    </figure>
  </section>`;
}

function leftOut(count: number, noun: string, which: string): Html | undefined {
  return count === 0
    ? undefined
    : html`<p class="quiet">Not in the chart: ${countOf(count, noun)} ${which}.</p>`;
}

function titleOf(dated: readonly (readonly [string, number])[]): string {
  const total = dated.reduce((sum, [, events]) => sum + events, 0);
  const [most = ['', 0]] = [...dated].sort(([, one], [, other]) => other - one);
  const [first, last] = [dated[0]![0], dated.at(-1)![0]];
  if (dated.length === 1) return `${countOf(total, 'event')}, all of ${first}`;
  return `${countOf(total, 'event')} of ${countOf(dated.length, 'day')} from ${first} to ${last}, most of them of ${most[0]} (${formatCount(most[1])})`;
}

function placed(dated: readonly (readonly [string, number])[]): Omit<BarChart, 'title'> {
  const [from, to] = [dated[0]![0], dated.at(-1)![0]];
  const isDaily = addDays(from, maxDayBars - 1) >= to;
  const known = new Map<string, number>();
  for (const [day, events] of dated) {
    const key = isDaily ? day : day.slice(0, 7);
    known.set(key, (known.get(key) ?? 0) + events);
  }
  const all = isDaily ? eachDay({ from, to }) : eachMonth(from.slice(0, 7), to.slice(0, 7));
  const keys = all.slice(-maxBars);
  const at = (index: number) => index / keys.length;
  return {
    unit: isDaily ? 'events a day' : 'events a month',
    across: isDaily ? 'day (UTC)' : 'month (UTC)',
    bars: keys.map((key, index) => {
      const events = known.get(key) ?? 0;
      return {
        from: at(index),
        to: at(index + 1),
        value: events,
        isNarrow: true,
        title: `${key}: ${countOf(events, 'event')}`,
      };
    }),
    ticks: ticksOf(keys),
  };
}

/** Months as `2026-11`, both ends included. */
function eachMonth(from: string, to: string): string[] {
  const index = (month: string) => Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1;
  return Array.from({ length: index(to) - index(from) + 1 }, (_, nth) => {
    const month = index(from) + nth;
    return `${String(Math.floor(month / 12)).padStart(4, '0')}-${String((month % 12) + 1).padStart(2, '0')}`;
  });
}

function ticksOf(keys: readonly string[]): { at: number; label: string }[] {
  const step = Math.max(Math.ceil(keys.length / 7), 1);
  return keys.flatMap((label, index) =>
    index % step === 0 ? [{ at: (index + 0.5) / keys.length, label }] : [],
  );
}
