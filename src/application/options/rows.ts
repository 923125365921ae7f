/** How rows are read and made: the options of every delivery, whichever the vendor. */
import { FORMAT_OPTIONS, presetOption, type PresetSettings } from '../../formats/options.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { SHAPING_OPTIONS } from '../../shaping/reshape/options.ts';
import { readEncoding } from '../../sources/encoding.ts';
import type { Vendor } from '../../vendors/vendor.ts';

const FILL_ID_OPTION = {
  name: 'fillId',
  group: 'reshaping',
  common: true,
  flags: '--fill-id <mode>',
  description: 'ids for rows without one: by position, by content (equal rows become one), or none',
  choices: ['position', 'content', 'off'],
  default: 'position',
  recipe: true,
} as const satisfies OptionSpec;

const OLD_EVENTS_OPTION = {
  name: 'oldEvents',
  group: 'reshaping',
  flags: '--old-events <action>',
  description: 'what to do with rows older than the vendor accepts, or more than a day ahead of this clock',
  choices: ['warn', 'reject', 'send'],
  default: 'warn',
} as const satisfies OptionSpec;

const LAST_ROW_OPTION = {
  name: 'lastRow',
  group: 'input',
  flags: '--last-row <action>',
  description:
    'a last row without line end that does not parse: left for the next run, sent as it stands (a reject), or as the file changed within the last minute or not',
  choices: ['auto', 'wait', 'send'],
  default: 'auto',
} as const satisfies OptionSpec;

const ENCODING_OPTION = {
  name: 'encoding',
  group: 'input',
  flags: '--encoding <name>',
  description: 'what the text of the inputs is written in, if not UTF-8: latin1, windows-1252, utf-16le, …',
  parse: readEncoding,
  recipe: true,
} as const satisfies OptionSpec;

const MAX_ROW_OPTION = {
  name: 'maxRow',
  group: 'input',
  flags: '--max-row <size>',
  description: 'reject longer rows',
  kind: 'byteSize',
  minimum: 1,
  default: 16 * 1024 * 1024,
} as const satisfies OptionSpec;

const READING_OPTIONS = [
  ...FORMAT_OPTIONS,
  ENCODING_OPTION,
  ...SHAPING_OPTIONS,
] as const satisfies readonly OptionSpec[];
const LENGTH_OPTIONS = [LAST_ROW_OPTION, MAX_ROW_OPTION] as const satisfies readonly OptionSpec[];

/** How rows are read and made; what means nothing to the vendor is not offered. */
export function rowOptions({
  idField,
  ages,
  logFields = {},
}: Pick<Vendor, 'idField' | 'ages' | 'logFields'>) {
  return [
    presetOption(logFields),
    ...READING_OPTIONS,
    ...(idField === undefined ? [] : [FILL_ID_OPTION]),
    ...(ages === true ? [OLD_EVENTS_OPTION] : []),
    ...LENGTH_OPTIONS,
  ] as const satisfies readonly OptionSpec[];
}

/** The values of `rowOptions`; of what the vendor is not offered there is none. */
export type RowSettings = ValuesOf<[...typeof READING_OPTIONS, ...typeof LENGTH_OPTIONS]> &
  PresetSettings &
  Partial<ValuesOf<[typeof FILL_ID_OPTION, typeof OLD_EVENTS_OPTION]>>;
