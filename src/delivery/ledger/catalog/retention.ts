/**
 * Decides how long a run is kept, as a pure function of the times in ledgers, never those of files, and of what
 * would be lost without it.
 */
import { msPerDay, startOf } from '../../../calendar.ts';
import { isFinished, type RunState } from '../run-state.ts';

/** How long a finished run is kept after its last use, when nothing is lost with it. */
export const keepFinishedMs = 30 * msPerDay;

/** Runs cannot predate the program: an earlier time comes from a clock that was not set. */
const firstTimeMs = startOf('2024-01-01');

/**
 * Why losing the run could duplicate rows; undefined when it could not, because the vendor recognizes them by id or
 * nothing was sent.
 */
export function consequenceOf(state: RunState): 'without-ids' | 'unknown' | undefined {
  if (state.forgotten) return undefined;
  const inputs = [...state.inputs.values()];
  const ranges = inputs.flatMap((input) => input.ranges);
  if (ranges.some(({ outcome, inDoubt }) => outcome.unknown > 0 || inDoubt)) return 'unknown';
  if ([...state.open.values()].some(({ withoutId }) => withoutId > 0)) return 'without-ids';
  // Streams never recur.
  const files = inputs.filter(({ kind }) => kind !== 'stream').flatMap((input) => input.ranges);
  return files.some(({ outcome, allIds }) => outcome.rows > 0 && allIds !== true) ? 'without-ids' : undefined;
}

/** Whether the run is finished or forgotten. */
export function isOver(state: RunState): boolean {
  return state.forgotten || isFinished(state);
}

/** Last use of a run according to its ledger, in milliseconds since the epoch. */
export function lastUseMs({ start, ended, usedAt }: RunState): number {
  return Math.max(
    ...[start.startedAt, ended?.at, usedAt].map((at) => (at === undefined ? 0 : Date.parse(at))),
  );
}

/** Start of a run according to its name, in milliseconds since the epoch; undefined for other names. */
export function startOfName(run: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})-/.exec(run);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second, ms] = match.slice(1);
  const startMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(startMs) ? undefined : startMs;
}

/**
 * The time against which the age of runs is measured: the latest that at least two clocks confirm, out of this one
 * and the starts of other runs. One wrong clock therefore makes no run look old. `names`: all runs except the
 * current one.
 */
export function confirmedNowMs(nowMs: number, names: readonly string[]): number {
  const times = names.map(startOfName).filter((time) => time !== undefined);
  const [, second = 0] = [nowMs, ...times].sort((one, other) => other - one);
  return second;
}

/** Whether a run is old enough to remove. The age of a run whose clock was not set is unknown, so it stays. */
export function isOutdated(state: RunState, witnessed: number): boolean {
  const last = lastUseMs(state);
  return last >= firstTimeMs && witnessed - last >= keepFinishedMs;
}
