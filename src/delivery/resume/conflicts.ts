/** Refuses to start where rows of a prior run would be lost or sent twice. */
import { Failure } from '../../failure.ts';
import type { Piece } from '../../records.ts';
import type { FoundRun } from '../ledger/ledger.ts';
import { isFinished, isInputFinished, type OpenChunk, type RunState } from '../ledger/run-state.ts';
import type { GivenInput, Match } from './matches.ts';
import { overlaps } from './parts.ts';

/** Refuses an input path of an interrupted run that now holds other bytes, since rows would be lost. */
export function refuseReplaced(
  given: readonly GivenInput[],
  runs: readonly FoundRun[],
  matches: ReadonlyMap<GivenInput, readonly Match[]>,
): void {
  const paths = new Set(given.map(({ absolutePath }) => absolutePath));
  const matched = new Set([...matches.values()].flat().map(({ found, number }) => `${found.run} ${number}`));
  for (const { run, state } of runs) {
    if (isFinished(state) || !hasDelivered(state)) continue;
    for (const [number, { path }] of state.inputs) {
      if (!paths.has(path) || matched.has(`${run} ${number}`) || isInputFinished(state, number)) continue;
      throw new Failure('local', `${path} no longer has the rows that run ${run} has not delivered yet`, {
        hint: `give the file that holds them now as well (was it rotated or renamed?), or give them up with "scarf-cli runs forget ${run}"`,
      });
    }
  }
}

function hasDelivered(state: RunState): boolean {
  return state.open.size > 0 || [...state.inputs.values()].some(({ ranges }) => ranges.length > 0);
}

/**
 * An interrupted run cannot be resumed when not all its inputs are given, but may have delivered rows of those that
 * are. Rows with ids are sent again; without ids only that run can tell, so this throws.
 */
export function refuseDoubling(
  resumedRun: FoundRun | undefined,
  matches: ReadonlyMap<GivenInput, readonly Match[]>,
): void {
  for (const [{ input, span }, found] of matches) {
    for (const {
      found: { run, state },
      number,
    } of found) {
      if (run === resumedRun?.run) continue;
      const doubtful = [...state.open.values()].filter((open) => isLost(open) || isTaken(open));
      const isHere = (piece: Piece) => piece.input === number && overlaps(piece.range, span);
      if (!doubtful.some(({ pieces }) => pieces.some(isHere))) continue;
      throw new Failure('local', `run ${run} may have delivered rows of ${input.path}, and is not finished`, {
        hint: `go on with it ("scarf-cli runs resume ${run}") or give it up ("scarf-cli runs forget ${run}")`,
      });
    }
  }
}

function isTaken({ taken, withoutId }: OpenChunk): boolean {
  return taken === 'yes' && withoutId > 0;
}

/** Whether the chunk was being sent when its process died and sending it again could duplicate rows. */
export function isLost({ taken, withoutId }: OpenChunk): boolean {
  return taken === 'maybe' && withoutId > 0;
}
