/** The options for tables. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';

const TABLES = ['format=auto', 'format=csv', 'format=tsv'] as const;
const TABLES_AND_LOGS = [...TABLES, 'format=log'] as const;

export const TABLE_OPTIONS = [
  {
    name: 'delimiter',
    group: 'input',
    flags: '--delimiter <text>',
    description: 'what stands between the cells of a table, one or more characters: ";", \\t, \\x01, "||"',
    parse: parseDelimiter,
    needs: TABLES,
    recipe: true,
  },
  {
    name: 'quote',
    group: 'input',
    flags: '--quote <character|none>',
    description: 'what stands around cells of a table: a double quote, in TSV nothing',
    parse: (text: string) => (text === 'none' ? text : oneCharacter(text)),
    needs: TABLES,
    recipe: true,
  },
  {
    name: 'escape',
    group: 'input',
    flags: '--escape <character|none>',
    description:
      'what stands in front of a quote inside quotes, or none, if not another quote; with --quote none also \\t, \\n',
    parse: (text: string) => (text === 'none' ? text : oneCharacter(text)),
    needs: TABLES,
    recipe: true,
  },
  {
    name: 'escapeAll',
    group: 'input',
    flags: '--escape-all',
    description: 'the escape counts in front of any character, in cells without quotes too',
    kind: 'flag',
    needs: TABLES,
    recipe: true,
  },
  {
    name: 'null',
    group: 'input',
    flags: '--null <text>',
    description: 'a cell with this text, and no quotes around it, is empty: NULL, \\N',
    repeatable: true,
    needs: TABLES_AND_LOGS,
    recipe: true,
  },
  {
    name: 'trim',
    group: 'input',
    flags: '--trim',
    description: 'leave out white space around cells',
    kind: 'flag',
    needs: TABLES,
    recipe: true,
  },
  {
    name: 'comment',
    group: 'input',
    flags: '--comment <prefix>',
    description: 'lines of a table that begin with this are none of its rows',
    needs: TABLES,
    recipe: true,
  },
  {
    name: 'skipLines',
    group: 'input',
    flags: '--skip-lines <n>',
    description: 'lines in front of a table that are passed over',
    parse: parseSkippedLines,
    needs: TABLES,
    recipe: true,
  },
  {
    name: 'ragged',
    group: 'input',
    flags: '--ragged <action>',
    description:
      'rows of more or fewer cells than columns are rejects; or short ones get empty cells (pad), or long ones lose some (truncate), or both (fit) (default: reject)',
    choices: ['reject', 'pad', 'truncate', 'fit'],
    needs: TABLES_AND_LOGS,
    recipe: true,
  },
  {
    name: 'header',
    group: 'input',
    flags: '--header <none|first|fields|names>',
    description:
      'names of the columns of a table without a header, by commas; none: column1, column2 and so on; first: they are in the first row; fields: in a line "#Fields:" as web servers write it',
    needs: TABLES_AND_LOGS,
    recipe: true,
  },
  {
    name: 'empty',
    group: 'input',
    flags: '--empty <action>',
    description: 'what an empty cell of a CSV becomes',
    choices: ['omit', 'null', 'string'],
    default: 'omit',
    needs: TABLES_AND_LOGS,
    recipe: true,
  },
] as const satisfies readonly OptionSpec[];

export type TableSettings = ValuesOf<typeof TABLE_OPTIONS>;

function parseDelimiter(text: string): string {
  const characters = text === 'tab' ? '\t' : unescaped(text);
  if (characters !== '' && !/["\r\n]/.test(characters)) return characters;
  throw new Error(`"${text}" is not one or more characters without quotes and line ends`);
}

/** Replaces `\t`, `\x01` and `\u00a6` by the characters they mean. */
function unescaped(text: string): string {
  return text.replace(/\\(?:t|x([\da-f]{2})|u([\da-f]{4}))/gi, (_whole, short?: string, long?: string) => {
    const code = short ?? long;
    return code === undefined ? '\t' : String.fromCharCode(Number.parseInt(code, 16));
  });
}

/** A file of rejects begins with as many lines, so that the same options read it. */
const maxSkippedLines = 1_000_000;

function parseSkippedLines(text: string): number {
  const lines = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  if (lines <= maxSkippedLines) return lines;
  throw new Error(`"${text}" is not a number of lines from 0 to ${maxSkippedLines}`);
}

function oneCharacter(text: string): string {
  if (/^[\x21-\x7e]$/.test(text)) return text;
  throw new Error(`"${text}" is not one character of ASCII`);
}
