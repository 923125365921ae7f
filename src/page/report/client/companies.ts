/** Companies: their stages, how they moved, and a table of all. */
import type { Analysis, Company } from '../../../analysis/analysis.ts';
import { count, element, share } from './dom.ts';
import type { Shown } from './charts.ts';
import { figure } from './figure.ts';
import { noneText, type Filters } from './filters.ts';
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
  const moves = figure({ id: 'moves', noun: 'month and stage', unit: 'companies' }, 'companies');
  const list = element('div', { id: 'companies-table' });
  const note =
    companiesLeftOut === 0
      ? []
      : [element('p', { class: 'notice' }, `${count(companiesLeftOut)} more rows are left out.`)];
  return {
    element: element(
      'section',
      { id: 'companies', 'aria-labelledby': 'companies-title' },
      element('h2', { id: 'companies-title' }, 'Companies'),
      ...note,
      element('div', { class: 'charts' }, stages.element, moves.element),
      list,
    ),
    show(filters) {
      const { company, country } = filters;
      const shown = companies.filter(
        (one) => (company === '' || one.name === company) && (country === '' || one.country === country),
      );
      stages.show(stagesOf(shown));
      moves.show(movesOf(shown, filters));
      list.replaceChildren(table({ caption: 'Every company', columns, rows: shown.map(rowOf) }));
    },
  };
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

/** When stages began: how many companies went on to each, over all or within the days of the filter. */
function movesOf(companies: readonly Company[], { from, to }: Filters): Shown {
  const moves = companies.flatMap(({ stageStarts }) =>
    Object.entries(stageStarts)
      .filter(([, day]) => day >= from && (to === '' || day <= to))
      .map(([stage, day]) => `${day.slice(0, 7)}: ${stage}`),
  );
  const bars = tally(moves).sort((one, two) => (one.name < two.name ? 1 : -1));
  const title =
    bars.length === 0
      ? 'No company is known to have moved between stages'
      : `${count(moves.length)} times a company went on to a stage, newest month first`;
  return { kind: 'bars', title, bars, all: moves.length };
}

function tally(names: readonly string[]): { name: string; count: number }[] {
  const counts = new Map<string, number>();
  for (const name of names) counts.set(name, (counts.get(name) ?? 0) + 1);
  return [...counts]
    .map(([name, number]) => ({ name, count: number }))
    .sort((one, two) => two.count - one.count || (one.name < two.name ? -1 : 1));
}
