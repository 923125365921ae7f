/** How good the data is: what was read, left out, and is missing. */
import type { Quality } from '../../../analysis/analysis.ts';
import { countDays } from '../../../calendar.ts';
import { count, counted, element } from './dom.ts';

const maxNamedRanges = 60;

export function qualitySection(quality: Quality): HTMLElement {
  const rows: [string, number | string][] = [
    ['Files read', quality.files],
    ['Rows read', quality.rows],
    ['Events counted', quality.events],
    ['Duplicates taken out (by id)', quality.duplicates],
    ['Events without a company', quality.withoutCompany],
    ['Events without a package or pixel', quality.withoutArtifact],
    ['Events without an id', quality.withoutId],
    ['Rows without a time, in no chart', quality.withoutTime],
    ['Events whose company was withheld (quota exceeded)', quality.withheld],
    ['Rows that cannot be read', quality.unreadable],
    ['Days without events', quality.missingDays.count],
  ];
  return element(
    'section',
    { id: 'quality', 'aria-labelledby': 'quality-title' },
    element('h2', { id: 'quality-title' }, sentence(quality)),
    ...notices(quality).map((text) => element('p', { class: 'notice' }, text)),
    element(
      'table',
      { class: 'narrow' },
      element('caption', {}, 'Of everything that was read, whatever the filters'),
      element(
        'thead',
        {},
        element(
          'tr',
          {},
          element('th', { scope: 'col' }, 'what'),
          element('th', { scope: 'col', class: 'number' }, 'number'),
        ),
      ),
      element('tbody', {}, ...rows.map(([name, value]) => row(name, value))),
    ),
  );
}

function row(name: string, value: number | string): HTMLElement {
  const text = typeof value === 'number' ? count(value) : value;
  return element('tr', {}, element('th', { scope: 'row' }, name), element('td', { class: 'number' }, text));
}

function sentence({ duplicates, missingDays, rows, unreadable, withoutTime }: Quality): string {
  if (rows === 0) return 'There were no rows to read';
  const faults = [
    duplicates === 0 ? '' : `${was(duplicates)} repeated`,
    unreadable === 0 ? '' : `${count(unreadable)} could not be read`,
    withoutTime === 0 ? '' : `${count(withoutTime)} had no time`,
    missingDays.count === 0 ? '' : `${counted(missingDays.count, 'day')} had no events`,
  ].filter((text) => text !== '');
  const end = faults.length === 0 ? 'nothing is missing or repeated' : faults.join(', ');
  return `Of ${counted(rows, 'row')} that ${rows === 1 ? 'was' : 'were'} read, ${end}`;
}

function was(number: number): string {
  return `${count(number)} ${number === 1 ? 'was' : 'were'}`;
}

function notices({ folded, idsForgotten, missingDays, originsForgotten }: Quality): string[] {
  return [
    missingDays.count === 0 ? '' : `Days without events: ${missingText(missingDays)}`,
    folded.length === 0
      ? ''
      : `There are too many ${folded.join(', ')} to tell apart: the rarer ones are "(other)".`,
    idsForgotten ? 'There are too many ids to remember: later duplicates were counted.' : '',
    originsForgotten ? 'There are too many origins to tell new ones from those that return.' : '',
  ].filter((text) => text !== '');
}

/** `2026-11-02, 2026-11-05 to 2026-11-07`; what is beyond the bound is a number. */
function missingText({ count: total, ranges }: Quality['missingDays']): string {
  const named = ranges.slice(0, maxNamedRanges);
  const rest = total - named.reduce((sum, days) => sum + countDays(days), 0);
  const texts = named.map(({ from, to }) => (from === to ? from : `${from} to ${to}`));
  return `${texts.join(', ')}${rest === 0 ? '' : ` and ${counted(rest, 'more day', 'more days')}`}`;
}
