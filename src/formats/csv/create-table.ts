/** Creates a table format from the values of its options, and from the beginning of the file for what they leave open. */
import type { Format } from '../../contracts/format.ts';
import { Failure } from '../../failure.ts';
import { createTableFormat } from './csv.ts';
import { CSV_DIALECT, TSV_DIALECT, type Dialect } from './dialect.ts';
import { readFieldsLine, type FieldsLine } from './fields-line.ts';
import { readHeaderNames } from './first-record.ts';
import type { Header } from './header.ts';
import {
  detectDelimiter,
  quotedNames,
  refuseRowAsHeader,
  separatorLine,
  trailingDelimiter,
} from './detect-dialect.ts';
import type { TableSettings } from './options.ts';

/**
 * A table in the requested dialect; what was not requested is detected from its beginning. Throws a Failure
 * `usage` when a row is where the header should be.
 */
export function createTable(
  name: 'csv' | 'tsv',
  settings: TableSettings,
  { path, head }: { path: string; head: Buffer },
): Format {
  const isNamedByLine = /^fields(:|$)/.test(settings.header ?? '');
  const fieldsLine = isNamedByLine ? readFieldsLine(head) : undefined;
  const asked = dialectOf(name, { ...settings, ...(isNamedByLine ? { comment: '#' } : {}) });
  const header = headerOf(settings.header, fieldsLine, path);
  const { dialect, notes } = detected(asked, settings.delimiter !== undefined, head);
  if (header === 'first') {
    const names = headerNames(head, dialect, path);
    refuseRowAsHeader(names, path);
    notes.push(...trailingDelimiter(head, dialect), ...quotedNames(names, dialect));
  }
  const told = notes.map((note) => `${path}: ${note}`);
  return createTableFormat({
    name,
    dialect,
    header,
    ...(fieldsLine === undefined ? {} : { fieldsLine: fieldsLine.text }),
    empty: settings.empty,
    notes: told,
  });
}

function dialectOf(name: 'csv' | 'tsv', settings: TableSettings): Dialect {
  const usual = name === 'csv' ? CSV_DIALECT : TSV_DIALECT;
  const {
    delimiter,
    quote,
    escape,
    escapeAll,
    null: nulls = [],
    trim,
    comment,
    skipLines,
    ragged,
  } = settings;
  return {
    delimiter: delimiter ?? usual.delimiter,
    quote: quote === undefined ? usual.quote : noneIsUndefined(quote),
    escape: noneIsUndefined(escape),
    escapeAll: escapeAll ?? false,
    nulls,
    trim: trim ?? false,
    comment: comment === '' ? undefined : comment,
    skipLines: skipLines ?? 0,
    ragged: ragged ?? 'reject',
  };
}

function noneIsUndefined(text: string | undefined): string | undefined {
  return text === 'none' ? undefined : text;
}

/** Throws a Failure `usage` where a `#Fields:` line should name the columns and there is none. */
function headerOf(asked: string | undefined, fieldsLine: FieldsLine | undefined, path: string): Header {
  if (asked === undefined || asked === 'first') return 'first';
  if (asked === 'none') return 'none';
  const names = fieldsLine?.names ?? listedNames(asked);
  if (names !== undefined) return names;
  throw new Failure('usage', `${path}: no line "#Fields:" in front of the rows`, {
    hint: 'name the columns: --header date,time,…',
  });
}

/** The names listed by `--header`; undefined where the option says how to find them. */
export function listedNames(header: string | undefined): readonly string[] | undefined {
  if (header === undefined || ['none', 'first', 'fields'].includes(header)) return undefined;
  return header
    .replace(/^fields:/, '')
    .split(',')
    .map((name) => name.trim());
}

/**
 * Detects the delimiter unless the user gave one: from a line `sep=;` before the table, which is always
 * skipped, or otherwise from the first lines.
 */
function detected(asked: Dialect, isAsked: boolean, head: Buffer): { dialect: Dialect; notes: string[] } {
  const said = separatorLine(head);
  if (said !== undefined) {
    const delimiter = isAsked ? asked.delimiter : said;
    return { dialect: { ...asked, delimiter, skipLines: Math.max(1, asked.skipLines) }, notes: [] };
  }
  if (isAsked) return { dialect: asked, notes: [] };
  const { delimiter, note } = detectDelimiter(head, asked);
  return { dialect: { ...asked, delimiter }, notes: note === undefined ? [] : [note] };
}

/** Throws a Failure `usage` that names the file when its header cannot be read. */
function headerNames(head: Buffer, dialect: Dialect, path: string): readonly string[] {
  try {
    return readHeaderNames(head, dialect);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    throw new Failure(error.kind, `${path}: ${error.message}`, {
      ...(error.hint === undefined ? {} : { hint: error.hint }),
      cause: error,
    });
  }
}
