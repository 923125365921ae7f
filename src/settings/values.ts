/** The values of options, typed by how the options are declared. */
import { Failure } from '../failure.ts';
import type { Share } from '../records.ts';
import { isValueOf } from './kinds.ts';
import type { OptionKind, OptionSpec } from './option-spec.ts';

/** Values by the names of the options, whatever those are. */
export type SettingValues = Readonly<Record<string, unknown>>;

/** What each kind reads. */
interface KindValues {
  text: string;
  flag: boolean;
  count: number;
  byteSize: number;
  duration: number;
  share: Share;
  path: string;
}

/** The kind of an option, as `kindOf` in `kinds.ts` tells it. */
type KindOf<Spec> = Spec extends { kind: infer Kind extends OptionKind }
  ? Kind
  : Spec extends { path: object }
    ? 'path'
    : Spec extends { flags: infer Flags extends string }
      ? Flags extends `${string}<${string}` | `${string}[${string}`
        ? 'text'
        : 'flag'
      : 'text';

type OneValueOf<Spec> = Spec extends { choices: readonly (infer Choice)[] }
  ? Choice
  : KindValues[KindOf<Spec>];

type GivenValueOf<Spec> = Spec extends { parse: (...given: never[]) => infer Value }
  ? Value
  : Spec extends { repeatable: true }
    ? readonly OneValueOf<Spec>[]
    : OneValueOf<Spec>;

/** A default of another type than what is read makes a union, which those who use the value refuse. */
type ValueOf<Spec> = Spec extends { default: infer Default }
  ? Default extends GivenValueOf<Spec>
    ? GivenValueOf<Spec>
    : GivenValueOf<Spec> | Default
  : GivenValueOf<Spec>;

type NameIf<Spec extends OptionSpec, Wanted> = Spec extends Wanted ? Spec['name'] : never;
type NameUnless<Spec extends OptionSpec, Unwanted> = Spec extends Unwanted ? never : Spec['name'];
type Flat<Values> = { [Name in keyof Values]: Values[Name] };

/**
 * The values that a list of options has once it is resolved, by name: absent where nobody set the option and it has no
 * default. The list is declared `as const satisfies readonly OptionSpec[]`; of options that are known as `OptionSpec`
 * only, nothing is known of the values but their names. Of a union of lists, the union of their values.
 */
export type ValuesOf<Specs extends readonly OptionSpec[]> = Specs extends readonly OptionSpec[]
  ? Flat<
      {
        readonly [Spec in Specs[number] as NameIf<Spec, { default: unknown }>]: ValueOf<Spec>;
      } & {
        readonly [
          Spec in Specs[number] as NameUnless<Spec, { default: unknown }>
        ]?: string extends Spec['name'] ? unknown : ValueOf<Spec>;
      }
    >
  : never;

/**
 * Takes the values of some options out of a bag that may hold more. An empty text counts as unset, and what is unset has
 * its default. Throws a Failure `bug` for a value that its option cannot have.
 */
export function valuesOf<const Specs extends readonly OptionSpec[]>(
  specs: Specs,
  bag: SettingValues,
): ValuesOf<Specs> {
  const values: Record<string, unknown> = {};
  for (const spec of specs) {
    const given = bag[spec.name];
    const value = given === undefined || given === '' ? spec.default : given;
    if (value !== undefined) values[spec.name] = value;
  }
  return checkedValues(specs, values);
}

/** The very values, known by their types. Throws a Failure `bug` for a value that its option cannot have. */
export function checkedValues<const Specs extends readonly OptionSpec[]>(
  specs: Specs,
  values: SettingValues,
): ValuesOf<Specs> {
  if (areValuesOf(specs, values)) return values;
  const wrong = specs.find((spec) => !fits(spec, values));
  throw new Failure('bug', `the setting ${wrong?.name ?? ''} is not of its type`);
}

/** Defaults are as the options say; what `parse` gives is taken at its word. */
function areValuesOf<Specs extends readonly OptionSpec[]>(
  specs: Specs,
  values: unknown,
): values is ValuesOf<Specs> {
  return specs.every((spec) => fits(spec, values as SettingValues));
}

function fits(spec: OptionSpec, values: SettingValues): boolean {
  const value = values[spec.name];
  return value === undefined || isValueOf(spec, value);
}
