/** Outcomes of a chunk as ledger records, events and answers. */
import type { Supply } from '../../contracts/supply.ts';
import type { Target } from '../../contracts/target.ts';
import type { RunEvent } from '../../events.ts';
import { Failure } from '../../failure.ts';
import type { Retry, Answer, Block, Changes, Settled } from '../../records.ts';
import type { Chunk } from '../upload/chunks.ts';
import type { Settling } from './settling.ts';

/** Event for a chunk whose end is not recorded: the next run finds it in doubt or with its job. */
export function unknownEnd({
  number,
  rows,
  rejected,
  job,
}: Pick<Settling, 'number' | 'rows' | 'rejected'> & { job?: string }): RunEvent {
  const counts = { accepted: 0, rejected, skipped: 0, unknown: rows };
  return {
    type: 'chunk-settled',
    chunk: number,
    job,
    counts,
    unaccounted: 0,
    warnings: {},
    aborted: false,
  };
}

/** Says why nobody knows whether the vendor has these rows. */
export function inDoubt(rows: number, why: string): RunEvent {
  const subject = rows === 1 ? '1 row' : `${rows} rows`;
  return { type: 'warned', code: 'in-doubt', message: `${subject} may or may not have arrived: ${why}` };
}

/** Whether the vendor certainly has none of the rows. */
export function isReturned(answer: Answer): boolean {
  return answer.kind === 'smaller' || (answer.kind === 'retry' && answer.taken === 'no');
}

/** Without a ledger the outcome of rows without ids could not be determined later. */
export function idsMissing({ idField }: Pick<Target, 'idField'>): Failure {
  const orElse = idField === undefined ? '' : ', or let ids be filled in (--fill-id)';
  return new Failure('usage', '--no-ledger needs an id in every row, and some rows have none', {
    hint: `leave --no-ledger away${orElse}`,
  });
}

/** Failure for when retries are used up. */
export function retriesUsedUp(answer: Retry): Failure {
  if (answer.why === 'session') return new Failure('credentials', answer.message);
  const message = answer.status === undefined ? answer.message : `the upload failed: ${answer.message}`;
  return new Failure('unavailable', message, {
    hint: 'run the same command again later: it goes on where this one stopped',
  });
}

/** Record written before a chunk is sent. */
export function intentOf(chunk: Chunk) {
  const { number, pieces, withoutId, rejected, supersedes, changes, warnings } = chunk;
  const noted = { ...unlessEmpty('changes', changes), ...unlessEmpty('warnings', warnings) };
  const intent = { type: 'intent' as const, chunk: number, pieces, withoutId, rejected, ...noted };
  return supersedes === undefined ? intent : { ...intent, supersedes };
}

/** Counts under a name, unless there are none. */
export function unlessEmpty<Name extends string>(
  name: Name,
  counts: Changes = {},
): { [name in Name]?: Changes } {
  return Object.keys(counts).length === 0 ? {} : ({ [name]: counts } as { [name in Name]?: Changes });
}

/** Settles every event of a chunk as rejected. */
export function allRejected(chunk: Chunk, { reason, message }: { reason: string; message: string }): Settled {
  const rejected = Array.from({ length: chunk.events }, (_, row) => ({ row, reason, message }));
  return { kind: 'settled', accepted: 0, rejected, unknown: 0 };
}

/** Reads the blocks of a chunk again. The caller releases them. */
export async function* readAgain(
  chunk: Pick<Chunk, 'pieces'>,
  supplies: readonly Supply[],
  limits: { maxRows: number; maxBytes: number },
): AsyncGenerator<Block> {
  for (const { input, range } of chunk.pieces) {
    const supply = supplies[input];
    if (supply) yield* supply.blocks(range, limits);
  }
}
