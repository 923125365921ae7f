/** Proposes options for a table that nobody described yet: what its columns seem to be. */
import type { CellType } from './cell-types.ts';
import { proposeTime, type SeenColumn, type TimeProposal } from './infer-time.ts';
import { TimeReader } from '../time/time.ts';

/** Options as they would be typed, in the order of the columns. */
export interface Proposal {
  map: { from: string; to: string }[];
  types: { at: string; type: CellType }[];
  timeFormat?: string;
  /** What the data do not tell. */
  notes?: string[];
}

/** Names under which tables carry what a vendor's field holds, in lower case and without separators. */
const FIELD_NAMES: Readonly<Record<string, readonly string[]>> = {
  $time: ['time', 'timestamp', 'ts', 'when', 'date', 'datetime', 'eventtime', 'occurredat', 'createdat'],
  $remote_address: ['ip', 'ipaddress', 'remoteaddress', 'remoteaddr', 'clientip', 'originip'],
  $user_agent: ['useragent', 'agent', 'ua'],
  $unique_id: ['uniqueid', 'eventid', 'uuid', 'id'],
  $package: ['package', 'packageid'],
  $version: ['version'],
  $referrer: ['referrer', 'referer'],
  $domain: ['domain', 'host'],
};

/** The fields that can be told by the name of a column. */
export const INFERRED_FIELDS: readonly string[] = Object.keys(FIELD_NAMES);

/**
 * What to map and type. `fields`: those of the target that may be mapped to; a column that is called like one
 * already needs no mapping. A type is proposed where every value that is there has it.
 */
export function proposeOptions(columns: readonly SeenColumn[], fields: readonly string[]): Proposal {
  const taken = new Set(columns.map(({ name }) => name));
  const proposal: Proposal = { map: [], types: [] };
  const time = fields.includes('$time') && !taken.has('$time') ? timeOf(columns) : undefined;
  if (time !== undefined) {
    taken.add('$time');
    proposal.map.push({ from: time.from, to: '$time' });
    if (time.timeFormat !== undefined) proposal.timeFormat = time.timeFormat;
    if (time.note !== undefined) proposal.notes = [time.note];
  }
  const isInTime = (name: string) => time?.from === name || (time?.from.split('+') ?? []).includes(name);
  for (const { name, values } of columns) {
    if (isInTime(name)) continue;
    const field = fields.find((known) => !taken.has(known) && isNameOf(known, name));
    if (field !== undefined) {
      taken.add(field);
      proposal.map.push({ from: name, to: field });
    }
    const type = field === undefined && !name.startsWith('$') ? typeOf(values) : undefined;
    if (type !== undefined) proposal.types.push({ at: name, type });
  }
  return proposal;
}

function timeOf(columns: readonly SeenColumn[]): TimeProposal | undefined {
  return proposeTime(
    columns.filter(({ name }) => isNameOf('$time', name)),
    columns,
  );
}

/** The proposal as flags, quoted for a shell. */
export function writeProposal({ map, types, timeFormat }: Proposal): string {
  const flags = [
    ...map.map(({ from, to }) => `--map ${quoted(`${from}=${to}`)}`),
    ...(timeFormat === undefined ? [] : [`--time-format ${quoted(timeFormat)}`]),
    ...types.map(({ at, type }) => `--type ${quoted(`${at}:${type}`)}`),
  ];
  return flags.join(' ');
}

function isNameOf(field: string, name: string): boolean {
  const plain = name.toLowerCase().replaceAll(/[^a-z0-9]/g, '');
  const last = field.replace(/^\$/, '').replaceAll('_', '');
  return plain === last || (FIELD_NAMES[field] ?? []).includes(plain);
}

/** A number that a number type would not give back as it was (`007`, a phone number) stays a text. */
function typeOf(values: readonly string[]): CellType | undefined {
  const there = values.filter((value) => value !== '');
  if (there.length === 0) return undefined;
  const all = (fits: (value: string) => boolean): boolean => there.every(fits);
  if (all((value) => /^(0|-?[1-9]\d{0,14})$/.test(value))) return 'int';
  if (all((value) => /^-?(0|[1-9]\d{0,14})(\.\d{1,15})?$/.test(value))) return 'number';
  if (all((value) => /^(true|false)$/i.test(value))) return 'bool';
  if (all((value) => /^\s*[{[]/.test(value) && isJson(value))) return 'json';
  return all(isTime) ? 'time' : undefined;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function isTime(text: string): boolean {
  const bytes = Buffer.from(JSON.stringify(text));
  const reading = new TimeReader().read(bytes, 0, bytes.length);
  return reading !== 'unreadable' && reading !== 'ambiguous';
}

function quoted(text: string): string {
  return `'${text.replaceAll("'", String.raw`'\''`)}'`;
}
