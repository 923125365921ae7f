/** `whoami` from its settings to its exit code. Failures are thrown. */
import type { Context } from '../../application/context.ts';
import { EXIT, Failure } from '../../failure.ts';
import { printable } from '../../report/terminal/printable.ts';
import { writeValue } from '../../settings/kinds.ts';
import { DEFAULT_PROFILE } from '../../settings/profiles/document.ts';
import type { Settings, Source } from '../../settings/resolve.ts';
import { valuesOf } from '../../settings/values.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { askVendor } from '../account/ask-vendor.ts';
import { optionName } from '../config/options.ts';
import { WHOAMI_OPTIONS } from './options.ts';

interface WhoamiRequest {
  vendor: Vendor;
  settings: Settings;
}

/** Prints the account; resolves to the exit code. */
export async function runWhoami(
  { vendor, settings }: WhoamiRequest,
  context: Pick<Context, 'machine' | 'interruption'>,
): Promise<number> {
  const secret = secretInUse(vendor, settings);
  const answer = await askVendor({ vendor, settings: settings.values, once: false }, context);
  const { profile = DEFAULT_PROFILE } = settings.values as { profile?: string };
  const accepted = answer.kind === 'accepted' ? answer : undefined;
  const document = {
    schema: 1,
    vendor: vendor.name,
    profile,
    ...accountOf(vendor, settings),
    secret,
    checked: accepted !== undefined,
    ...(answer.kind === 'unchecked' ? { why: answer.why } : {}),
    plan: accepted?.plan ?? null,
    slots: accepted?.slots ?? null,
  };
  const { stdout } = context.machine;
  if (valuesOf(WHOAMI_OPTIONS, settings.values).json) stdout.write(`${JSON.stringify(document)}\n`);
  else stdout.write(textOf(vendor, document));
  return EXIT.ok;
}

interface SecretInUse {
  option: string;
  origin: Source['kind'];
  /**
   * The flag, variable or command, or the profile of a secret in the keychain; absent for a secret saved in
   * the profile's file.
   */
  source?: string;
}

/** Throws a Failure `credentials` when there is none. */
function secretInUse(vendor: Vendor, { values, sources }: Settings): SecretInUse {
  const wanted = vendor.account.secret(values);
  const others = vendor.options.filter(({ secret }) => secret === true).map(({ name }) => name);
  const name = [wanted.option, ...others].find((one) => values[one] !== undefined && values[one] !== '');
  const spec = vendor.options.find((one) => one.name === name);
  if (name === undefined || spec === undefined) {
    const variable = vendor.options.find((one) => one.name === wanted.option)?.environment?.[0];
    throw new Failure('credentials', `not logged in to ${vendor.title}: the ${wanted.noun} is missing`, {
      hint: `scarf-cli login ${vendor.name}${variable === undefined ? '' : `, or set ${variable}`}`,
    });
  }
  const source = sources[name] ?? { kind: 'unset' };
  const named = 'name' in source && source.kind !== 'profile' ? { source: source.name } : {};
  return { option: optionName(spec), origin: source.kind, ...named };
}

/** Account and server by option name; null when not set. */
function accountOf({ account }: Vendor, { values }: Settings): Record<string, unknown> {
  return Object.fromEntries(account.options.map((name) => [name, values[name] ?? null]));
}

interface WhoamiDocument extends Record<string, unknown> {
  profile: string;
  secret: SecretInUse;
  checked: boolean;
  why?: string;
  plan: string | null;
  slots: { used: number; limit: number } | null;
}

function textOf(vendor: Vendor, document: WhoamiDocument): string {
  const { secret, slots } = document;
  const account = vendor.account.options.flatMap((name): [string, string][] => {
    const spec = vendor.options.find((one) => one.name === name);
    const value = document[name];
    if (spec === undefined || (value === null && name !== 'owner')) return [];
    return [[optionName(spec), value === null ? 'not set (--owner)' : writeValue(spec, value)]];
  });
  const rows: [string, string][] = [
    ['vendor', vendor.title],
    ['profile', document.profile],
    ...account,
    [
      secret.option,
      `${originText(secret, document.profile)}; ${document.checked ? 'accepted' : `not checked: ${document.why ?? ''}`}`,
    ],
    ['plan', document.plan ?? `not told by ${vendor.title}`],
    ...(slots === null ? [] : [['slots', `${slots.used} of ${slots.limit} in use`] as [string, string]]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  return rows.map(([name, value]) => `${name.padEnd(width)}  ${printable(value)}\n`).join('');
}

function originText({ origin, source }: SecretInUse, profile: string): string {
  if (origin === 'profile') return `saved in profile ${profile}`;
  return origin === 'keychain' ? 'in the keychain' : `from ${source ?? origin}`;
}
