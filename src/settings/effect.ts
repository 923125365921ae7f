/**
 * Options that need others: what help says of them, and what is said to somebody who typed one that would have no
 * effect. Both follow from `needs` and `uselessWith` of the specs.
 */
import { Option } from 'commander';
import { Failure } from '../failure.ts';
import { kindOf } from './kinds.ts';
import type { OptionSpec } from './option-spec.ts';
import { UNREADABLE, type Settings, type Source } from './resolve.ts';
import type { SettingValues } from './values.ts';

/** What help says: `with --incremental`, `not with --single`. */
export function effectNotes(spec: OptionSpec, specs: readonly OptionSpec[]): string[] {
  const [needs, uselessWith] = othersOf(spec, specs);
  // A format that is detected needs no option.
  const needed = needs.includes('format=auto')
    ? `for ${orBetween(formatsIn(needs))}`
    : `with ${listed(needs, specs)}`;
  return [
    ...(needs.length === 0 ? [] : [needed]),
    ...(uselessWith.length === 0 ? [] : [`not with ${listed(uselessWith, specs)}`]),
  ];
}

/**
 * Throws a Failure `usage` for an option that was asked for and would change nothing. What a variable or a saved
 * setting says stays silent: it may be meant for other commands. `asked` is where what was asked for comes from.
 */
export function refuseWithoutEffect(
  specs: readonly OptionSpec[],
  { values, sources }: Settings,
  asked: Source['kind'] = 'flag',
): void {
  const isUsed = (use: string) => isInUse(use, { specs, values });
  for (const spec of specs) {
    if (sources[spec.name]?.kind !== asked || isDefaultFlag(spec, values)) continue;
    const [needs, uselessWith] = othersOf(spec, specs);
    if (needs.length > 0 && !needs.some(isUsed)) throw withoutEffect(spec, 'without', listed(needs, specs));
    const spoiling = uselessWith.find(isUsed);
    if (spoiling !== undefined) throw withoutEffect(spec, 'with', listed([spoiling], specs));
  }
}

/**
 * Throws a Failure `usage` for an option that was typed for formats of inputs which none of the inputs turned out to
 * have.
 */
export function refuseForFormats(
  specs: readonly OptionSpec[],
  { sources }: Pick<Settings, 'sources'>,
  formats: readonly string[],
): void {
  for (const { name, needs = [], flags = '' } of specs) {
    if (sources[name]?.kind !== 'flag' || !needs.includes('format=auto')) continue;
    if (formats.some((format) => needs.includes(`format=${format}`))) continue;
    const wanted = formatsIn(needs);
    throw new Failure('usage', `${flagOf({ flags, name })} has no effect: no input is ${orBetween(wanted)}`, {
      hint: `--format ${wanted.join(' or ')}, if one is`,
    });
  }
}

/**
 * Throws a Failure `usage` for an option that was typed for storage in which neither an input (`operands`) nor an output
 * lies, and for a variable that cannot be read where one does. Where the inputs are in a list, it may be one of theirs.
 */
export function refuseForAddresses(
  specs: readonly OptionSpec[],
  { values, sources }: Settings,
  operands: readonly string[],
): void {
  const texts = specs.filter(({ path }) => path !== undefined).map(({ name }) => values[name]);
  const names = [...operands, ...texts.filter((text) => typeof text === 'string')];
  for (const spec of specs) {
    const { forAddresses: beginning } = spec;
    const source = sources[spec.name];
    if (beginning === undefined || source === undefined) continue;
    const isNeeded = names.some((name) => name.toLowerCase().startsWith(beginning));
    if (isNeeded && source.kind === 'environment' && values[spec.name] === UNREADABLE)
      throw new Failure('usage', `${source.name} is not the address of a server`, {
        hint: 'write http://HOST:PORT or https://HOST',
      });
    if (isNeeded || values['filesFrom'] !== undefined || source.kind !== 'flag') continue;
    throw new Failure('usage', `${flagOf(spec)} has no effect: no input or output begins with ${beginning}`);
  }
}

function formatsIn(needs: readonly string[]): string[] {
  return needs.map((use) => use.replace('format=', '')).filter((format) => format !== 'auto');
}

/** What the option needs, and what it is useless with, as far as the command has it. */
function othersOf({ needs = [], uselessWith = [] }: OptionSpec, specs: readonly OptionSpec[]) {
  const isThere = (use: string) => specs.some(({ name }) => name === use.split('=')[0]);
  return [needs.filter(isThere), uselessWith.filter(isThere)] as const;
}

function withoutEffect(spec: OptionSpec, how: 'with' | 'without', others: string): Failure {
  return new Failure('usage', `${flagOf(spec)} has no effect ${how} ${others}`);
}

/** Who types `--create-table` says no more than the default: it may take back what a variable says. */
function isDefaultFlag(spec: OptionSpec, values: SettingValues): boolean {
  return kindOf(spec) === 'flag' && values[spec.name] === (spec.default ?? false);
}

/** `summary`: it says something else than its default; `format=log`: it has this value. */
function isInUse(
  use: string,
  { specs, values }: { specs: readonly OptionSpec[]; values: SettingValues },
): boolean {
  const [name = '', wanted] = use.split('=');
  const value = values[name];
  if (wanted !== undefined) return String(value) === wanted;
  return value !== undefined && value !== specs.find((spec) => spec.name === name)?.default;
}

/** `--verbose, --debug or --log-file`, `--format csv or tsv`. A command may lack some of them. */
function listed(uses: readonly string[], specs: readonly OptionSpec[]): string {
  const words: string[] = [];
  let last: string | undefined;
  for (const use of uses) {
    const [name = '', value] = use.split('=');
    const spec = specs.find((one) => one.name === name);
    // The default is there without being said.
    if (spec === undefined || (value !== undefined && value === spec.default)) continue;
    if (value === undefined || kindOf(spec) === 'flag') words.push(flagOf(spec));
    else words.push(name === last ? value : `${flagOf(spec)} ${value}`);
    last = name;
  }
  return orBetween(words);
}

function orBetween(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} or ${words.at(-1) ?? ''}`;
}

function flagOf({ flags = '', name }: Pick<OptionSpec, 'flags' | 'name'>): string {
  return new Option(flags).long ?? name;
}
