/** What a terminal shows of an analysis: rows by day, and what most of them have in common. */
import type { Analysis, Company, Facts } from '../../analysis/analysis.ts';
import { totalsBy, totalsByDay, totalsOf, type Total } from '../../analysis/totals.ts';
import { eachDay } from '../../calendar.ts';
import type { Machine } from '../../machine.ts';
import { rowsSummaryLines, type RowsSummary, type TopList } from '../../report/export/rows-summary.ts';
import { loadWidths } from '../../report/terminal/width.ts';

/** So many entries of a list are shown. */
const most = 5;

/** A summary for each kind of rows that can be counted together. */
function rowsSummariesOf({ facts, companies, companiesLeftOut }: Analysis): RowsSummary[] {
  const ofFacts = facts.map(summaryOf);
  if (companies.length === 0) return ofFacts;
  return [...ofFacts, summaryOfCompanies(companies, companies.length + companiesLeftOut)];
}

function summaryOf(facts: Facts): RowsSummary {
  const lists: TopList[] = [
    topOf('countries', totalsBy(facts, 'country')),
    topOf('companies', totalsBy(facts, 'company')),
    topOf('versions', totalsOf(facts, 'version')),
  ];
  // What no row has is no dimension of this export.
  const told = lists.filter(({ entries }) => entries.length > 0);
  return {
    ...(facts.source === 'events' ? {} : { label: facts.label }),
    noun: 'event',
    days: daysOf(facts),
    lists: told,
  };
}

/** Days without rows lie between those with some. */
function daysOf(facts: Facts): RowsSummary['days'] {
  const totals = new Map(totalsByDay(facts).map((count, index) => [facts.days[index], count]));
  const [from, to] = [facts.days[0], facts.days.at(-1)];
  if (from === undefined || to === undefined) return [];
  return eachDay({ from, to }).map((day) => ({ day, count: totals.get(day) ?? 0 }));
}

function topOf(title: string, totals: readonly Total[]): TopList {
  const values = totals.filter(({ kind }) => kind === 'value');
  const sumOf = (kind: Total['kind']) => totals.find((total) => total.kind === kind)?.count ?? 0;
  const total = totals.reduce((sum, { count }) => sum + count, 0);
  return {
    title,
    total,
    entries: values.slice(0, most).map(({ value: name, count }) => ({ name, count })),
    rest: {
      names: Math.max(values.length - most, 0),
      count: values.slice(most).reduce((sum, { count }) => sum + count, 0) + sumOf('other'),
    },
    without: sumOf('none'),
  };
}

function summaryOfCompanies(companies: readonly Company[], count: number): RowsSummary {
  const stages = new Map<string, number>();
  for (const { stage } of companies) stages.set(stage, (stages.get(stage) ?? 0) + 1);
  const byCount = [...stages]
    .map(([value, companiesIn]): Total => ({
      kind: value === '' ? 'none' : 'value',
      value,
      count: companiesIn,
    }))
    .sort((one, other) => other.count - one.count);
  const active = companies.map(({ name, domain, events = 0 }): Total => ({
    kind: 'value',
    value: name === '' ? domain : name,
    count: events,
  }));
  const lists = [
    topOf('stages', byCount),
    topOf(
      'companies by events',
      active.filter((one) => one.count > 0),
    ),
  ];
  return {
    noun: 'company',
    total: count,
    days: [],
    lists: lists.filter(({ entries }) => entries.length > 0),
  };
}

/** The summaries as text, fitted to the terminal; 80 columns where there is none. */
export async function rowsSummaryText(
  analysis: Analysis,
  { machine: { stderr }, ascii }: { machine: Pick<Machine, 'stderr'>; ascii: boolean },
): Promise<string> {
  const isTerminal = stderr.isTTY === true && (stderr.columns ?? 0) > 0;
  const columns = isTerminal ? (stderr.columns ?? defaultColumns) : defaultColumns;
  const look = { columns: Math.max(columns, minColumns), ascii, widths: await loadWidths() };
  return rowsSummariesOf(analysis)
    .map((summary) => `${rowsSummaryLines(summary, look).join('\n')}\n`)
    .join('\n');
}

const defaultColumns = 80;
const minColumns = 20;
