/** Companies: their stages, how they moved, and a table of all. */
import type { Analysis, Company } from '../../../analysis/analysis.ts';
import { count, counted, element, share } from './dom.ts';
import type { Shown } from './charts.ts';
import { figure } from './figure.ts';
import { noneText, type Filters } from './filters.ts';
import { isWithin, monthOf, stageChangesOf, type StageChange } from './stage-changes.ts';
import { table } from './table.ts';

const columns = [
  { name: 'company' },
  { name: 'domain' },
  { name: 'stage' },
  { name: 'events', isNumber: true },
  { name: 'downloads', isNumber: true },
  { name: 'views', isNumber: true },
  { name: 'score', isNumber: true },
  { name: 'first seen' },
  { name: 'last seen' },
  { name: 'country' },
  { name: 'industry' },
  { name: 'size' },
];

/** A part of the page that follows the filters. */
export interface Section {
  element: HTMLElement;
  show(filters: Filters): void;
}

export function companySection({ companies, companiesLeftOut }: Analysis): Section {
  const stages = figure({ id: 'stages', noun: 'stage', unit: 'companies' }, 'companies');
  const changes = figure({ id: 'moves', noun: 'from and to', unit: 'companies' }, 'companies');
  const starts = figure({ id: 'starts', noun: 'stage', unit: 'companies' }, 'companies');
  const list = element('div', { id: 'companies-table' });
  const leftOut =
    companiesLeftOut === 0
      ? []
      : [element('p', { class: 'notice' }, `${count(companiesLeftOut)} more rows are left out.`)];
  const note = element('p', { class: 'notice', hidden: true });
  const hasMonths = new Set(companies.flatMap(stageChangesOf).map(({ day }) => monthOf(day))).size > 1;
  const filled = columns.map((_column, index) => companies.some((one) => rowOf(one)[index] !== ''));
  const kept = <Cell>(cells: readonly Cell[]) => cells.filter((_cell, index) => filled[index]);
  const charts = [stages, changes, ...(hasMonths ? [starts] : [])];
  return {
    element: element(
      'section',
      { id: 'companies', 'aria-labelledby': 'companies-title' },
      element('h2', { id: 'companies-title' }, 'Companies'),
      ...leftOut,
      note,
      element('div', { class: 'charts' }, ...charts.map((chart) => chart.element)),
      list,
    ),
    show(filters) {
      const { company, country } = filters;
      const shown = companies.filter(
        (one) => (company === '' || one.name === company) && (country === '' || one.country === country),
      );
      const limits = limitsOf(filters);
      note.hidden = limits === '';
      note.textContent = limits;
      const within = shown.flatMap(stageChangesOf).filter(({ day }) => isWithin(day, filters));
      stages.show(stagesOf(shown));
      changes.show(shownChanges(within));
      if (hasMonths) starts.show(shownStarts(within));
      list.replaceChildren(
        table({
          caption: 'Every company',
          columns: kept(columns),
          rows: shown.map((one) => kept(rowOf(one))),
        }),
      );
    },
  };
}

/** What the filters cannot do here, since a row of a company is a sum over all packages and days. */
function limitsOf({ from, to, artifact }: Filters): string {
  const texts = [
    artifact === ''
      ? ''
      : 'Rows of companies are sums over all packages and pixels: that filter does not act on them.',
    from === '' && to === ''
      ? ''
      : 'The days act on when stages began, not on the stages of today or the table.',
  ];
  return texts.filter((text) => text !== '').join(' ');
}

function rowOf(one: Company): (string | number)[] {
  const numbers = [one.events, one.downloads, one.views, one.score].map((number) => number ?? '');
  const texts = [one.firstSeen, one.lastSeen, one.country, one.industry, one.size];
  return [one.name, one.domain, one.stage, ...numbers, ...texts];
}

function stagesOf(companies: readonly Company[]): Shown {
  const bars = tally(companies.map(({ stage }) => stage || noneText));
  const top = bars[0];
  const title =
    top === undefined
      ? 'No companies match the filters'
      : `Most companies are at ${top.name}: ${count(top.count)} of ${count(companies.length)} (${share(top.count, companies.length)})`;
  return { kind: 'bars', title, bars, all: companies.length };
}

/** The changes of companies from one stage to another. */
function shownChanges(changes: readonly StageChange[]): Shown {
  const between = changes.filter(({ from }) => from !== undefined);
  const bars = tally(between.map(({ from, to }) => `${from} → ${to}`));
  const top = bars[0];
  const title =
    top === undefined
      ? 'No company is known to have moved between stages'
      : `${counted(between.length, 'move')} between stages, most often ${top.name}: ${count(top.count)}`;
  return { kind: 'bars', title, bars, all: between.length };
}

/** In which month stages began. */
function shownStarts(changes: readonly StageChange[]): Shown {
  const months = [...new Set(changes.map(({ day }) => monthOf(day)))].sort();
  const stages = tally(changes.map(({ to }) => to));
  const lines = stages.map(({ name }) => ({
    name,
    counts: months.map(
      (month) => changes.filter(({ day, to }) => to === name && monthOf(day) === month).length,
    ),
  }));
  const latest = months.at(-1);
  const title =
    latest === undefined
      ? 'No company is known to have moved between stages'
      : `In ${latest}, ${count(changes.filter(({ day }) => monthOf(day) === latest).length)} stages of companies began`;
  return {
    kind: 'lines',
    title,
    series: { period: 'month', days: months.map((month) => `${month}-01`), lines },
  };
}

function tally(names: readonly string[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, number]) => ({ name, count: number }))
    .sort((one, two) => two.count - one.count || (one.name < two.name ? -1 : 1));
}
