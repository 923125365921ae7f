/** Describes a run from its ledger, for people and for programs. */
import { commandLineOf } from '../../application/delivery/command-line.ts';
import { addressOfCopy } from '../../application/remote-outputs.ts';
import { addOutcomes, coveredTo, noOutcome } from '../../delivery/ledger/ranges.ts';
import type { RunEntry } from '../../delivery/ledger/ledger.ts';
import { isFinished, type RunState } from '../../delivery/ledger/run-state.ts';
import type { Counts } from '../../records.ts';
import { relativeTime } from '../../report/terminal/relative-time.ts';
import { equation } from '../../report/words/delivery.ts';
import * as words from '../../report/words/runs.ts';
import type { OptionSpec } from '../../settings/option-spec.ts';

type ReadEntry = Extract<RunEntry, { kind: 'read' }>;

/** A run as JSON. */
export function describeRun(entry: RunEntry): Record<string, unknown> {
  if (entry.kind === 'damaged') return { run: entry.run, state: 'damaged', message: entry.problem.message };
  const { run, directory, state } = entry;
  const { command, vendor, endpoint, startedAt, settings, workingDirectory } = state.start;
  return {
    run,
    state: stateOf(state),
    command,
    vendor,
    endpoint,
    startedAt,
    endedAt: state.ended?.at ?? null,
    exit: state.ended?.exit ?? null,
    counts: state.ended?.counts ?? null,
    part: state.start.part ?? null,
    inputs: inputsOf(state),
    jobs: state.jobs,
    openJobs: openJobs(state),
    settings,
    workingDirectory,
    directory,
    files: filesOf(state),
    resume: isResumable(state) ? resumeCommand(run) : null,
  };
}

/** A run in full: its command line, its outcome, and how to continue it. */
export function runText(entry: ReadEntry, specs: readonly OptionSpec[], nowMs: number): string[] {
  const { run, directory, state } = entry;
  const { endpoint, startedAt, part } = state.start;
  const counts = countsOf(state);
  const ended = state.ended && [
    words.fact('ended', `${timeText(state.ended.at, nowMs)}, exit ${state.ended.exit}`),
  ];
  return [
    words.fact('run', `${run} (${stateOf(state)})`),
    words.fact('command', commandLineOf(state, specs)),
    ...(part === undefined ? [] : [words.fact('part', words.partText(part))]),
    words.fact('endpoint', endpoint),
    words.fact('started', timeText(startedAt, nowMs)),
    ...(ended ?? []),
    ...(counts === undefined ? [] : [words.fact('counts', equation(counts))]),
    ...inputsOf(state).map((input) => words.fact('input', inputText(input))),
    ...state.jobs.map(({ id, status }) => words.fact('import', `${id} ${status}`)),
    ...openJobs(state).map((id) => words.fact('import', `${id} still open`)),
    words.fact('files', directory),
    ...(isResumable(state) ? [words.fact('go on', resumeCommand(run))] : []),
  ];
}

/** Their lengths; what lies in a bucket goes by its address, and its copy on this machine is not named. */
function filesOf({ files, start }: RunState): RunState['files'] {
  return Object.fromEntries(
    Object.entries(files).map(([path, bytes]) => [addressOfCopy(path, start.settings) ?? path, bytes]),
  );
}

function timeText(time: string, nowMs: number): string {
  return `${relativeTime(time, nowMs)} (${time})`;
}

/** The counts of its rows: the final ones, else those settled so far. */
export function countsOf(state: RunState): Counts | undefined {
  if (state.ended !== undefined) return state.ended.counts;
  const settled = inputsOf(state).map(({ rows }) => rows);
  if (settled.length === 0) return undefined;
  const sum = (name: keyof (typeof settled)[number]) =>
    settled.reduce((total, rows) => total + rows[name], 0);
  return {
    read: sum('read'),
    accepted: sum('accepted'),
    rejected: sum('rejected'),
    skipped: sum('skipped'),
    pending: 0,
    unknown: sum('unknown'),
    unsent: 0,
  };
}

interface InputFacts {
  path: string;
  kind: string;
  /** The length, of a part that of its bytes; null until the end was reached. */
  bytes: number | null;
  settledBytes: number;
  rows: { read: number; accepted: number; rejected: number; skipped: number; unknown: number };
}

function inputsOf(state: RunState): InputFacts[] {
  return [...state.inputs.values()].map(({ path, kind, bytes, ranges, span }) => {
    const { rows: read, ...outcome } = ranges.map((range) => range.outcome).reduce(addOutcomes, noOutcome);
    const rows = { read, ...outcome };
    const from = span?.from ?? 0;
    const end = span?.to ?? bytes;
    const settledBytes = coveredTo(ranges, from) - from;
    return { path, kind, bytes: end === undefined ? null : end - from, settledBytes, rows };
  });
}

function inputText({ path, bytes, settledBytes, rows }: InputFacts): string {
  const counts = { ...rows, pending: 0, unsent: 0 };
  return words.inputText({ path, bytes, settledBytes, equation: equation(counts) });
}

function openJobs({ open }: RunState): string[] {
  return [...open.values()].map(({ job }) => job).filter((job) => job !== undefined);
}

export function stateOf(state: RunState): 'finished' | 'unfinished' | 'forgotten' {
  if (state.forgotten) return 'forgotten';
  return isFinished(state) ? 'finished' : 'unfinished';
}

function isResumable(state: RunState): boolean {
  return stateOf(state) === 'unfinished';
}

function resumeCommand(run: string): string {
  return `scarf-cli runs resume ${run}`;
}
