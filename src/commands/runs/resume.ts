/** Goes on with a run: its command is built again from what its ledger says of it. */
import type { FoundRun } from '../../delivery/ledger/ledger.ts';
import { isFinished, isInputFinished, type RunState } from '../../delivery/ledger/run-state.ts';
import { Failure } from '../../failure.ts';
import type { Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';
import { resolveSettings } from '../../settings/resolve.ts';
import { findVendor } from '../../vendors/index.ts';
import type { Vendor } from '../../vendors/vendor.ts';
import { runDelivery } from '../../application/delivery/run.ts';
import { IMPORT_OPTIONS, ingestOptions } from '../../application/options/delivery.ts';

/** Resolves to the exit code. Paths mean what they meant to the run; secrets come from the environment. */
export async function resumeRun(
  { run, state }: FoundRun,
  { stateDir, json, logFile }: { stateDir: string; json: boolean; logFile?: string },
  { machine, interruption }: { machine: Machine; interruption: Interruption },
): Promise<number> {
  if (state.forgotten) throw new Failure('usage', `run ${run} is forgotten`);
  const { command, workingDirectory, settings: kept } = state.start;
  const vendor = vendorOf(run, state);
  const specs = optionsOf(command, vendor);
  // The log is one of the paths that are guarded.
  const flags = { ...kept, json, stateDir, ...(logFile === undefined ? {} : { logFile }) };
  const settings = resolveSettings(specs, { flags, environment: machine.environment });
  const resumes = { run, spools: spoolsOf(state) };
  return runDelivery(
    { command, vendor, patterns: pathsOf(state), specs, settings, resumes },
    { machine: { ...machine, workingDirectory }, interruption },
  );
}

function vendorOf(run: string, { start }: RunState): Vendor {
  const vendor = findVendor(start.vendor);
  if (vendor) return vendor;
  throw new Failure('usage', `run ${run} delivers to ${start.vendor}, which this version does not support`);
}

function optionsOf(command: string, vendor: Vendor) {
  return command === 'import' ? IMPORT_OPTIONS : ingestOptions(vendor);
}

/** A file that was delivered whole may be gone; of a finished run all are named, to tell its outcome. */
function pathsOf(state: RunState): string[] {
  const files = [...state.inputs].filter(([, { kind }]) => kind !== 'stream');
  const wanted = files.filter(([number]) => isFinished(state) || !isInputFinished(state, number));
  return wanted.map(([, { path }]) => path);
}

function spoolsOf(state: RunState): { number: number; directory: string }[] {
  return [...state.inputs].flatMap(([number, { spool }]) =>
    spool === undefined || isInputFinished(state, number) ? [] : [{ number, directory: spool }],
  );
}
