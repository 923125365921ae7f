/** The rules of a run for its rows, and their compiled form, in which keys are numbered probes. */
import type { FieldType, RowShape, TimeField } from '../../contracts/target.ts';
import type { FillId } from '../ids/ids.ts';
import type { Reshaping } from '../reshape/reshape.ts';
import type { TimeFormat } from '../time/time-format.ts';
import type { ZoneOffset } from '../time/time-zone.ts';

/** What happens to rows whose time is too old for the target, or in the future. */
export type OldEvents = 'warn' | 'reject' | 'send';

/** What a required value must be, in words. */
export const TYPE_WORDS = {
  string: 'a text that is not empty',
  integer: 'a whole number',
  object: 'an object',
} as const;

export type RequiredType = keyof typeof TYPE_WORDS;

/** The same for every row of a run. */
export interface RowRules {
  shape: RowShape;
  /** Filled in where missing, unless `fillId` is `off`. Undefined: the target has no ids. */
  idField?: string | undefined;
  fillId: FillId;
  /** Digest of everything that decides which bytes are sent, and where. */
  recipe: string;
  oldEvents: OldEvents;
  /** Start of the run, in milliseconds since the epoch: "old" and "future" are relative to it. */
  nowMs: number;
  /** What the user asked to do with rows before they are checked. */
  reshaping?: Reshaping | undefined;
  /** For times without a zone; UTC when undefined. */
  zoneOffset?: ZoneOffset | undefined;
  /** The time format that is tried first. */
  timeFormat?: TimeFormat | undefined;
}

/** Probes are indexes into `keys`. */
export interface CompiledRules {
  keys: readonly string[];
  required: readonly {
    key: string;
    probe: number;
    when: number | undefined;
    type: RequiredType | undefined;
    reason: string;
  }[];
  oneOf: { keys: string; probes: readonly number[]; reason: string } | undefined;
  fixed: readonly { key: string; probe: number; value: Buffer | undefined; reason: string }[];
  renames: readonly { probe: number; keyLength: number; renamed: Buffer }[];
  fields: readonly { key: string; probe: number; type: FieldType }[];
  times: readonly { probe: number; field: TimeField }[];
  id: number | undefined;
}

/**
 * Compiles the rules for top-level keys. Required fields, field types and times at nested paths are left out.
 */
export function compileRules({ shape, idField }: RowRules): CompiledRules {
  const keys: string[] = [];
  const probe = (key: string): number => {
    const known = keys.indexOf(key);
    return known >= 0 ? known : keys.push(key) - 1;
  };
  const { oneOf, times = [] } = shape;
  return {
    keys,
    required: shape.required
      .filter(({ path }) => isTopLevel(path))
      .map(({ path, when, type, reason }) => ({
        key: path,
        probe: probe(path),
        when: when === undefined ? undefined : probe(when),
        type,
        reason,
      })),
    oneOf: oneOf && {
      keys: oneOf.keys.join(', '),
      probes: oneOf.keys.map(probe),
      reason: oneOf.reason,
    },
    fixed: Object.entries(shape.fixed ?? {}).map(([key, { value, reason }]) => ({
      key,
      probe: probe(key),
      value: value === null ? undefined : Buffer.from(JSON.stringify(value)),
      reason,
    })),
    renames: Object.entries(shape.renames ?? {}).map(([from, to]) => ({
      probe: probe(from),
      keyLength: Buffer.byteLength(from),
      renamed: Buffer.from(to),
    })),
    fields: Object.entries(shape.fieldTypes ?? {})
      .filter(([path]) => isTopLevel(path))
      .map(([key, type]) => ({ key, probe: probe(key), type })),
    times: times
      .filter(({ path, writes }) => isTopLevel(path) && writes !== 'epoch-ms')
      .map((field) => ({ probe: probe(field.path), field })),
    id: idField === undefined ? undefined : probe(idField),
  };
}

/** Whether a dotted path names a key of the row itself. */
export function isTopLevel(path: string): boolean {
  return !path.includes('.');
}

/** Tells the keys that the target itself reads: names with a dollar sign, and the keys in its rules. */
export function keysOfTarget(rules: Pick<RowRules, 'shape' | 'idField'>): (key: string) => boolean {
  const keys = new Set(namedKeysOfTarget(rules));
  return (key) => key.startsWith('$') || keys.has(key);
}

/** The keys in the rules of the target. */
export function namedKeysOfTarget({ shape, idField }: Pick<RowRules, 'shape' | 'idField'>): string[] {
  const required = shape.required.map(({ path }) => path);
  const times = (shape.times ?? []).flatMap(({ path, aliases = [] }) => [path, ...aliases]);
  const paths = [...required, ...times, idField ?? ''];
  const named = [...paths.map((path) => path.split('.')[0] ?? path), ...(shape.oneOf?.keys ?? [])];
  return [...named, ...Object.keys(shape.renames ?? {}), ...Object.keys(shape.fixed ?? {})];
}

/** Tells the keys that identify a row of the target, including those that it reads without a rule. */
export function fieldsOfTarget(rules: Pick<RowRules, 'shape' | 'idField'>): (key: string) => boolean {
  const isKey = keysOfTarget(rules);
  return (key) =>
    isKey(key) || (rules.shape.fields ?? []).includes(key) || key in (rules.shape.fieldTypes ?? {});
}
