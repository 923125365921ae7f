/** The options about tables, and from their values to a format. */
import type { Format } from '../../contracts/format.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { EmptyCells } from './cells.ts';
import { createTableFormat } from './csv.ts';
import { CSV_DIALECT, TSV_DIALECT, type Dialect, type Ragged } from './dialect.ts';
import { readHeaderNames } from './first-record.ts';
import type { Header } from './header.ts';
import { lookForDelimiter, refuseRowAsHeader, separatorLine, trailingDelimiter } from './look.ts';

export const TABLE_OPTIONS: readonly OptionSpec[] = [
  {
    name: 'delimiter',
    flags: '--delimiter <text>',
    description: 'what stands between the cells of a table, one or more characters: ";", \\t, \\x01, "||"',
    parse: parseDelimiter,
    recipe: true,
  },
  {
    name: 'quote',
    flags: '--quote <character|none>',
    description: 'what stands around cells of a table: a double quote, in TSV nothing',
    parse: (text: string) => (text === 'none' ? text : oneCharacter(text)),
    recipe: true,
  },
  {
    name: 'escape',
    flags: '--escape <character>',
    description:
      'what stands in front of a quote inside quotes, if not another quote; with --quote none also \\t, \\n',
    parse: oneCharacter,
    recipe: true,
  },
  {
    name: 'null',
    flags: '--null <text>',
    description: 'a cell with this text, and no quotes around it, is empty: NULL, \\N',
    repeatable: true,
    recipe: true,
  },
  {
    name: 'trim',
    flags: '--trim',
    description: 'leave out white space around cells',
    kind: 'flag',
    recipe: true,
  },
  {
    name: 'comment',
    flags: '--comment <prefix>',
    description: 'lines of a table that begin with this are none of its rows',
    recipe: true,
  },
  {
    name: 'skipLines',
    flags: '--skip-lines <n>',
    description: 'lines in front of a table that are passed over',
    kind: 'count',
    recipe: true,
  },
  {
    name: 'ragged',
    flags: '--ragged <action>',
    description:
      'rows of more or fewer cells than columns are rejects; or short ones get empty cells (pad), or long ones lose some (truncate) (default: reject)',
    choices: ['reject', 'pad', 'truncate'],
    recipe: true,
  },
  {
    name: 'header',
    flags: '--header <none|names>',
    description:
      'names of the columns of a CSV without a header, by commas; none: column1, column2 and so on',
    recipe: true,
  },
  {
    name: 'empty',
    flags: '--empty <action>',
    description: 'what an empty cell of a CSV becomes',
    choices: ['omit', 'null', 'string'],
    default: 'omit',
    recipe: true,
  },
];

/** The values of `TABLE_OPTIONS`, and what only a preset sets. */
export interface TableSettings {
  delimiter?: string | undefined;
  quote?: string | undefined;
  escape?: string | undefined;
  null?: readonly string[] | undefined;
  trim?: boolean | undefined;
  comment?: string | undefined;
  skipLines?: number | undefined;
  ragged?: Ragged | undefined;
  header?: string | undefined;
  empty: EmptyCells;
  brackets?: boolean | undefined;
}

/** A table in the dialect asked for, or in the one that its beginning shows. Throws a Failure `usage` for a row in the place of a header. */
export function createTable(
  name: 'csv' | 'tsv',
  settings: TableSettings,
  { path, head }: { path: string; head: Buffer },
): Format {
  const asked = dialectOf(name, settings);
  const header = headerOf(settings.header);
  const { dialect, notes } =
    settings.delimiter === undefined ? detected(asked, head) : { dialect: asked, notes: [] };
  if (header === 'first') {
    refuseRowAsHeader(readHeaderNames(head, dialect), path);
    notes.push(...trailingDelimiter(head, dialect));
  }
  const told = notes.map((note) => `${path}: ${note}`);
  return createTableFormat({ name, dialect, header, empty: settings.empty, notes: told });
}

function dialectOf(name: 'csv' | 'tsv', settings: TableSettings): Dialect {
  const usual = name === 'csv' ? CSV_DIALECT : TSV_DIALECT;
  const { delimiter, quote, escape, null: nulls = [], trim, comment, skipLines, ragged, brackets } = settings;
  return {
    delimiter: delimiter ?? usual.delimiter,
    quote: quote === undefined ? usual.quote : quote === 'none' ? undefined : quote,
    escape,
    brackets: brackets ?? false,
    nulls,
    trim: trim ?? false,
    comment: comment === '' ? undefined : comment,
    skipLines: skipLines ?? 0,
    ragged: ragged ?? 'reject',
  };
}

/** `sep=;` in front of a table says what stands between its cells; else its first lines may show it. */
function detected(asked: Dialect, head: Buffer): { dialect: Dialect; notes: string[] } {
  const said = separatorLine(head);
  if (said !== undefined) {
    return { dialect: { ...asked, delimiter: said, skipLines: Math.max(1, asked.skipLines) }, notes: [] };
  }
  const { delimiter, note } = lookForDelimiter(head, asked);
  return { dialect: { ...asked, delimiter }, notes: note === undefined ? [] : [note] };
}

function headerOf(names: string | undefined): Header {
  if (names === undefined) return 'first';
  return names === 'none' ? 'none' : names.split(',').map((name) => name.trim());
}

function parseDelimiter(text: string): string {
  const characters = text === 'tab' ? '\t' : unescaped(text);
  if (characters !== '' && !/["\r\n]/.test(characters)) return characters;
  throw new Error(`"${text}" is not one or more characters without quotes and line ends`);
}

/** `\t`, `\x01` and `\u00a6` are the characters that they stand for. */
function unescaped(text: string): string {
  return text.replace(/\\(?:t|x([\da-f]{2})|u([\da-f]{4}))/gi, (_whole, short?: string, long?: string) => {
    const code = short ?? long;
    return code === undefined ? '\t' : String.fromCharCode(Number.parseInt(code, 16));
  });
}

function oneCharacter(text: string): string {
  if (/^[\x21-\x7e]$/.test(text)) return text;
  throw new Error(`"${text}" is not one character of ASCII`);
}
