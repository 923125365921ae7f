/** The options for reshaping rows, and how their values are read. */
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { Failure } from '../../failure.ts';
import type { PresetSettings } from '../../formats/options.ts';
import { findPreset } from '../../formats/presets.ts';
import { CELL_TYPES, type CellType } from './cell-types.ts';
import { readSetValue } from '../rows/field-types.ts';
import { readMapFile, type MapFile } from './map-file.ts';
import type { Reshaping } from './reshape.ts';
import { createTimeFormat, type TimeFormat } from '../time/time-format.ts';
import { createZoneOffset, type ZoneOffset } from '../time/time-zone.ts';

export const SHAPING_OPTIONS = [
  {
    name: 'map',
    group: 'reshaping',
    common: true,
    flags: '--map <column=field>',
    description: "rename a column or key ('when=$time'), or join several to one text ('Date+Time=$time')",
    repeatable: true,
    overrides: (given, implied) => {
      const [mine, other] = [readMap(given), readMap(implied)];
      return mine.from === other.from || mine.to === other.to;
    },
    recipe: true,
  },
  {
    name: 'type',
    group: 'reshaping',
    flags: '--type <column:type>',
    description: `read a column as ${CELL_TYPES.join(', ')}: 'status:int'`,
    repeatable: true,
    overrides: (given, implied) => readType(given).at === readType(implied).at,
    recipe: true,
  },
  {
    name: 'typeErrors',
    group: 'reshaping',
    flags: '--type-errors <action>',
    description:
      'values that are not of their type: the row is a reject, the value is null, or stays as it is',
    choices: ['reject', 'null', 'keep'],
    needs: ['type', 'preset', 'mapFile'],
    default: 'reject',
    recipe: true,
  },
  {
    name: 'decimal',
    group: 'reshaping',
    flags: '--decimal <character>',
    description: 'what stands in front of the fraction in text that --type makes a number',
    choices: ['.', ','],
    needs: ['type', 'preset', 'mapFile'],
    default: '.',
    recipe: true,
  },
  {
    name: 'set',
    group: 'reshaping',
    common: true,
    flags: '--set <field=value>',
    description:
      "set a field in every row: '$version=1.10' (text where the vendor expects text, else JSON if it parses)",
    repeatable: true,
    recipe: true,
  },
  {
    name: 'keep',
    group: 'reshaping',
    flags: '--keep <names>',
    description:
      'leave out all keys but these, by commas, and those that the vendor reads; any other key becomes a custom variable there',
    repeatable: true,
    recipe: true,
  },
  {
    name: 'drop',
    group: 'reshaping',
    flags: '--drop <names>',
    description: 'drop these keys (comma-separated)',
    repeatable: true,
    recipe: true,
  },
  {
    name: 'timeZone',
    group: 'reshaping',
    common: true,
    flags: '--time-zone <zone>',
    description: 'time zone of times without one: Europe/Berlin, +02:00',
    default: 'UTC',
    recipe: true,
  },
  {
    name: 'timeFormat',
    group: 'reshaping',
    flags: '--time-format <format>',
    description:
      "form of times that are not read by themselves, with strptime's names: '%d/%m/%Y %H:%M', several with %| between them (scarf-cli help times)",
    recipe: true,
  },
  {
    name: 'mapFile',
    group: 'reshaping',
    flags: '--map-file <path>',
    path: { role: 'input' },
    description: 'file with any of these as JSON, or a table of columns and fields; flags override it',
  },
] as const satisfies readonly OptionSpec[];

/** Settings for shaping. A preset implies some of them, and its columns are optional. */
export type ShapingSettings = ValuesOf<typeof SHAPING_OPTIONS> & PresetSettings;

/** How to read and reshape rows. */
export interface ReadReshaping {
  reshaping: Reshaping;
  zoneOffset: ZoneOffset;
  timeFormat: TimeFormat | undefined;
}

/**
 * Reads the options. `mapFile` is the text of the file named by `--map-file`, because its content decides
 * which bytes are sent. `isText` tells which fields the vendor declares as texts. Throws a Failure `usage`
 * that names the option.
 */
export function readReshaping(
  settings: ShapingSettings,
  mapFile?: string,
  isText: (path: string) => boolean = () => false,
): ReadReshaping {
  const file: MapFile = mapFile === undefined ? {} : readMapFile(mapFile);
  const preset = namesInPreset(settings.preset);
  const fileTypes = (file.type ?? []).map(readType);
  const map = (settings.map ?? []).map((text) => ifThere(readMap(text), preset.has(readMap(text).from)));
  const types = (settings.type ?? []).map((text) => ifThere(readType(text), preset.has(readType(text).at)));
  const isFiled = ({ from, to }: { from: string; to: string }): boolean =>
    (file.map ?? []).some((one) => one.from === from || one.to === to);
  const reshaping: Reshaping = {
    map: [...(file.map ?? []), ...map.filter((one) => one.ifThere !== true || !isFiled(one))],
    types: [
      ...fileTypes,
      ...types.filter((one) => one.ifThere !== true || !fileTypes.some(({ at }) => at === one.at)),
    ],
    typeErrors: file.typeErrors ?? settings.typeErrors,
    decimal: settings.decimal,
    set: [...(file.set ?? []), ...(settings.set ?? []).map((text) => readSet(text, isText))],
    keep: [...(file.keep ?? []), ...names(settings.keep)],
    drop: [...(file.drop ?? []), ...names(settings.drop)],
  };
  const timeFormat = file.timeFormat ?? settings.timeFormat;
  return {
    reshaping,
    zoneOffset: createZoneOffset(file.timeZone ?? settings.timeZone),
    timeFormat: timeFormat === undefined ? undefined : createTimeFormat(timeFormat),
  };
}

/** The columns that a preset names. Rows need not have them. */
function namesInPreset(name: string | undefined): ReadonlySet<string> {
  const { fields = {}, options } = findPreset(name) ?? {};
  return new Set([...Object.values(fields), ...(options?.type ?? []).map((text) => readType(text).at)]);
}

function ifThere<One>(one: One, isOfPreset: boolean): One & { ifThere?: boolean } {
  return { ...one, ...(isOfPreset ? { ifThere: true } : {}) };
}

/** The zone of times that name none, as the user wrote it. */
export function timeZoneOf({ timeZone }: Pick<ShapingSettings, 'timeZone'>, mapFile?: string): string {
  return (mapFile === undefined ? undefined : readMapFile(mapFile).timeZone) ?? timeZone;
}

/** The field follows the last equals sign, because column names may contain some. */
function readMap(text: string): { from: string; to: string } {
  const at = text.lastIndexOf('=');
  if (at <= 0 || at === text.length - 1) throw unreadable('--map', text, 'column=field');
  return { from: text.slice(0, at).trim(), to: text.slice(at + 1).trim() };
}

function readType(text: string): { at: string; type: CellType } {
  const at = text.lastIndexOf(':');
  const type = CELL_TYPES.find((known) => known === text.slice(at + 1).trim());
  if (at <= 0 || type === undefined) {
    throw unreadable('--type', text, `column:type, the type one of ${CELL_TYPES.join(', ')}`);
  }
  return { at: text.slice(0, at).trim(), type };
}

function readSet(text: string, isText: (path: string) => boolean): { at: string; value: unknown } {
  const at = text.indexOf('=');
  if (at <= 0) throw unreadable('--set', text, 'field=value');
  const path = text.slice(0, at).trim();
  return { at: path, value: readSetValue(text.slice(at + 1), isText(path)) };
}

function names(lists: readonly string[] | undefined): string[] {
  return (lists ?? [])
    .flatMap((list) => list.split(','))
    .map((name) => name.trim())
    .filter((name) => name !== '');
}

function unreadable(option: string, text: string, form: string): Failure {
  return new Failure('usage', `${option} ${JSON.stringify(text)} is not of the form ${form}`);
}
