/** The final answer of a vendor as a ledger keeps it where its rejects or replies could not be written. */
import type { Piece, Rejection, Rejections, Settled } from '../../records.ts';
import type { FinalAnswer, RefusedEvents } from './records.ts';

/** The answer for the ledger. `rejected`: how many rows the refused events are. */
export function finalAnswer(
  { rejected: refusals, warnings }: Settled,
  counts: Pick<FinalAnswer, 'rejected' | 'unknown'>,
): FinalAnswer {
  const refused = joinRefusals(refusals);
  return {
    ...counts,
    ...(refused.length === 0 ? {} : { refused }),
    ...(warnings === undefined ? {} : { warnings }),
  };
}

/** The answer that the ledger kept. Replies are `null`: that they came is all that is known of them. */
export function answerAgain(
  { rows, pieces }: { rows: number; pieces: readonly Piece[] },
  kept: FinalAnswer,
): Settled {
  const { rejected, unknown, refused = [], warnings = {} } = kept;
  const refusals = refused.flatMap(eachOf);
  const events = pieces.reduce((sum, piece) => sum + piece.events, 0);
  return {
    kind: 'settled',
    accepted: rows - rejected - unknown,
    rejected: refusals,
    unknown,
    warnings,
    ...acceptedReplies(refusals, { events, unknown }),
  };
}

/** A list as short as its reasons differ: a vendor may have refused a million events for one. */
function joinRefusals(rejected: Rejections): RefusedEvents[] {
  const joined: RefusedEvents[] = [];
  for (let at = 0; at < rejected.length; at += 1) {
    const rejection = rejected.at(at);
    if (rejection === undefined) continue;
    const last = joined.at(-1);
    if (last !== undefined && isNext(last, rejection)) last.events += 1;
    else joined.push({ ...rejection, events: 1 });
  }
  return joined;
}

function isNext({ row, events, reason, message }: RefusedEvents, rejection: Rejection): boolean {
  const next = row === undefined ? undefined : row + events;
  return rejection.row === next && rejection.reason === reason && rejection.message === message;
}

function eachOf({ row, events, reason, message }: RefusedEvents): Rejection[] {
  return Array.from({ length: events }, (_, nth) => ({
    ...(row === undefined ? {} : { row: row + nth }),
    reason,
    message,
  }));
}

/** Replies to accepted events. None where it is not known which were accepted. */
function acceptedReplies(
  refusals: readonly Rejection[],
  { events, unknown }: { events: number; unknown: number },
): Pick<Settled, 'replies'> {
  const refused = new Set(refusals.map(({ row }) => row));
  if (unknown > 0 || refused.has(undefined)) return {};
  const accepted = Array.from({ length: events }, (_, row) => row).filter((row) => !refused.has(row));
  return { replies: accepted.map((row) => ({ row, body: null })) };
}
