/** The verbs of `scarf-cli config`. */
import { text } from 'node:stream/consumers';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { Failure } from '../../failure.ts';
import { baseAddress } from '../../http/address.ts';
import type { Machine } from '../../machine.ts';
import { readValue } from '../../settings/kinds.ts';
import { profileStore } from '../../settings/profile.ts';
import { readSecretFile } from '../../settings/secrets.ts';
import { findVendor, VENDORS } from '../../vendors/index.ts';
import { CHUNK_SIZE_OPTION, DELIVERY_OPTIONS, DISPLAY_OPTIONS } from '../delivery/options.ts';
import { rowOptions } from '../../application/delivery/setup/rows.ts';

/** Runs one verb. Failures are of kind `usage`, or `local` for the file. */
export async function runConfig(verb: ConfigVerb, words: readonly string[], machine: Machine): Promise<void> {
  switch (verb) {
    case 'set':
      return setValue(words, machine);
    case 'unset':
      return unsetValue(words, machine);
    case 'list':
      return listValues(machine);
    case 'path':
      machine.stdout.write(`${profileStore(machine).path}\n`);
  }
}

async function setValue(
  [vendor = '', option = '', given]: readonly string[],
  machine: Machine,
): Promise<void> {
  const spec = findOption(vendor, option);
  if (given !== undefined && spec.secret === true) {
    throw new Failure('usage', `${option} is a secret: other users of this machine can read command lines`, {
      hint: `scarf-cli config set ${vendor} ${option} < file`,
    });
  }
  const value = given ?? (await readStandardInput(spec, machine));
  if (spec.name === 'apiUrl') baseAddress(value, option, { plainAnywhere: true });
  try {
    readValue(spec, value);
  } catch (cause) {
    throw new Failure(
      'usage',
      spec.secret === true ? `${option} cannot be used as it is` : (cause as Error).message,
      { cause },
    );
  }
  const store = profileStore(machine);
  await store.write(vendor, { ...(await store.read(vendor)), [spec.name]: value });
}

async function readStandardInput(spec: OptionSpec, machine: Machine): Promise<string> {
  if (spec.secret !== true) return (await text(machine.stdin)).trim();
  const file = { path: '-', flag: optionName(spec), stdin: machine.stdin, stdinIsInput: false, machine };
  return (await readSecretFile(file)).trim();
}

async function unsetValue([vendor = '', option = '']: readonly string[], machine: Machine): Promise<void> {
  const { name } = findOption(vendor, option);
  const store = profileStore(machine);
  const values = Object.entries(await store.read(vendor)).filter(([key]) => key !== name);
  await store.write(vendor, Object.fromEntries(values));
}

async function listValues(machine: Machine): Promise<void> {
  const store = profileStore(machine);
  for (const vendor of VENDORS) {
    for (const [name, value] of Object.entries(await store.read(vendor.name))) {
      const spec = optionsOf(vendor.name).find((one) => one.name === name);
      const shown = spec?.secret === true ? '(set)' : JSON.stringify(value);
      machine.stdout.write(`${vendor.name} ${spec === undefined ? name : optionName(spec)} ${shown}\n`);
    }
  }
}

function findOption(vendor: string, option: string): OptionSpec {
  if (!findVendor(vendor)) {
    throw new Failure('usage', `there is no vendor "${vendor}"`, {
      hint: `one of ${VENDORS.map(({ name }) => name).join(', ')}`,
    });
  }
  const wanted = option.replace(/^--/, '');
  const spec = optionsOf(vendor).find((one) => optionName(one) === wanted);
  if (!spec) throw new Failure('usage', `${vendor} has no option "${option}"`);
  return spec;
}

function optionsOf(name: string): OptionSpec[] {
  const vendor = findVendor(name);
  const shared = [...rowOptions(vendor ?? {}), CHUNK_SIZE_OPTION, ...DELIVERY_OPTIONS, ...DISPLAY_OPTIONS];
  return [...(vendor?.options ?? []), ...shared];
}

/** As on the command line, without dashes; what has no flag goes by its name in settings: `token`, `api-url`. */
function optionName({ flags, name }: OptionSpec): string {
  const flag = /--(?:no-)?([\w-]+)/.exec(flags ?? '')?.[1];
  return flag ?? name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}

export type ConfigVerb = 'set' | 'unset' | 'list' | 'path';
