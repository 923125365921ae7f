/**
 * Resolves each option to one frozen value: from the flag, the environment, the profile, what another option
 * implies, or the default, in that order.
 */
import type { OptionSpec } from './option-spec.ts';
import { Failure } from '../failure.ts';
import { processMask } from '../masking/process-mask.ts';
import { kindOf, readValue } from './kinds.ts';
import { checkedValues, type SettingValues, type ValuesOf } from './values.ts';

/**
 * Where a value came from. `name` is the flag, the variable or the profile's key; for a secret printed by a
 * command, what named the command; for a secret in the keychain, the profile.
 */
export type Source =
  | { kind: 'flag'; name: string }
  | { kind: 'environment'; name: string }
  | { kind: 'profile'; name: string }
  /** Implied by the value of another option. */
  | { kind: 'implied'; name: string }
  | { kind: 'command'; name: string }
  | { kind: 'keychain'; name: string }
  | { kind: 'default' }
  | { kind: 'unset' };

/**
 * The value of a variable that cannot be read, of an option that applies to some addresses alone: whoever has such an
 * address refuses it, as does storage when it is first asked.
 */
export const UNREADABLE = 'unreadable';

/** What the user set. */
export interface Given {
  /** Only what was given on the command line, by spec name (`givenFlags`). */
  flags: Readonly<Record<string, unknown>>;
  environment: Readonly<Record<string, string | undefined>>;
  /** Saved values by spec name: text as in the environment, or any JSON value. */
  profile?: Readonly<Record<string, unknown>>;
  /** What messages call a saved value. Default: `profile value`. */
  profileWord?: string;
}

export interface Settings<Values = SettingValues> {
  /** By spec name. An option that is not set and has no default is absent. */
  values: Values;
  sources: Readonly<Record<string, Source>>;
}

/**
 * Resolves all options at once; the values have the types that the specs declare. An empty variable counts as
 * unset. From then on secrets are masked in everything that the process writes. Throws a Failure `usage` that
 * names the variable or profile key whose text cannot be parsed; the message never shows a secret.
 */
export function resolveSettings<const Specs extends readonly OptionSpec[]>(
  specs: Specs,
  given: Given,
): Settings<ValuesOf<Specs>> {
  const values: Record<string, unknown> = {};
  const sources: Record<string, Source> = {};
  for (const spec of specs) {
    const { source, value } = resolveOne(spec, given);
    sources[spec.name] = Object.freeze(source);
    if (value === undefined) continue;
    values[spec.name] = Array.isArray(value) ? Object.freeze(value) : value;
    if (spec.secret === true && typeof value === 'string') processMask.add(value);
  }
  for (const spec of specs) replaceOthers(spec, specs, { values, sources });
  for (const spec of specs) implyOthers(spec, specs, { values, sources });
  Object.freeze(values);
  return Object.freeze({
    values: checkedValues(specs, values),
    sources: Object.freeze(sources),
  });
}

/** How near to the command each place is that the user sets values in. */
const nearness: Partial<Record<Source['kind'], number>> = { flag: 3, environment: 2, profile: 1 };

/** Puts back to their defaults what gives way to this value. */
function replaceOthers(
  { insteadOf = [], ...spec }: OptionSpec,
  specs: readonly OptionSpec[],
  { values, sources }: { values: Record<string, unknown>; sources: Record<string, Source> },
): void {
  const nearnessOf = (name: string) => nearness[sources[name]?.kind ?? 'unset'] ?? 0;
  if (values[spec.name] === false) return;
  for (const other of specs) {
    if (!insteadOf.includes(other.name) || nearnessOf(other.name) === 0) continue;
    if (nearnessOf(spec.name) <= nearnessOf(other.name)) continue;
    delete values[other.name];
    if (other.default !== undefined) values[other.name] = other.default;
    sources[other.name] = Object.freeze({ kind: other.default === undefined ? 'unset' : 'default' });
  }
}

/** Applies implied values: in place of defaults, and in addition to given values of repeatable options. */
function implyOthers(
  spec: OptionSpec,
  specs: readonly OptionSpec[],
  { values, sources }: { values: Record<string, unknown>; sources: Record<string, Source> },
): void {
  const value = values[spec.name];
  if (spec.implies === undefined || value === undefined) return;
  for (const [name, implied] of Object.entries(spec.implies(value))) {
    const other = specs.find((one) => one.name === name);
    if (other === undefined) continue;
    const isGiven = !['default', 'unset'].includes(sources[name]?.kind ?? 'unset');
    if (isGiven) values[name] = besideGiven(other, values[name], implied);
    else {
      values[name] = Array.isArray(implied) ? Object.freeze(implied) : implied;
      sources[name] = Object.freeze({ kind: 'implied', name: spec.name });
    }
  }
}

function besideGiven(spec: OptionSpec, given: unknown, implied: unknown): unknown {
  if (spec.overrides === undefined || !Array.isArray(given) || !Array.isArray(implied)) return given;
  const own = given as string[];
  const kept = (implied as string[]).filter((one) => !own.some((mine) => spec.overrides?.(mine, one)));
  return Object.freeze([...kept, ...own]);
}

/** The values that decide which bytes are sent and where, by name. Unset options are absent. */
export function recipeValues(specs: readonly OptionSpec[], values: SettingValues): Record<string, unknown> {
  const names = specs.filter((spec) => spec.recipe === true && values[spec.name] !== undefined);
  return Object.fromEntries(
    names.map(({ name }) => [name, values[name]] as const).sort(([left], [right]) => (left < right ? -1 : 1)),
  );
}

function resolveOne(spec: OptionSpec, given: Given): { source: Source; value?: unknown } {
  if (given.flags[spec.name] !== undefined) {
    return { source: { kind: 'flag', name: longFlag(spec) }, value: given.flags[spec.name] };
  }
  for (const name of spec.environment ?? []) {
    const text = given.environment[name];
    if (text === undefined || text === '') continue;
    return { source: { kind: 'environment', name }, value: readVariable(spec, text, name) };
  }
  const saved = given.profile?.[spec.name];
  if (saved !== undefined && saved !== null) {
    const source: Source = { kind: 'profile', name: spec.name };
    return { source, value: readSaved(spec, saved, given.profileWord ?? 'profile value') };
  }
  if (spec.default !== undefined) return { source: { kind: 'default' }, value: spec.default };
  return { source: { kind: 'unset' } };
}

/** Other programs have variables of these names: what matters only to addresses is no reason to refuse the rest. */
function readVariable(spec: OptionSpec, text: string, name: string): unknown {
  try {
    return readNamed(spec, text, name);
  } catch (error) {
    if (spec.forAddresses === undefined) throw error;
    return UNREADABLE;
  }
}

function longFlag(spec: OptionSpec): string {
  return /--[\w-]+/.exec(spec.flags ?? '')?.[0] ?? spec.name;
}

function readSaved(spec: OptionSpec, saved: unknown, word: string): unknown {
  const name = `${word} "${spec.name}"`;
  const items: unknown[] = Array.isArray(saved) ? (saved as unknown[]) : [saved];
  let value: unknown;
  for (const item of items) {
    if (typeof item === 'boolean' && kindOf(spec) === 'flag') value = item;
    else if (typeof item === 'string' || typeof item === 'number') {
      value = readNamed(spec, String(item), name, value);
    } else throw new Failure('usage', `${name} must be text, a number or a list of them`);
  }
  return value;
}

function readNamed(spec: OptionSpec, text: string, name: string, previous?: unknown): unknown {
  try {
    return readValue(spec, text, previous);
  } catch (cause) {
    const problem = cause instanceof Error ? cause.message : String(cause);
    if (spec.secret === true) throw new Failure('usage', `${name} cannot be used as it is`);
    throw new Failure('usage', `${name}: ${problem}`, { cause });
  }
}
