/** Runs the verbs of `scarf-cli config`. */
import { text } from 'node:stream/consumers';
import type { OptionSpec } from '../../settings/option-spec.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Context } from '../../application/context.ts';
import type { Machine } from '../../machine.ts';
import { printable } from '../../report/terminal/printable.ts';
import { writeValue } from '../../settings/kinds.ts';
import { chooseExistingProfile, chooseProfile, unknownProfile } from '../../settings/profiles/choose.ts';
import { checkedProfileName, type ProfileDocument } from '../../settings/profiles/document.ts';
import { inKeychain } from '../../settings/profiles/kept-secrets.ts';
import { profileStore } from '../../settings/profiles/store.ts';
import { readSecretFile } from '../../settings/secrets.ts';
import type { ConfigCall, ConfigVerb } from './call.ts';
import { forgetSecret } from '../account/kept-secret.ts';
import { savedValues } from '../saved-profile.ts';
import { checkValue, findOption, optionName } from './options.ts';

/**
 * Runs one verb; resolves to the exit code. Throws a Failure `usage`, or `local` or `locked` for the file.
 */
export async function runConfig(verb: ConfigVerb, call: ConfigCall, context: Context): Promise<number> {
  if (verb === 'edit') await (await import('./edit.ts')).editSettings(context);
  else await verbs[verb](call, context.machine);
  return EXIT.ok;
}

const verbs: Record<Exclude<ConfigVerb, 'edit'>, (call: ConfigCall, machine: Machine) => Promise<void>> = {
  get: getValue,
  set: setValue,
  unset: unsetValue,
  use: useProfile,
  list: async (call, machine) => (await import('./list.ts')).listSettings(call, machine),
  path: async (_call, machine) => void machine.stdout.write(`${profileStore(machine).path}\n`),
};

async function getValue(
  { words: [vendor = '', option = ''], flags }: ConfigCall,
  machine: Machine,
): Promise<void> {
  const spec = findOption(vendor, option);
  const document = await profileStore(machine).load();
  const { name } = chooseExistingProfile(document, { flags, environment: machine.environment });
  const values = savedValues(document, name, vendor);
  const value = inKeychain(values).includes(spec.name) ? '' : values[spec.name];
  if (value === undefined) {
    throw new Failure('usage', `${vendor} ${optionName(spec)} is not saved in profile "${name}"`, {
      hint: 'scarf-cli config list --show-origin shows what is used in its place',
    });
  }
  const shown = spec.secret === true ? '(set)' : typeof value === 'string' ? value : writeValue(spec, value);
  machine.stdout.write(`${printable(shown)}\n`);
}

async function setValue(
  { words: [vendor = '', option = '', given], flags }: ConfigCall,
  machine: Machine,
): Promise<void> {
  const spec = findOption(vendor, option);
  if (given !== undefined && spec.secret === true) {
    throw new Failure('usage', `${option} is a secret: other users of this machine can read command lines`, {
      hint: `scarf-cli config set ${vendor} ${option} < file`,
    });
  }
  const value = given ?? (await readStandardInput(spec, machine));
  await checkValue(vendor, spec, value);
  if (spec.secret === true) await forgetOld(vendor, spec, { flags, machine });
  await profileStore(machine).change((document) => {
    const { name } = chooseProfile(document, { flags, environment: machine.environment });
    return document.with(name, vendor, { ...savedValues(document, name, vendor), [spec.name]: value });
  });
}

async function readStandardInput(spec: OptionSpec, machine: Machine): Promise<string> {
  if (spec.secret !== true) return (await text(machine.stdin)).trim();
  const file = { path: '-', flag: optionName(spec), stdin: machine.stdin, stdinIsInput: false, machine };
  return (await readSecretFile(file)).trim();
}

async function unsetValue(
  { words: [vendor = '', option = ''], flags }: ConfigCall,
  machine: Machine,
): Promise<void> {
  const spec = findOption(vendor, option);
  if (spec.secret === true) await forgetOld(vendor, spec, { flags, machine });
  await profileStore(machine).change((document) => {
    const { name } = chooseExistingProfile(document, { flags, environment: machine.environment });
    const values = Object.entries(savedValues(document, name, vendor)).filter(([key]) => key !== spec.name);
    return document.with(name, vendor, Object.fromEntries(values));
  });
}

/** A secret that is removed is also removed from the keychain. */
async function forgetOld(
  vendor: string,
  spec: OptionSpec,
  { flags, machine }: { flags: ConfigCall['flags']; machine: Machine },
): Promise<void> {
  const document = await profileStore(machine).load();
  const { name: profile } = chooseProfile(document, { flags, environment: machine.environment });
  if (!inKeychain(savedValues(document, profile, vendor)).includes(spec.name)) return;
  await forgetSecret({ profile, vendor, option: spec.name }, machine);
}

/** Without a name: lists the profiles. */
async function useProfile({ words: [name] }: ConfigCall, machine: Machine): Promise<void> {
  const store = profileStore(machine);
  if (name === undefined) return printProfiles(await store.load(), machine);
  const wanted = namedProfile(name);
  await store.change((document) => {
    if (!document.names.includes(wanted)) throw unknownProfile({ name: wanted }, document);
    return document.using(wanted);
  });
}

function namedProfile(name: string): string {
  try {
    return checkedProfileName(name);
  } catch (cause) {
    throw new Failure('usage', (cause as Error).message, { cause });
  }
}

function printProfiles({ names, used }: ProfileDocument, machine: Machine): void {
  for (const name of names) machine.stdout.write(`${name === used ? '*' : ' '} ${name}\n`);
}
