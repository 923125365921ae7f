/** The charts of events and sums: what each shows, and its title. */
import type { BreakdownName, Facts } from '../../../analysis/analysis.ts';
import type { Bar } from './bars.ts';
import { count, share } from './dom.ts';
import type { Dimension } from './filters.ts';
import { aboutTop, events, nothing, sumOf } from './sentences.ts';
import {
  seriesBy,
  seriesOf,
  seriesOfColumns,
  totalsBy,
  totalsOf,
  type Selection,
  type Series,
  type Total,
} from './selection.ts';

/** What a chart shows of a selection. */
export type Shown =
  | { kind: 'lines'; title: string; series: Series }
  | { kind: 'bars'; title: string; bars: readonly Bar[]; all: number };

export interface Chart {
  /** For file names and links. */
  id: string;
  /** What the values are, for the table: `country`. */
  noun: string;
  /** What is counted: `events`. */
  unit: string;
  /** What the reader has to know to understand it. */
  note?: string;
  /** Whether these facts have anything to show in it. */
  applies: (facts: Facts) => boolean;
  show: (selection: Selection) => Shown;
}

const maxLines = 6;
const hasDays = ({ days }: Facts) => days.length > 1;
const has = (name: BreakdownName) => (facts: Facts) =>
  facts.breakdowns.some((one) => one.name === name && one.values.length > 0);
const hasValues = (dimension: Dimension) => (facts: Facts) =>
  ({ artifact: facts.artifacts, country: facts.countries, company: facts.companies })[dimension].values
    .length > 0;

export const CHARTS: readonly Chart[] = [
  linesOf('type', 'type', (name, numbers) => `Most events are ${name}: ${numbers}`),
  {
    id: 'packages',
    noun: 'package or pixel',
    unit: 'events',
    applies: hasValues('artifact'),
    show(selection) {
      const totals = totalsBy(selection, 'artifact');
      const title = aboutTop(totals, (name, numbers) => `${name} is used the most: ${numbers}`);
      return overDays(selection, { title, totals }, (top) => seriesBy(selection, 'artifact', top));
    },
  },
  linesOf('version', 'version', (name, numbers) => `Version ${name} is fetched the most: ${numbers}`),
  {
    id: 'origins',
    noun: 'origins',
    unit: 'origins',
    note: 'An origin counts once a day, with the package, country and company of its first event of that day.',
    applies: (facts) => hasDays(facts) && facts.cells.newOrigins !== undefined,
    show(selection) {
      const { newOrigins = [], returningOrigins = [] } = selection.facts.cells;
      const series = seriesOfColumns(selection, [
        { name: 'new', column: newOrigins },
        { name: 'returning', column: returningOrigins },
      ]);
      const [fresh = 0, back = 0] = series.lines.map(({ counts }) =>
        counts.reduce<number>((sum, one) => sum + (one ?? 0), 0),
      );
      const title =
        fresh + back === 0
          ? nothing
          : `${count(fresh)} origins came for the first time, and origins seen on an earlier day ${count(back)} times`;
      return { kind: 'lines', title, series };
    },
  },
  barsBy('country', (name, numbers) => `Most events come from ${name}: ${numbers}`),
  barsBy('company', (name, numbers) => `${name} is the company with the most events: ${numbers}`),
  barsOf('client', (name, numbers) => `${name} is the client that asks the most: ${numbers}`),
  barsOf('platform', (name, numbers) => `${name} is the platform seen the most: ${numbers}`),
  barsOf('referer', (name, numbers) => `Most pixels are fetched by way of ${name}: ${numbers}`),
  {
    id: 'confidence',
    noun: 'confidence',
    unit: 'events',
    applies: has('confidence'),
    show(selection) {
      const totals = totalsOf(selection, 'confidence');
      const told = sumOf(totals.filter(({ number }) => number >= 2));
      const sure = totals.find(({ name }) => name.startsWith('0.9'))?.count ?? 0;
      const bands = [...totals].sort((one, two) => rank(one) - rank(two));
      const title =
        totals.length === 0
          ? nothing
          : `Of ${events(told)} with a confidence, ${share(sure, told)} have one of 0.9 or more`;
      return { kind: 'bars', title, bars: bands, all: sumOf(totals) };
    },
  },
];

/** By their lower bound; events without a confidence are last. */
function rank({ name, number }: Total): number {
  return number < 2 ? 1 : Number.parseFloat(name);
}

type Say = (name: string, numbers: string) => string;

function linesOf(name: BreakdownName, noun: string, say: Say): Chart {
  return {
    id: `${name}s`,
    noun,
    unit: 'events',
    applies: has(name),
    show(selection) {
      const totals = totalsOf(selection, name);
      return overDays(selection, { title: aboutTop(totals, say), totals }, (top) =>
        seriesOf(selection, name, top),
      );
    },
  };
}

/** Lines of the most frequent values; bars where all there is is one day. */
function overDays(
  { facts }: Selection,
  { title, totals }: { title: string; totals: readonly Total[] },
  seriesFor: (top: readonly Total[]) => Series,
): Shown {
  if (!hasDays(facts)) return { kind: 'bars', title, bars: totals, all: sumOf(totals) };
  return { kind: 'lines', title, series: seriesFor(totals.slice(0, maxLines)) };
}

function barsBy(dimension: Dimension, say: Say): Chart {
  return barChart(dimension, {
    applies: hasValues(dimension),
    totals: (one) => totalsBy(one, dimension),
    say,
  });
}

function barsOf(name: BreakdownName, say: Say): Chart {
  return barChart(name, { applies: has(name), totals: (one) => totalsOf(one, name), say });
}

function barChart(
  noun: string,
  { applies, totals, say }: Pick<Chart, 'applies'> & { totals: (selection: Selection) => Total[]; say: Say },
): Chart {
  return {
    id: `by-${noun}`,
    noun,
    unit: 'events',
    applies,
    show(selection) {
      const bars = totals(selection);
      return { kind: 'bars', title: aboutTop(bars, say), bars, all: sumOf(bars) };
    },
  };
}
