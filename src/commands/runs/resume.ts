/** Resumes a run: rebuilds its command from the ledger. */
import type { FoundRun } from '../../delivery/ledger/ledger.ts';
import { isInputFinished, type RunState } from '../../delivery/ledger/run-state.ts';
import { Failure } from '../../failure.ts';
import type { Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';
import { DEFAULT_PROFILE } from '../../settings/profiles/document.ts';
import { KEYCHAIN_KEY } from '../../settings/profiles/kept-secrets.ts';
import { resolveSettings, type Settings } from '../../settings/resolve.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';
import type { ValuesOf } from '../../settings/values.ts';
import { findVendor } from '../../vendors/index.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { runDelivery } from '../../application/delivery/run.ts';
import { locateInputs } from '../../application/delivery/setup/inputs/run-inputs.ts';
import { IMPORT_OPTIONS, ingestOptions } from '../../application/options/delivery.ts';
import { readSavedProfile } from '../saved-profile.ts';
import { readSecrets, withSecrets } from '../secrets.ts';

interface ResumeChoices {
  stateDir: string;
  json: boolean;
  quiet: boolean;
  logFile?: string;
  profile?: string;
  /** Inputs that are elsewhere now. */
  input?: readonly string[];
}

/**
 * Resolves to the exit code. Paths are relative to the run's directory; secrets come from the environment or
 * a profile.
 */
export async function resumeRun(
  { run, state }: FoundRun,
  { stateDir, json, quiet, logFile, profile, input: moved = [] }: ResumeChoices,
  { machine, interruption, version }: { machine: Machine; interruption: Interruption; version: string },
): Promise<number> {
  if (state.forgotten) throw new Failure('usage', `run ${run} is forgotten`);
  const { command, workingDirectory, settings: kept } = state.start;
  const vendor = vendorOf(run, state);
  const specs = optionsOf(command, vendor);
  // The log file is one of the guarded paths.
  const named = { ...(quiet ? { quiet } : {}), ...(logFile === undefined ? {} : { logFile }) };
  const flags = { ...kept, json, stateDir, ...named };
  const settings = await readRunSettings({ vendor, specs, flags, profile }, { machine, interruption });
  const { paths, spans } = await locateInputs(
    { run, state },
    { moved, workingDirectory: machine.workingDirectory },
  );
  const resumes = { run, spools: spoolsOf(state), isMoved: moved.length > 0 };
  const { part } = state.start;
  // A part keeps the bytes that it began with, also when the files have changed since.
  const resumesPart = part === undefined ? {} : { resumesPart: { part, spans } };
  return runDelivery(
    { command, vendor, patterns: paths, specs, settings, resumes, ...resumesPart },
    { machine: { ...machine, workingDirectory }, interruption, version },
  );
}

interface RunSettings<Specs> {
  vendor: Vendor;
  specs: Specs;
  /** The options of the run, including its profile. */
  flags: Readonly<Record<string, unknown>>;
  /** Replaces the run's own. */
  profile: string | undefined;
}

/** The run's settings, with secrets from their current sources. */
async function readRunSettings<const Specs extends readonly OptionSpec[]>(
  { vendor, specs, flags, profile }: RunSettings<Specs>,
  { machine, interruption }: { machine: Machine; interruption: Interruption },
): Promise<Settings<ValuesOf<Specs>>> {
  const name = profile ?? flags['profile'] ?? DEFAULT_PROFILE;
  const saved = await readSavedProfile({ vendor: vendor.name, flags: { profile: name } }, machine);
  const all: readonly OptionSpec[] = specs;
  const commands = all.flatMap(({ commandOption }) => commandOption ?? []);
  const secrets = all.filter(({ secret }) => secret === true).map((spec) => spec.name);
  const given = {
    flags: omit(flags, commands),
    environment: machine.environment,
    profile: { ...pick(saved.values, [...secrets, ...commands, KEYCHAIN_KEY]), ...pick(flags, commands) },
  };
  const resolved = resolveSettings(specs, given);
  const kept = { profile: saved.name, vendor: vendor.name };
  const { signal } = interruption;
  const where = { files: [], kept, mayAsk: true, stdinIsInput: false, signal, machine };
  const reading = readSecrets({ specs, resolved, given, ...where });
  return withSecrets(specs, given, await interruption.unlessInterrupted(reading));
}

function pick(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => names.includes(name)));
}

function omit(values: Readonly<Record<string, unknown>>, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(Object.entries(values).filter(([name]) => !names.includes(name)));
}

function vendorOf(run: string, { start }: RunState): Vendor {
  const vendor = findVendor(start.vendor);
  if (vendor) return vendor;
  throw new Failure('usage', `run ${run} delivers to ${start.vendor}, which this version does not support`);
}

/** The options of the command that began a run; none for an unknown vendor. */
export function optionsOfRun({ state }: FoundRun): readonly OptionSpec[] {
  const vendor = findVendor(state.start.vendor);
  return vendor === undefined ? [] : optionsOf(state.start.command, vendor);
}

function optionsOf(command: string, vendor: Vendor) {
  return command === 'import' ? IMPORT_OPTIONS : ingestOptions(vendor);
}

function spoolsOf(state: RunState): { number: number; directory: string }[] {
  return [...state.inputs].flatMap(([number, { spool }]) =>
    spool === undefined || isInputFinished(state, number) ? [] : [{ number, directory: spool }],
  );
}
