/** Counts sums that Scarf made: aggregates by breakdown, and companies by day and artifact. */
import { readDayNumber } from '../../replies/dedupe/row-day.ts';
import type { BreakdownName, Facts } from '../analysis.ts';
import { FactTable } from '../facts/fact-table.ts';
import { absent, type Dictionary } from '../tables/dictionary.ts';
import { Digest } from '../tables/text.ts';
import { clientEnd, refererEnd } from '../events/event-cells.ts';
import type { FoundCells } from './csv-cells.ts';
import type { RowCounter } from './counter.ts';

/** How many different sums are kept apart: rollups by their breakdowns. */
const maxTables = 32;

const FIELDS = [
  'date',
  'total',
  'rollup',
  'breakdown',
  'breakdowns',
  'artifact',
  'artifact_name',
  'package',
  'package_name',
  'pixel',
  'pixel_name',
  'country',
  'company_name',
  'company_domain',
  'company',
  'version',
  'platform',
  'client',
  'user_agent',
  'referer',
];

/** The cells that fill a breakdown, the first that has something, and how much of it counts. */
const valueCells: readonly {
  name: BreakdownName;
  fields: readonly string[];
  endOf?: (bytes: Buffer, from: number, to: number) => number;
}[] = [
  { name: 'version', fields: ['version'] },
  { name: 'platform', fields: ['platform'] },
  { name: 'client', fields: ['client', 'user_agent'], endOf: clientEnd },
  { name: 'referer', fields: ['referer'], endOf: refererEnd },
];

/** Sums of different rollups and breakdowns are never added up: each has a table of its own. */
export class TotalCounter implements RowCounter {
  readonly fields = FIELDS;
  rows = 0;
  readonly #source: 'aggregates' | 'rollup';
  readonly #tables = new Map<string, FactTable>();
  readonly #digest = new Digest();
  withoutTime = 0;
  unreadable = 0;

  constructor(source: 'aggregates' | 'rollup') {
    this.#source = source;
  }

  count(cells: FoundCells): void {
    const total = Number(textIn(cells, 'total').trim() || Number.NaN);
    const [dateFrom, dateTo] = spanOf(cells, ['date']);
    const day = readDayNumber(cells.text.bytes, dateFrom, dateTo);
    const table = Number.isFinite(total) ? this.#tableOf(cells) : undefined;
    const index = day === 0 ? -1 : (table?.dayIndex(day) ?? -1);
    if (table === undefined) this.unreadable++;
    else if (index < 0) this.withoutTime++;
    else this.#add(table, cells, { day: index, total });
  }

  pack(): Facts[] {
    return [...this.#tables.values()].filter(({ isEmpty }) => !isEmpty).map((table) => table.pack());
  }

  folded(): string[] {
    return [...this.#tables.values()].flatMap((table) => table.folded());
  }

  #add(table: FactTable, cells: FoundCells, { day, total }: { day: number; total: number }): void {
    const artifactFields = ['artifact_name', 'package_name', 'pixel_name', 'artifact', 'package', 'pixel'];
    const artifact = this.#number(table.artifacts, cells, spanOf(cells, artifactFields));
    const country = this.#number(table.countries, cells, spanOf(cells, ['country']));
    const company = this.#number(table.companies, cells, spanOf(cells, ['company_name', 'company']));
    if (company !== absent && !table.domains.has(company)) {
      table.domains.set(company, textIn(cells, 'company_domain'));
    }
    const cell = table.add({ day, artifact, country, company }, total);
    for (const { name, fields, endOf } of valueCells) {
      const [from, to] = spanOf(cells, fields);
      if (from === to) continue;
      const end = endOf?.(cells.text.bytes, from, to) ?? to;
      const values = table.breakdown(name);
      values.add(cell, this.#number(values.dictionary, cells, [from, end]), total);
    }
    table.settle();
  }

  #tableOf(cells: FoundCells): FactTable | undefined {
    const label = this.#source === 'rollup' ? '' : labelOf(cells);
    const known = this.#tables.get(label);
    if (known !== undefined || this.#tables.size >= maxTables) return known;
    const table = new FactTable({ source: this.#source, label });
    this.#tables.set(label, table);
    return table;
  }

  #number(dictionary: Dictionary, { text }: FoundCells, [from, to]: readonly [number, number]): number {
    return dictionary.numberOf(text, from, to, this.#digest);
  }
}

/** `daily by-country`, `daily by-country, by-company`. */
function labelOf(cells: FoundCells): string {
  const several = textIn(cells, 'breakdowns').match(/by-[a-z-]+/g);
  const breakdowns = several === null ? textIn(cells, 'breakdown') : several.join(', ');
  return `${textIn(cells, 'rollup')} ${breakdowns}`.trim().slice(0, 120);
}

function textIn({ text, from, to }: FoundCells, name: string): string {
  const index = FIELDS.indexOf(name);
  return text.bytes.toString('utf8', from[index], to[index]);
}

/** The first of the cells that has something; an empty range when none has. */
function spanOf({ from, to }: FoundCells, names: readonly string[]): [number, number] {
  for (const name of names) {
    const index = FIELDS.indexOf(name);
    if (from[index] !== to[index]) return [from[index] as number, to[index] as number];
  }
  return [0, 0];
}
