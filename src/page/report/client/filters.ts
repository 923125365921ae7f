/** What the reader has chosen to see: one choice for all charts. */
import type { Facts } from '../../../analysis/analysis.ts';
import { element } from './dom.ts';

/** Days are inclusive; an empty text is no restriction. */
export interface Filters {
  from: string;
  to: string;
  artifact: string;
  country: string;
  company: string;
}

export const DIMENSIONS = ['artifact', 'country', 'company'] as const;
export type Dimension = (typeof DIMENSIONS)[number];

/** What the texts without a value of their own are called. */
export const noneText = '(none)';
export const otherText = '(other)';

/** As many as a list of suggestions can bear; what is typed may be any value. */
const maxSuggestions = 300;

const labels: Record<Dimension, string> = {
  artifact: 'Package or pixel',
  country: 'Country',
  company: 'Company',
};

export function valuesOf(facts: Facts, dimension: Dimension): readonly string[] {
  const lists = { artifact: facts.artifacts, country: facts.countries, company: facts.companies };
  return lists[dimension].values;
}

/** The form; `onChange` hears each new choice. */
export function filterForm(facts: readonly Facts[], onChange: (filters: Filters) => void): HTMLElement {
  const days = facts.flatMap((one) => one.days).sort();
  const [first, last] = [days[0] ?? '', days.at(-1) ?? ''];
  const inputs = {
    from: element('input', { type: 'date', id: 'filter-from', min: first, max: last }),
    to: element('input', { type: 'date', id: 'filter-to', min: first, max: last }),
    ...Object.fromEntries(DIMENSIONS.map((dimension) => [dimension, searchField(dimension)])),
  } as Record<keyof Filters, HTMLInputElement>;
  const read = () =>
    onChange({
      from: inputs.from.value,
      to: inputs.to.value,
      artifact: inputs.artifact.value,
      country: inputs.country.value,
      company: inputs.company.value,
    });
  const reset = element('button', { type: 'button' }, 'Show everything');
  const form = element(
    'form',
    { class: 'filters screen', 'aria-label': 'Filters', id: 'filters' },
    labelled('From', inputs.from),
    labelled('To', inputs.to),
    ...DIMENSIONS.flatMap((dimension) => [
      labelled(labels[dimension], inputs[dimension]),
      suggestions(facts, dimension),
    ]),
    reset,
  );
  form.addEventListener('input', read);
  form.addEventListener('submit', (event) => event.preventDefault());
  reset.addEventListener('click', () => {
    form.reset();
    read();
  });
  return form;
}

function searchField(dimension: Dimension): HTMLInputElement {
  return element('input', {
    type: 'search',
    id: `filter-${dimension}`,
    list: `values-${dimension}`,
    placeholder: 'all',
    autocomplete: 'off',
    spellcheck: 'false',
  });
}

function labelled(text: string, input: HTMLInputElement): HTMLElement {
  return element('div', {}, element('label', { for: input.id }, text), input);
}

function suggestions(facts: readonly Facts[], dimension: Dimension): HTMLElement {
  const values = new Set(facts.flatMap((one) => valuesOf(one, dimension).slice(0, maxSuggestions)));
  const list = element('datalist', { id: `values-${dimension}` });
  for (const value of values) list.append(element('option', { value }));
  if (values.size > 0) list.append(element('option', { value: noneText }));
  return list;
}
