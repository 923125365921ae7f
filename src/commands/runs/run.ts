/** The verbs of `runs`. */
import type { FoundRun, RunEntry } from '../../delivery/ledger/ledger.ts';
import { consequenceOf } from '../../delivery/ledger/retention.ts';
import { findRun, forgetRun, listRuns, pruneRuns } from '../../delivery/ledger/run-catalog.ts';
import { EXIT, Failure } from '../../failure.ts';
import type { Interruption } from '../../interruption.ts';
import type { Machine } from '../../machine.ts';
import { countOf } from '../../report/terminal/numbers.ts';
import { printable } from '../../report/terminal/printable.ts';
import { stateDirectory } from '../../settings/state-directory.ts';
import { lockIfFree, lockRun } from '../../application/delivery/setup/inputs.ts';
import { describeRun, runLine, runText } from './describe.ts';
import { resumeRun } from './resume.ts';

interface Verbs {
  settings: RunsSettings;
  machine: Machine;
  interruption: Interruption;
}

/** Runs one verb; resolves to the exit code. `id` may be the beginning of a run's name. */
export async function runVerb(verb: string, id: string, verbs: Verbs): Promise<number> {
  const state = stateDirectory(verbs.machine, verbs.settings.stateDir);
  switch (verb) {
    case 'list':
      return list(await listRuns(state), verbs);
    case 'show':
      return show(await findRun(state, id), verbs);
    case 'resume':
      return resume(await findRun(state, id), state, verbs);
    case 'forget':
      return forget(await findRun(state, id), state, verbs);
    case 'prune':
      return prune(state, verbs);
    default:
      throw new Failure('bug', `no verb ${verb}`);
  }
}

function list(entries: readonly RunEntry[], { settings, machine }: Verbs): number {
  if (settings.json) print(machine, JSON.stringify(entries.map(describeRun)));
  else for (const entry of entries) print(machine, runLine(entry));
  if (entries.length === 0 && !settings.json) machine.stderr.write('there are no runs\n');
  return EXIT.ok;
}

function show(entry: RunEntry, { settings, machine }: Verbs): number {
  if (entry.kind === 'damaged') throw entry.problem;
  if (settings.json) print(machine, JSON.stringify(describeRun(entry)));
  else for (const line of runText(entry)) print(machine, line);
  return EXIT.ok;
}

async function resume(entry: RunEntry, state: string, verbs: Verbs): Promise<number> {
  if (entry.kind === 'damaged') throw entry.problem;
  return resumeRun(entry, { ...verbs.settings, stateDir: state }, verbs);
}

/** Nobody may be at work on it. */
async function forget(entry: RunEntry, state: string, { settings, machine }: Verbs): Promise<number> {
  const location = { stateDirectory: state, machine };
  const locks = entry.kind === 'read' ? await lockRun(entry, location) : undefined;
  try {
    if (entry.kind === 'read') warnOfResending(entry, machine);
    await forgetRun(entry, machine.now());
  } finally {
    await locks?.release();
  }
  const { run } = entry;
  print(machine, settings.json ? JSON.stringify({ run, forgotten: true }) : `${run} is forgotten`);
  return EXIT.ok;
}

async function prune(state: string, { settings, machine }: Verbs): Promise<number> {
  const pruned: string[] = [];
  const sentAgain: string[] = [];
  await pruneRuns(state, {
    olderThanMs: settings.olderThan,
    nowMs: machine.now(),
    lock: lockIfFree({ stateDirectory: state, machine }),
    removing: (found) => {
      pruned.push(found.run);
      if (warnOfResending(found, machine)) sentAgain.push(found.run);
    },
  });
  if (settings.json) print(machine, JSON.stringify({ pruned, sentAgain }));
  else print(machine, `${countOf(pruned.length, 'run')} removed`);
  return EXIT.ok;
}

const CONSEQUENCES = {
  'without-ids': 'delivered rows without ids: they are sent again when their files are given again',
  unknown:
    'knew of rows that may or may not have arrived: they are sent again when their files are given again',
} as const;

/** Names what follows from giving a run up; says whether something does. */
function warnOfResending({ run, state }: FoundRun, machine: Machine): boolean {
  const consequence = consequenceOf(state);
  if (consequence === undefined) return false;
  machine.stderr.write(`warning: run ${run} ${CONSEQUENCES[consequence]}\n`);
  return true;
}

function print(machine: Machine, line: string): void {
  machine.stdout.write(`${printable(line)}\n`);
}

export interface RunsSettings {
  stateDir?: string;
  json: boolean;
  olderThan: number;
  /** Of `resume`: where its log goes. */
  logFile?: string;
}
