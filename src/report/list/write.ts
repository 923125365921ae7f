/** Renders all lists: as a table for people, as JSON or CSV for programs, or through a jq filter. */
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { colorsFor } from '../terminal/colors.ts';
import { printable } from '../terminal/printable.ts';
import { loadWidths } from '../terminal/width.ts';
import { jsonText } from './json-text.ts';
import type { List, ListColumn, ListSettings, ListValue } from './list.ts';
import { tableLines } from './table.ts';

export interface ListMachine extends Pick<Machine, 'stdout' | 'stderr' | 'environment' | 'now'> {
  /** Aborts a filter that does not end. */
  signal?: AbortSignal;
}

/** A list in the format that the user chose. */
export interface ListView<Row> {
  /** `document`: what `--json` prints, when that is more than the rows. */
  write(rows: readonly Row[], document?: unknown): Promise<void>;
}

/**
 * Interprets the user's choices before any request is made. Throws a Failure `usage` for columns or formats
 * that the list does not have.
 */
export function viewOf<Row>(list: List<Row>, settings: ListSettings, machine: ListMachine): ListView<Row> {
  const { json, jq, output } = settings;
  if (json && output !== undefined && output !== 'json')
    throw new Failure('usage', `--json and --output ${output} cannot be used together`);
  if (jq !== undefined && output !== undefined && output !== 'json')
    throw new Failure('usage', `--jq works on JSON, not on --output ${output}`);
  const chosen = settings.columns?.map((name) => columnNamed(list, name));
  const form = json || jq !== undefined ? 'json' : (output ?? 'table');
  return {
    async write(rows, document) {
      if (form === 'table') return writeTable(list, { rows, chosen }, machine);
      const columns = chosen ?? list.columns;
      if (form === 'csv') return writeCsv(columns, rows, machine);
      const hasDocument = json && chosen === undefined && document !== undefined;
      const made = hasDocument ? document : rows.map((row) => recordOf(list, chosen, row));
      if (jq === undefined) machine.stdout.write(`${jsonText(made)}\n`);
      else await writeFiltered(made, jq, machine);
    },
  };
}

function columnNamed<Row>({ columns }: List<Row>, name: string): ListColumn<Row> {
  const found = columns.find((column) => column.name === name.toLowerCase());
  if (found !== undefined) return found;
  const names = columns.map((column) => column.name).join(', ');
  throw new Failure('usage', `there is no column "${name}"`, { hint: `choose from ${names}` });
}

async function writeTable<Row>(
  { columns, empty }: List<Row>,
  { rows, chosen }: { rows: readonly Row[]; chosen: readonly ListColumn<Row>[] | undefined },
  machine: ListMachine,
): Promise<void> {
  const { stdout, stderr, environment } = machine;
  if (rows.length === 0) {
    stderr.write(`${empty}\n`);
    return;
  }
  const shown = chosen ?? columns.filter(({ isExtra }) => isExtra !== true);
  const width = stdout.isTTY === true && (stdout.columns ?? 0) > 0 ? stdout.columns : undefined;
  const lines = tableLines(shown, rows, {
    width,
    nowMs: machine.now(),
    colors: colorsFor(stdout, environment),
    widths: await loadWidths(),
  });
  stdout.write(`${lines.join('\n')}\n`);
}

function recordOf<Row>(list: List<Row>, chosen: readonly ListColumn<Row>[] | undefined, row: Row): unknown {
  if (chosen === undefined && list.toJson !== undefined) return list.toJson(row);
  const columns = chosen ?? list.columns;
  return Object.fromEntries(columns.map((column) => [column.name, valueOf(column, row)]));
}

function valueOf<Row>(column: ListColumn<Row>, row: Row): ListValue {
  return column.value(row) ?? null;
}

/** CSV according to RFC 4180, with a header; on a terminal without control characters. */
async function writeCsv<Row>(
  columns: readonly ListColumn<Row>[],
  rows: readonly Row[],
  { stdout }: ListMachine,
): Promise<void> {
  const { stringify } = await import('csv-stringify/sync');
  const text = (value: ListValue) => (value === null ? '' : String(value));
  const cells = rows.map((row) => columns.map((column) => text(valueOf(column, row))));
  const written = stringify([columns.map(({ name }) => name), ...cells], { quoted_match: /[\r\n]/ });
  stdout.write(stdout.isTTY === true ? printable(written) : written);
}

async function writeFiltered(value: unknown, filter: string, { stdout, signal }: ListMachine): Promise<void> {
  const { runJq } = await import('./jq.ts');
  const text = await runJq(filter, jsonText(value), signal);
  stdout.write(stdout.isTTY === true ? printable(text) : text);
}
