/** `login` from its settings to its exit code. Throws Failures; then nothing is saved. */
import type { Context } from '../../application/context.ts';
import { EXIT, Failure, type FailureKind } from '../../failure.ts';
import { processMask } from '../../masking/process-mask.ts';
import { printable } from '../../report/terminal/printable.ts';
import { chooseProfile } from '../../settings/profiles/choose.ts';
import type { Values } from '../../settings/profiles/document.ts';
import { profileStore } from '../../settings/profiles/store.ts';
import type { Settings } from '../../settings/resolve.ts';
import { readSecretFile } from '../../settings/secrets.ts';
import { valuesOf, type SettingValues } from '../../settings/values.ts';
import type { LoginSecret } from '../../vendors/account.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { askVendor } from '../account/ask-vendor.ts';
import { keepSecret, type SecretLocation } from '../account/kept-secret.ts';
import { askPerson, canAsk } from '../account/prompt.ts';
import { secretProblem } from '../account/secret-text.ts';
import { shadowsOf } from './shadows.ts';
import { LOGIN_OPTIONS } from './options.ts';

export interface LoginRequest {
  vendor: Vendor;
  settings: Settings;
  /** What was given on the command line, by spec name. */
  flags: SettingValues;
}

type LoginContext = Pick<Context, 'machine' | 'interruption'>;

/** Resolves to the exit code. */
export async function runLogin(request: LoginRequest, context: LoginContext): Promise<number> {
  const { vendor, settings, flags } = request;
  const { machine } = context;
  const kind = vendor.account.secret(settings.values);
  const user = await readUser(request, context);
  const secret = await readLoginSecret(request, kind, context);
  processMask.add(secret);
  const values = { ...settings.values, ...user, [kind.option]: secret };
  const { check } = valuesOf(LOGIN_OPTIONS, settings.values);
  const answer = check
    ? await askVendor({ vendor, settings: values, once: true }, context).catch(sayUnsaved(kind))
    : ({ kind: 'unchecked', why: '--no-check' } as const);
  const document = await profileStore(machine).load();
  const profile = chooseProfile(document, { flags, environment: machine.environment }).name;
  const entry = { profile, vendor: vendor.name, option: kind.option };
  const location = await keepSecret(
    entry,
    { secret, beside: { ...givenAccount(request), ...user } },
    machine,
  );
  const tell = (text: string) => void machine.stderr.write(`${printable(text)}\n`);
  tell(`Logged in to ${vendor.title}, profile ${profile}: the ${kind.noun} ${outcomeText(answer, location)}`);
  const saved = document.values(profile, vendor.name) ?? {};
  for (const shadow of shadowsOf({ vendor, option: kind.option, saved }, machine)) tell(`warning: ${shadow}`);
  return EXIT.ok;
}

/** Errors concern the secret that was just given, not the environment. */
function sayUnsaved({ noun }: LoginSecret): (error: unknown) => never {
  return (error) => {
    if (!(error instanceof Failure)) throw error;
    const { kind, message, hint = 'try again' } = error;
    const hints: Partial<Record<FailureKind, string>> = {
      credentials: `check the ${noun}`,
      unavailable: '--no-check saves without asking',
    };
    throw new Failure(kind, message, { hint: `nothing was saved: ${hints[kind] ?? hint}`, cause: error });
  };
}

function outcomeText(
  answer: { kind: 'accepted' } | { kind: 'unchecked'; why: string },
  location: SecretLocation,
) {
  const saved = `saved ${locationText(location)}`;
  return answer.kind === 'accepted'
    ? `was accepted and is ${saved}`
    : `is ${saved}; not checked (${answer.why})`;
}

function locationText(location: SecretLocation): string {
  return location.kind === 'keychain'
    ? 'in the keychain'
    : `in ${location.path} (only you can read it; ${location.why})`;
}

/** Account options on the command line are saved with the secret, which was checked with them. */
function givenAccount({ vendor, flags }: LoginRequest): Values {
  return Object.fromEntries(Object.entries(flags).filter(([name]) => vendor.account.options.includes(name)));
}

/** The user name, for secrets that come with one. */
async function readUser({ vendor, settings }: LoginRequest, context: LoginContext): Promise<Values> {
  const option = vendor.account.user?.(settings.values);
  if (option === undefined) return {};
  const known = settings.values[option];
  if (typeof known === 'string') return { [option]: known };
  if (!canAsk(context.machine)) {
    throw new Failure('usage', `the user of ${vendor.title} is missing, and there is no terminal to ask on`, {
      hint: `scarf-cli config set ${vendor.name} ${option} NAME, or ${vendor.options.find(({ name }) => name === option)?.environment?.[0] ?? ''}`,
    });
  }
  const question = { message: `User of ${vendor.title}`, hidden: false, signal: context.interruption.signal };
  const name = await askPerson(question, context.machine);
  if (name === '') throw new Failure('usage', 'no user was given');
  return { [option]: name };
}

async function readLoginSecret(
  { vendor, settings }: LoginRequest,
  { option, noun }: LoginSecret,
  { machine, interruption }: LoginContext,
): Promise<string> {
  const { tokenStdin } = valuesOf(LOGIN_OPTIONS, settings.values);
  const isFromFile = settings.sources[option]?.kind === 'flag';
  if (isFromFile && tokenStdin) throw new Failure('usage', 'give a file or --token-stdin, not both');
  if (isFromFile) return checked(String(settings.values[option]), { option, noun });
  const { stdin } = machine;
  if (tokenStdin) {
    const file = { path: '-', flag: '--token-stdin', stdin, stdinIsInput: false, machine };
    return checked(await interruption.unlessInterrupted(readSecretFile(file)), { option, noun });
  }
  if (!canAsk(machine)) {
    throw new Failure('usage', `there is no terminal to ask for the ${noun} on`, {
      hint: `scarf-cli login ${vendor.name} --token-stdin < FILE`,
    });
  }
  const { signal } = interruption;
  const question = { message: `${noun} of ${vendor.title}`, hidden: true, signal };
  return checked(await askPerson({ ...question, message: capital(question.message) }, machine), {
    option,
    noun,
  });
}

/** Passwords may contain spaces; secrets that are sent in a header may not. */
function checked(text: string, { option, noun }: LoginSecret): string {
  const secret = option === 'password' ? text : text.trim();
  if (secret === '') throw new Failure('usage', `no ${noun} was given`);
  const problem = secretProblem(option, secret);
  if (problem === undefined) return secret;
  throw new Failure('usage', `the ${noun} cannot be used: ${problem}`);
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}
