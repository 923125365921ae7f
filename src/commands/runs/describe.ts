/** What a ledger says of its run, for people and for programs. */
import { addOutcomes, coveredTo, noOutcome } from '../../delivery/ledger/ranges.ts';
import type { RunEntry } from '../../delivery/ledger/ledger.ts';
import { isFinished, type RunState } from '../../delivery/ledger/run-state.ts';
import { equation } from '../../report/delivery/text.ts';
import { formatBytes, formatCount } from '../../report/terminal/numbers.ts';

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
    inputs: inputsOf(state),
    jobs: state.jobs,
    openJobs: openJobs(state),
    settings,
    workingDirectory,
    directory,
    files: state.files,
    resume: isResumable(state) ? resumeCommand(run) : null,
  };
}

/** A run on one line. */
export function runLine(entry: RunEntry): string {
  if (entry.kind === 'damaged') return `${entry.run}  damaged`;
  const { run, state } = entry;
  const paths = [...state.inputs.values()].map(({ path }) => path);
  const more = paths.length > 1 ? ` and ${formatCount(paths.length - 1)} more` : '';
  const exit = state.ended === undefined ? '' : `  exit ${state.ended.exit}`;
  return `${run}  ${stateOf(state).padEnd(10)}  ${state.start.command}  ${paths[0] ?? '(no input)'}${more}${exit}`;
}

/** A run in full. */
export function runText(entry: ReadEntry): string[] {
  const { run, directory, state } = entry;
  const { command, endpoint, startedAt, settings } = state.start;
  return [
    `run: ${run} (${stateOf(state)})`,
    `command: ${command} to ${endpoint}`,
    `started: ${startedAt}`,
    ...(state.ended ? [`ended: ${state.ended.at}, exit ${state.ended.exit}`] : []),
    ...(state.ended ? [`counts: ${equation(state.ended.counts)}`] : []),
    'settings:',
    ...Object.entries(settings).map(([name, value]) => `  ${name}: ${JSON.stringify(value)}`),
    'inputs:',
    ...inputsOf(state).map(inputLine),
    ...(state.jobs.length > 0 ? ['jobs:', ...state.jobs.map(({ id, status }) => `  ${id} ${status}`)] : []),
    ...(openJobs(state).length > 0 ? [`open jobs: ${openJobs(state).join(', ')}`] : []),
    `files: ${directory}`,
    ...(isResumable(state) ? [`go on: ${resumeCommand(run)}`] : []),
  ];
}

interface InputFacts {
  path: string;
  kind: string;
  /** Length, once its end was reached. */
  bytes: number | null;
  settledBytes: number;
  rows: { read: number; accepted: number; rejected: number; skipped: number; unknown: number };
}

function inputsOf(state: RunState): InputFacts[] {
  return [...state.inputs.values()].map(({ path, kind, bytes, ranges }) => {
    const { rows: read, ...outcome } = ranges.map((range) => range.outcome).reduce(addOutcomes, noOutcome);
    const rows = { read, ...outcome };
    return { path, kind, bytes: bytes ?? null, settledBytes: coveredTo(ranges), rows };
  });
}

function inputLine({ path, bytes, settledBytes, rows }: InputFacts): string {
  const total = bytes === null ? 'an unknown length' : formatBytes(bytes);
  const settled = `${formatBytes(settledBytes)} of ${total} settled`;
  return `  ${path}: ${settled}, ${equation({ ...rows, pending: 0, unsent: 0 })}`;
}

function openJobs({ open }: RunState): string[] {
  return [...open.values()].map(({ job }) => job).filter((job) => job !== undefined);
}

function stateOf(state: RunState): 'finished' | 'unfinished' | 'forgotten' {
  if (state.forgotten) return 'forgotten';
  return isFinished(state) ? 'finished' : 'unfinished';
}

function isResumable(state: RunState): boolean {
  return stateOf(state) === 'unfinished';
}

function resumeCommand(run: string): string {
  return `scarf-cli runs resume ${run}`;
}
