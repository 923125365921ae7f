/** The rules of a run for its rows, and their compiled form, in which keys are numbers of probes. */
import type { FieldType, RowShape, TimeField } from '../../contracts/target.ts';
import type { FillId } from '../ids/ids.ts';
import type { Reshaping } from '../reshape/reshape.ts';
import type { TimeFormat } from '../time/time-format.ts';
import type { ZoneOffset } from '../time/time-zone.ts';

/** What is done with rows whose time lies too far back for the target, or ahead of the clock. */
export type OldEvents = 'warn' | 'reject' | 'send';

/** What a required value must be, in words. The empty text counts as missing everywhere. */
export const TYPE_WORDS = {
  string: 'a text that is not empty',
  integer: 'a whole number',
  object: 'an object',
} as const;

export type RequiredType = keyof typeof TYPE_WORDS;

/** The same for every row of a run. */
export interface RowRules {
  shape: RowShape;
  /** Filled where missing, unless `fillId` is `off`. Absent: the target knows no ids. */
  idField?: string | undefined;
  fillId: FillId;
  /** Digest of all that decides which bytes leave and where to. */
  recipe: string;
  oldEvents: OldEvents;
  /** When the run began, in milliseconds since the epoch: what "old" is measured from. */
  nowMs: number;
  /** What the user asked to be done with rows before they are checked. */
  reshaping?: Reshaping | undefined;
  /** For times without a zone; UTC when absent. */
  zoneOffset?: ZoneOffset | undefined;
  /** The form in which times are looked for first. */
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

/** Compiles the rules about top-level keys; those about nested ones are not seen by it. */
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

/** The keys that the target itself reads: of Scarf's kind with a dollar sign, and those that its rules name. */
export function keysOfTarget({
  shape,
  idField,
}: Pick<RowRules, 'shape' | 'idField'>): (key: string) => boolean {
  const required = shape.required.map(({ path }) => path);
  const times = (shape.times ?? []).flatMap(({ path, aliases = [] }) => [path, ...aliases]);
  const paths = [...required, ...times, idField ?? ''];
  const named = [...paths.map((path) => path.split('.')[0]), ...(shape.oneOf?.keys ?? [])];
  const keys = new Set([...named, ...Object.keys(shape.renames ?? {}), ...Object.keys(shape.fixed ?? {})]);
  return (key) => key.startsWith('$') || keys.has(key);
}

/** The keys by which a row of the target is known, those included that it reads without naming them in a rule. */
export function fieldsOfTarget(rules: Pick<RowRules, 'shape' | 'idField'>): (key: string) => boolean {
  const isKey = keysOfTarget(rules);
  return (key) =>
    isKey(key) || (rules.shape.fields ?? []).includes(key) || key in (rules.shape.fieldTypes ?? {});
}
