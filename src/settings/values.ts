/** Option values, with types inferred from the option specs. */
import { Failure } from '../failure.ts';
import type { Share } from '../records.ts';
import { isValueOf } from './kinds.ts';
import type { OptionKind, OptionSpec } from './option-spec.ts';

/** Values by option name, of unknown types. */
export type SettingValues = Readonly<Record<string, unknown>>;

/** The type of value for each kind. */
interface KindValues {
  text: string;
  flag: boolean;
  count: number;
  byteSize: number;
  duration: number;
  share: Share;
  path: string;
}

/** The kind of an option: `kindOf` in `kinds.ts` as a type. */
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

/**
 * A default of another type than the parsed value makes a union, which then fails to type-check where it is
 * used.
 */
type ValueOf<Spec> = Spec extends { default: infer Default }
  ? Default extends GivenValueOf<Spec>
    ? GivenValueOf<Spec>
    : GivenValueOf<Spec> | Default
  : GivenValueOf<Spec>;

type NameIf<Spec extends OptionSpec, Wanted> = Spec extends Wanted ? Spec['name'] : never;
type NameUnless<Spec extends OptionSpec, Unwanted> = Spec extends Unwanted ? never : Spec['name'];
type Flat<Values> = { [Name in keyof Values]: Values[Name] };

/**
 * The resolved values of a list of options, by name. An option without a default may be absent. Declare the
 * list `as const satisfies readonly OptionSpec[]`; for plain `OptionSpec`s only the names are typed. For a
 * union of lists: the union of their values.
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
 * Picks the values of some options from an object that may hold more. An empty text counts as unset, and
 * unset options have their defaults. Throws a Failure `bug` for a value of the wrong type.
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

/** Returns the same object, typed. Throws a Failure `bug` for a value of the wrong type. */
export function checkedValues<const Specs extends readonly OptionSpec[]>(
  specs: Specs,
  values: SettingValues,
): ValuesOf<Specs> {
  if (areValuesOf(specs, values)) return values;
  const wrong = specs.find((spec) => !fits(spec, values));
  throw new Failure('bug', `the setting ${wrong?.name ?? ''} is not of its type`);
}

/** Values of the option's own `parse` are not checked. */
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
