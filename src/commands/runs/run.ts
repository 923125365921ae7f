/** The verbs of `runs`; each resolves to the exit code. */
import type { FoundRun } from '../../delivery/ledger/ledger.ts';
import { consequenceOf } from '../../delivery/ledger/catalog/retention.ts';
import { findRun, forgetRun, listRuns, pruneRuns } from '../../delivery/ledger/catalog/run-catalog.ts';
import { EXIT } from '../../failure.ts';
import type { Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';
import { jsonText } from '../../report/list/json-text.ts';
import { viewOf } from '../../report/list/write.ts';
import { printable } from '../../report/terminal/printable.ts';
import { consequenceText, forgottenText, prunedText } from '../../report/words/runs.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
import { findVendor } from '../../vendors/index.ts';
import { lockIfFree, lockRun } from '../../application/delivery/setup/inputs/inputs.ts';
import { describeRun, runText } from './describe.ts';
import { printLastSuccess } from './last-success.ts';
import { RUN_LIST } from './list.ts';
import type {
  ListRunsSettings,
  PruneSettings,
  ResumeSettings,
  RunsSettings,
  ShowSettings,
} from './options.ts';
import { optionsOfRun, resumeRun } from './resume.ts';

/** The arguments and settings of one call. */
export interface RunsCall<Settings = RunsSettings> {
  /** The beginning of a run's name, for verbs about one run. */
  id: string;
  /** All names that were given. */
  names: readonly string[];
  settings: Settings;
  machine: Machine;
  interruption: Interruption;
  version: string;
}

export async function list(call: RunsCall<ListRunsSettings>): Promise<number> {
  const { settings, machine, interruption } = call;
  const directory = stateDirectory(machine, settings.stateDir);
  if (settings.lastSuccess) return printLastSuccess(await listRuns(directory), settings, machine);
  const view = viewOf(RUN_LIST, settings, { ...machine, signal: interruption.signal });
  await view.write(await listRuns(directory));
  return EXIT.ok;
}

export async function show({ id, settings, machine, interruption }: RunsCall<ShowSettings>): Promise<number> {
  const entry = await findRun(stateDirectory(machine, settings.stateDir), id);
  if (entry.kind === 'damaged') throw entry.problem;
  if (settings.html !== undefined) await writePage(entry, settings.html, { machine, interruption });
  const stdout = settings.html === '-' ? machine.stderr : machine.stdout;
  if (settings.json) print({ stdout }, jsonText(describeRun(entry)));
  else for (const line of runText(entry, optionsOfRun(entry), machine.now())) print({ stdout }, line);
  return EXIT.ok;
}

export async function resume({
  id,
  settings,
  machine,
  interruption,
  version,
}: RunsCall<ResumeSettings>): Promise<number> {
  const directory = stateDirectory(machine, settings.stateDir);
  const entry = await findRun(directory, id);
  if (entry.kind === 'damaged') throw entry.problem;
  return resumeRun(entry, { ...settings, stateDir: directory }, { machine, interruption, version });
}

/** Throws a Failure `local` for a page that cannot be written. */
async function writePage(
  entry: FoundRun,
  path: string,
  { machine, interruption: { outOfTime } }: Pick<RunsCall, 'machine' | 'interruption'>,
): Promise<void> {
  const { recordedPage } = await import('../../application/delivery/page/ended-page.ts');
  const { putPage } = await import('../../application/page.ts');
  const { run, state } = entry;
  const vendor = findVendor(state.start.vendor)?.title ?? state.start.vendor;
  const make = () => recordedPage({ run, state, specs: optionsOfRun(entry) }, vendor);
  const problem = await putPage(path, make, { machine, outOfTime });
  if (problem !== undefined) throw problem;
}

/** Throws a Failure `locked` when a process is working on the run. */
export async function forget({ id, settings, machine }: RunsCall): Promise<number> {
  const location = { stateDirectory: stateDirectory(machine, settings.stateDir), machine };
  const entry = await findRun(location.stateDirectory, id);
  const locks = entry.kind === 'read' ? await lockRun(entry, location) : undefined;
  try {
    if (entry.kind === 'read') warnOfResending(entry, machine);
    await forgetRun(entry, machine.now());
  } finally {
    await locks?.release();
  }
  const { run } = entry;
  print(machine, settings.json ? JSON.stringify({ run, forgotten: true }) : forgottenText(run));
  return EXIT.ok;
}

export async function prune({ settings, machine }: RunsCall<PruneSettings>): Promise<number> {
  const directory = stateDirectory(machine, settings.stateDir);
  const pruned: string[] = [];
  const sentAgain: string[] = [];
  await pruneRuns(directory, {
    olderThanMs: settings.olderThan,
    nowMs: machine.now(),
    lock: lockIfFree({ stateDirectory: directory, machine }),
    removing: (found) => {
      pruned.push(found.run);
      if (warnOfResending(found, machine)) sentAgain.push(found.run);
    },
  });
  if (settings.json) print(machine, JSON.stringify({ pruned, sentAgain }));
  else print(machine, prunedText(pruned.length));
  return EXIT.ok;
}

/** Warns what follows from forgetting a run; returns whether anything does. */
function warnOfResending({ run, state }: FoundRun, machine: Machine): boolean {
  const consequence = consequenceOf(state);
  if (consequence === undefined) return false;
  machine.stderr.write(`warning: ${printable(consequenceText(run, consequence))}\n`);
  return true;
}

function print(machine: Pick<Machine, 'stdout'>, line: string): void {
  machine.stdout.write(`${printable(line)}\n`);
}
