/** The options about formats, and from their values to a format. */
import type { Format } from '../contracts/format.ts';
import type { OptionSpec } from '../settings/option-spec.ts';
import { Failure } from '../failure.ts';
import type { LogFieldNames } from '../contracts/log-fields.ts';
import type { ValuesOf } from '../settings/values.ts';
import { createTable, listedNames } from './csv/create-table.ts';
import { TABLE_OPTIONS } from './csv/options.ts';
import { detectFormat, looksLikeLog, type DetectedFormat } from './detect.ts';
import { createJsonFormat } from './json/json.ts';
import type { InputHead, IsField } from './json/layout.ts';
import { compileLinePattern } from './text/line-pattern.ts';
import { createLogFormat, hasPairRows } from './log/log.ts';
import { createNdjsonFormat } from './ndjson.ts';
import { findPreset, PRESETS, presetValues } from './presets.ts';
import { createTextFormat } from './text/text.ts';

export const FORMAT_OPTIONS = [
  {
    name: 'format',
    group: 'input',
    common: true,
    flags: '--format <format>',
    description: 'input format; auto detects it by name, then by content',
    choices: ['auto', 'ndjson', 'csv', 'tsv', 'json', 'text', 'log'],
    default: 'auto',
    recipe: true,
  },
  {
    name: 'path',
    group: 'input',
    flags: '--path <keys>',
    description: 'of JSON: where in each value the list of rows is, dotted: data.items',
    needs: ['format=auto', 'format=json'],
    parse: parsePath,
    recipe: true,
  },
  ...TABLE_OPTIONS,
  {
    name: 'only',
    group: 'input',
    flags: '--only <text>',
    description: 'lines of JSON or key=value without this text are no rows',
    needs: ['format=log'],
    recipe: true,
  },
  {
    name: 'multilineStart',
    group: 'input',
    flags: '--multiline-start <regex>',
    description:
      'a line that matches begins an event, the lines that do not go on with it; RE2 syntax, without look-around and back references',
    parse: parsePattern,
    needs: ['format=text'],
    recipe: true,
  },
] as const satisfies readonly OptionSpec[];

export type FormatSettings = ValuesOf<typeof FORMAT_OPTIONS>;

/** `--preset`, for a vendor with these names for what logs tell. */
export function presetOption(names: LogFieldNames) {
  return {
    name: 'preset',
    group: 'input',
    common: true,
    flags: '--preset <name>',
    description:
      'how a well-known kind of file is read, and which fields a log becomes; other options win (scarf-cli help presets)',
    choices: PRESETS.map(({ name }) => name),
    implies: (name: string) => {
      const preset = findPreset(name);
      return preset === undefined ? {} : presetValues(preset, names);
    },
  } as const satisfies OptionSpec<string>;
}

/** The value of `presetOption`. */
export type PresetSettings = ValuesOf<[ReturnType<typeof presetOption>]>;

/** What a format is detected by. */
export interface InputSample {
  path: string;
  head: InputHead;
  /** Whether a key is one that the target reads. */
  isField?: IsField | undefined;
}

/**
 * The format of an input, by its first bytes when it is `auto`. Throws a
 * Failure `usage` when it cannot be told. Options of another format do not count.
 */
export function createFormat(settings: FormatSettings, { path, head, isField }: InputSample): Format {
  const detected =
    settings.format === 'auto' ? detect(settings, { path, head, isField }) : { name: settings.format };
  if (detected === undefined) throw cannotTell(path, head.bytes);
  const { name } = detected;
  switch (name) {
    case 'ndjson':
      return createNdjsonFormat(detected);
    case 'json':
      return createJsonFormat({
        ...detected,
        ...(settings.path === undefined ? {} : { path: settings.path.split('.') }),
      });
    case 'text':
      return createTextFormat(
        settings.multilineStart === undefined ? undefined : compileLinePattern(settings.multilineStart),
      );
    case 'log':
      return createLogFormat({
        columns: listedNames(settings.header),
        nulls: settings.null ?? [],
        empty: settings.empty,
        ragged: settings.ragged ?? 'reject',
        only: settings.only,
        passesCells: hasPairRows(head.bytes, settings.only),
      });
    case 'csv':
    case 'tsv':
      return createTable(name, settings, { path, head: head.bytes });
  }
}

/** Whether the format is given, or can be told. Throws as `createFormat` does. */
export function isFormatKnown(settings: FormatSettings, sample: InputSample): boolean {
  return settings.format !== 'auto' || detect(settings, sample) !== undefined;
}

function cannotTell(path: string, head: Buffer): Failure {
  return looksLikeLog(head)
    ? new Failure('usage', `${path} looks like the log of a web server`, {
        hint: 'say which one: --preset combined, clf, s3-access, …; "scarf-cli help presets" lists them',
      })
    : new Failure('usage', `${path}: cannot detect the format`, {
        hint: 'say --format ndjson, csv, tsv, json, text or log, or --preset NAME (scarf-cli help presets)',
      });
}

/** Who says where the rows are says that it is JSON. */
function detect(
  { path: rowsAt }: FormatSettings,
  { path, head, isField }: InputSample,
): DetectedFormat | undefined {
  return rowsAt === undefined ? detectFormat(path, head, isField) : { name: 'json' };
}

function parsePath(text: string): string {
  if (text.split('.').every((key) => key !== '')) return text;
  throw new Error(`"${text}" is no path of keys with dots between them`);
}

function parsePattern(text: string): string {
  compileLinePattern(text);
  return text;
}
