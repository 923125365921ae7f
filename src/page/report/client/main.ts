/** The report: reads the data of the page, and redraws it whenever a filter changes. */
import type { Analysis, Facts } from '../../../analysis/analysis.ts';
import { CHARTS } from './charts.ts';
import { companySection, type Section } from './companies.ts';
import { readData, type ReportData } from './data.ts';
import { count, counted, element } from './dom.ts';
import { figure } from './figure.ts';
import { filterForm, type Filters } from './filters.ts';
import { periodOf } from './period.ts';
import { qualitySection } from './quality.ts';
import { select, totalCount } from './selection.ts';
import { events } from './sentences.ts';

const everything: Filters = { from: '', to: '', artifact: '', country: '', company: '' };

async function start(): Promise<void> {
  const place = document.getElementById('report') as HTMLElement;
  try {
    draw(place, await readData());
    place.dataset['state'] = 'ready';
  } catch (error) {
    place.dataset['state'] = 'failed';
    place.replaceChildren(
      element('p', { class: 'notice' }, `This browser cannot show the report: ${String(error)}`),
    );
  }
}

function draw(place: HTMLElement, { analysis }: ReportData): void {
  const status = element('p', { role: 'status', id: 'status' });
  const sections = [
    ...analysis.facts.map((facts, index) => factsSection(facts, index)),
    ...(analysis.companies.length > 0 ? [companySection(analysis)] : []),
  ];
  const show = (filters: Filters) => {
    for (const section of sections) section.show(filters);
    status.textContent = statusOf(analysis, filters);
  };
  place.replaceChildren(
    figures(analysis),
    element('div', { class: 'bar' }, filterForm(analysis.facts, show), themeButton()),
    status,
    ...sections.map((section) => section.element),
    qualitySection(analysis.quality),
  );
  show(everything);
}

function factsSection(facts: Facts, index: number): Section {
  const prefix = facts.source === 'events' ? 'events' : `${facts.source}-${index}`;
  const figures = CHARTS.filter(({ applies }) => applies(facts)).map((chart) => ({
    chart,
    figure: figure(chart, prefix),
  }));
  const note = element('p', { class: 'notice', hidden: true });
  return {
    element: element(
      'section',
      { id: prefix, 'aria-labelledby': `${prefix}-heading` },
      element('h2', { id: `${prefix}-heading` }, headingOf(facts)),
      note,
      element('div', { class: 'charts' }, ...figures.map((one) => one.figure.element)),
    ),
    show(filters) {
      const selection = select(facts, filters);
      note.hidden = selection.unanswered.length === 0;
      note.textContent = `These rows do not tell the ${selection.unanswered.join(' or the ')}, so that the filter leaves none of them.`;
      for (const one of figures) one.figure.show(one.chart.show(selection));
    },
  };
}

function headingOf({ source, label }: Facts): string {
  if (source === 'events') return 'Events';
  return source === 'rollup' ? 'Companies by day' : `Aggregates: ${label}`;
}

/** Of the events, and of the companies where there are no events. */
function statusOf({ facts, companies }: Analysis, filters: Filters): string {
  const first = facts[0];
  if (first === undefined && companies.length === 0) return 'There are no rows to show';
  if (first === undefined) return counted(companies.length, 'company', 'companies');
  const selection = select(first, filters);
  const days = Math.max(0, selection.lastDay - selection.firstDay + 1);
  return `${events(totalCount(selection))} on ${counted(days, 'day')}`;
}

function figures({ facts, companies, quality }: Analysis): HTMLElement {
  const first = facts[0];
  const origins = first?.cells.newOrigins?.reduce((sum, one) => sum + one, 0);
  const period = first === undefined ? 'day' : periodOf(first);
  const list: [number | undefined, string, string][] = [
    [first?.source === 'events' ? quality.events : undefined, 'event', 'events'],
    [first?.days.length, period, `${period}s`],
    [first?.artifacts.values.length, 'package or pixel', 'packages and pixels'],
    [first?.countries.values.length, 'country', 'countries'],
    [companies.length || first?.companies.values.length, 'company', 'companies'],
    [origins, 'origin', 'origins'],
  ];
  const items = list.flatMap(([value, one, several]) =>
    value === undefined
      ? []
      : [element('li', {}, element('b', {}, count(value)), value === 1 ? one : several)],
  );
  return element('ul', { class: 'figures' }, ...items);
}

/** From what the system prefers to the other, and back. */
function themeButton(): HTMLElement {
  const button = element('button', { type: 'button', class: 'screen', id: 'theme' }, 'Light or dark');
  button.addEventListener('click', () => {
    const root = document.documentElement;
    const isDark =
      (root.dataset['theme'] ?? (matchMedia('(prefers-color-scheme: dark)').matches ? 'dark' : '')) ===
      'dark';
    root.dataset['theme'] = isDark ? 'light' : 'dark';
    document.dispatchEvent(new Event('themechange'));
  });
  return button;
}

void start();
