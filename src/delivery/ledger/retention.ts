/**
 * How long what a run knows is kept, decided purely: by the times in ledgers, never by those of files, and by what
 * would happen without it.
 */
import { msPerDay, startOf } from '../../calendar.ts';
import { isFinished, type RunState } from './run-state.ts';

/** How long a finished run is remembered after it was last made use of, when nothing is lost with it. */
export const keepFinishedMs = 30 * msPerDay;

/** No run is older than the program: an earlier time is that of a clock that was not set. */
const firstTimeMs = startOf('2024-01-01');

/** Why rows would be sent again if a run were not remembered; undefined: none would, or the vendor knows them again. */
export function consequenceOf(state: RunState): 'without-ids' | 'unknown' | undefined {
  if (state.forgotten) return undefined;
  const inputs = [...state.inputs.values()];
  const ranges = inputs.flatMap((input) => input.ranges);
  if (ranges.some(({ outcome, inDoubt }) => outcome.unknown > 0 || inDoubt)) return 'unknown';
  if ([...state.open.values()].some(({ withoutId }) => withoutId > 0)) return 'without-ids';
  // A stream is never met again.
  const files = inputs.filter(({ kind }) => kind !== 'stream').flatMap((input) => input.ranges);
  return files.some(({ outcome, allIds }) => outcome.rows > 0 && allIds !== true) ? 'without-ids' : undefined;
}

/** Whether nothing is left to do for a run. */
export function isOver(state: RunState): boolean {
  return state.forgotten || isFinished(state);
}

/** When a run was last made use of, by its own ledger, in milliseconds since the epoch. */
export function lastUseMs({ start, ended, usedAt }: RunState): number {
  return Math.max(
    ...[start.startedAt, ended?.at, usedAt].map((at) => (at === undefined ? 0 : Date.parse(at))),
  );
}

/** When a run began, by its name. */
export function startOfName(run: string): number | undefined {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})-/.exec(run);
  if (!match) return undefined;
  const [year, month, day, hour, minute, second, ms] = match.slice(1);
  const startMs = Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}.${ms}Z`);
  return Number.isNaN(startMs) ? undefined : startMs;
}

/**
 * The moment by which the age of runs counts: the latest of which two runs agree that it has come. One run whose
 * clock is wrong, this one or an earlier one, makes none older. `names`: all runs but the one that looks.
 */
export function witnessedMs(nowMs: number, names: readonly string[]): number {
  const times = names.map(startOfName).filter((time) => time !== undefined);
  const [, second = 0] = [nowMs, ...times].sort((one, other) => other - one);
  return second;
}

/** Whether a run is so old that it may go; one whose clock was not set is of no known age. */
export function isOutdated(state: RunState, witnessed: number): boolean {
  const last = lastUseMs(state);
  return last >= firstTimeMs && witnessed - last >= keepFinishedMs;
}
