/** `config list`: the saved settings, or every value that a command would use, with its origin. */
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import type { List } from '../../report/list/list.ts';
import { viewOf } from '../../report/list/write.ts';
import { printable } from '../../report/terminal/printable.ts';
import { writeValue } from '../../settings/kinds.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { chooseExistingProfile, PROFILE_OPTION, type ChosenProfile } from '../../settings/profiles/choose.ts';
import type { Values } from '../../settings/profiles/document.ts';
import { profileStore } from '../../settings/profiles/store.ts';
import { inKeychain, KEYCHAIN_KEY } from '../../settings/profiles/kept-secrets.ts';
import { resolveSettings, type Given, type Source } from '../../settings/resolve.ts';
import { requireVendor, VENDORS } from '../../vendors/index.ts';
import { originOf } from '../secrets.ts';
import { optionName, savedOptionsOf } from './options.ts';
import type { ConfigCall } from './call.ts';

/** Where a value comes from. `source` is the variable or the profile, `file` the file of the profile. */
interface Origin {
  origin: Source['kind'];
  source?: string;
  file?: string;
}

/** A value in the list. */
interface Row extends Origin {
  vendor: string;
  option: string;
  /** As saved, or as the user would write it; `(set)` for a secret. */
  value: unknown;
  secret?: true;
  /** Why the value cannot be used. */
  problem?: string;
}

interface Sources {
  chosen: ChosenProfile;
  file: string | undefined;
  values: Values;
  environment: Machine['environment'];
}

/** Prints the list. Throws a Failure `usage`, or `local` for the file. */
export async function listSettings({ words: [vendor], flags }: ConfigCall, machine: Machine): Promise<void> {
  if (vendor !== undefined) requireVendor(vendor);
  const { environment } = machine;
  const store = profileStore(machine);
  const document = await store.load();
  const chosen = chooseExistingProfile(document, { flags, environment });
  const rowsOf = flags['showOrigin'] === true ? effectiveRows : savedRows;
  const names = vendor === undefined ? VENDORS.map(({ name }) => name) : [vendor];
  const file = store.findPath();
  const rows = names.flatMap((name) =>
    rowsOf(name, { chosen, file, environment, values: document.values(chosen.name, name) ?? {} }),
  );
  const settings = { ...flags, json: flags['json'] === true };
  const isPlain = Object.keys(flags).every((name) => name === PROFILE_OPTION.name);
  // Plain lines for scripts, as before the list was a table.
  if (isPlain) for (const row of rows) machine.stdout.write(`${printable(lineOf(row))}\n`);
  else await viewOf(SETTING_LIST, settings, machine).write(rows, documentOf(rows, chosen, file));
  if (flags['showOrigin'] !== true || settings.json) return;
  const { origin, source = '' } = choiceOrigin(chosen);
  machine.stderr.write(`${printable(`Profile: ${chosen.name} (${`${origin} ${source}`.trim()})`)}\n`);
}

const SETTING_LIST: List<Row> = {
  columns: [
    { name: 'vendor', value: ({ vendor }) => vendor },
    { name: 'option', value: ({ option }) => option },
    { name: 'value', value: valueText, shrinksTo: 10 },
    { name: 'origin', value: ({ origin }) => origin },
    { name: 'source', value: ({ source }) => source, shrinksTo: 10 },
    { name: 'file', value: ({ file }) => file, shrinksTo: 10, drops: 1 },
  ],
  toJson: (row) => row,
  empty: 'Nothing is saved; save a value with "scarf-cli config set VENDOR OPTION VALUE"',
};

/** All values of the profile, including those that this version does not know. */
function savedRows(vendor: string, { chosen, values, file }: Sources): Row[] {
  const specs = savedOptionsOf(vendor);
  const own = Object.entries(values).filter(([name]) => name !== KEYCHAIN_KEY);
  const kept = inKeychain(values).map((name) => [name, hiddenValue] as const);
  return [...own, ...kept].map(([name, value]) => {
    const spec = specs.find((one) => one.name === name);
    const option = spec === undefined ? name : optionName(spec);
    const origin = profileOrigin(chosen, file);
    const place: Origin = value === hiddenValue ? { ...origin, origin: 'keychain' } : origin;
    return { vendor, option, ...hidden(spec, value), ...place };
  });
}

/** Stands for a secret that is in the keychain. */
const hiddenValue = Symbol('hidden');

function effectiveRows(vendor: string, sources: Sources): Row[] {
  return savedOptionsOf(vendor).flatMap((spec) => effectiveRow(vendor, spec, sources) ?? []);
}

/** A value that cannot be used is listed with the reason, since people read the list to find it. */
function effectiveRow(vendor: string, spec: OptionSpec, sources: Sources): Row | undefined {
  const { chosen, file, values, environment } = sources;
  const option = optionName(spec);
  try {
    const given = { flags: {}, environment, profile: values };
    const asked = spec.secret === true ? askedOrigin(vendor, spec, { chosen, given }) : undefined;
    if (asked !== undefined) return { vendor, option, ...hidden(spec, undefined), ...asked };
    const resolved = resolveSettings([spec], given);
    const value = resolved.values[spec.name];
    const source = resolved.sources[spec.name];
    if (value === undefined || source === undefined) return undefined;
    const origin: Origin = source.kind === 'profile' ? profileOrigin(chosen, file) : sourceOrigin(source);
    return { vendor, option, ...hidden(spec, writeValue(spec, value)), ...origin };
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return { vendor, option, value: null, origin: 'unset', problem: error.message };
  }
}

/** The origin of a secret from a command or the keychain; neither is accessed. */
function askedOrigin(
  vendor: string,
  spec: OptionSpec,
  { chosen, given }: { chosen: ChosenProfile; given: Given },
): Origin | undefined {
  const command = savedOptionsOf(vendor).filter(({ name }) => name === spec.commandOption);
  const resolved = resolveSettings([spec, ...command], given);
  const origin = originOf(spec, { resolved, given, files: [], kept: { vendor, profile: chosen.name } });
  if (origin.kind === 'command') return { origin: 'command', source: origin.name };
  return origin.kind === 'keychain' ? { origin: 'keychain', source: origin.profile } : undefined;
}

function hidden(spec: OptionSpec | undefined, value: unknown): Pick<Row, 'value' | 'secret'> {
  return spec?.secret === true ? { value: '(set)', secret: true } : { value };
}

function profileOrigin({ name }: ChosenProfile, file: string | undefined): Origin {
  return { origin: 'profile', source: name, ...(file === undefined ? {} : { file }) };
}

function sourceOrigin(source: Source): Origin {
  return { origin: source.kind, ...('name' in source ? { source: source.name } : {}) };
}

/** How the profile was chosen. */
function choiceOrigin({ source }: ChosenProfile): Origin {
  return source.kind === 'profile' ? { origin: 'profile', source: 'config use' } : sourceOrigin(source);
}

function lineOf({ vendor, option, value, secret }: Row): string {
  return `${vendor} ${option} ${secret === true ? String(value) : JSON.stringify(value)}`;
}

function valueText({ value, problem }: Row): string {
  if (problem !== undefined) return `cannot be used: ${problem}`;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function documentOf(settings: readonly Row[], chosen: ChosenProfile, file: string | undefined): object {
  return { schema: 1, profile: { name: chosen.name, ...choiceOrigin(chosen) }, file: file ?? null, settings };
}
