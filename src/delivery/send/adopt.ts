/** Takes over chunks that an earlier process left: with a job, answered but not written, or of unknown outcome. */
import type { Supply } from '../../contracts/supply.ts';
import type { Emit } from '../../events.ts';
import type { Piece, Reject } from '../../records.ts';
import type { SendPolicy } from '../options.ts';
import { inDoubt } from './chunk-outcome.ts';
import type { ChunkSender } from './chunk-sender.ts';
import type { ChunkUploads } from './chunk-uploads.ts';
import type { Doubts } from './doubts.ts';
import type { JobPoller } from '../jobs/job-poller.ts';
import type { UploadSlots } from './upload-slots.ts';
import { answerAgain } from '../ledger/final-answer.ts';
import type { FinalAnswer } from '../ledger/records.ts';
import type { OpenChunk } from '../ledger/run-state.ts';
import type { Stopping } from '../stopping.ts';
import type { Settler } from './settle.ts';
import type { Settling } from './settling.ts';

/** Chunks that an earlier process left open, and what to do with them. */
export interface PriorChunks {
  /** Chunks with a job or a final answer. */
  adopted: readonly OpenChunk[];
  /** Chunks without ids that were being sent. */
  lost: readonly OpenChunk[];
  supplies: readonly Supply[];
  onUnknown: SendPolicy['onUnknown'];
}

/** Parts of the delivery that take over the chunks. */
export interface AdoptingParts {
  slots: UploadSlots;
  uploads: Pick<ChunkUploads, 'know'>;
  settler: Settler;
  poller: JobPoller;
  sender: ChunkSender;
  doubts: Doubts;
  stopping: Stopping;
  emit: Emit;
}

/**
 * Follows the jobs and settles chunks without a job as unknown. Where their rows are to be sent again, that is only
 * recorded: they are then read as rows in doubt, and what becomes of them is reported.
 */
export async function adopt(
  { adopted, lost, supplies, onUnknown }: PriorChunks,
  parts: AdoptingParts,
): Promise<void> {
  const isResent = onUnknown === 'resend';
  const rowsLost = isResent ? 0 : lost.reduce((sum, open) => sum + rowsOf(open), 0);
  if (rowsLost > 0) parts.emit(inDoubt(rowsLost, 'they were being sent when an earlier run ended'));
  const settlingOf = (open: OpenChunk): Settling => ({
    number: open.chunk,
    pieces: open.pieces,
    rows: rowsOf(open),
    rejected: open.rejected,
    localRejects: { kind: 'kept' },
    isRepeat: open.isRepeat ?? false,
    earlier: { withoutId: open.withoutId, mayResend: open.withoutId === 0 || isResent },
  });
  for (const open of isResent ? adopted : [...adopted, ...lost]) {
    const settling = settlingOf(open);
    const { number: chunk, pieces, rows, rejected } = settling;
    const { job } = open;
    parts.emit({ type: 'chunk-adopted', chunk, rows, rejected, job, ranges: pieces.map(readOf) });
    if (job !== undefined) {
      parts.slots.adopt();
      parts.uploads.know(job);
      const owed = open.owesRejects === true ? await owedRejects(settling, supplies, parts) : settling;
      parts.poller.add(job, owed);
    } else if (open.answered !== undefined) {
      await settleAnswered(settling, open.answered, { supplies, parts });
    } else {
      parts.doubts.add(settling);
      await settleUnknown(settling, supplies, parts);
    }
  }
  if (isResent) await leaveInDoubt(lost.map(settlingOf), supplies, parts);
}

/** Never throws: a failure stops the delivery before any of the rows is sent again. */
async function leaveInDoubt(
  chunks: readonly Settling[],
  supplies: readonly Supply[],
  { settler, stopping }: AdoptingParts,
): Promise<void> {
  try {
    for (const chunk of chunks) {
      const rows = await localRejectsOf(chunk, supplies);
      await settler.leaveInDoubt({ ...chunk, localRejects: { kind: 'to-keep', rows } });
    }
  } catch (error) {
    stopping.stopFor(error);
  }
}

/** The chunk with its local rejects, to be kept when it settles. Never throws: a failure stops the delivery. */
async function owedRejects(
  chunk: Settling,
  supplies: readonly Supply[],
  { stopping }: AdoptingParts,
): Promise<Settling> {
  try {
    return { ...chunk, localRejects: { kind: 'to-keep', rows: await localRejectsOf(chunk, supplies) } };
  } catch (error) {
    stopping.stopFor(error);
    return chunk;
  }
}

/** Writes what is missing of an answered chunk, and settles it. Never throws: a failure stops the delivery. */
async function settleAnswered(
  chunk: Settling,
  answered: FinalAnswer,
  { supplies, parts }: { supplies: readonly Supply[]; parts: AdoptingParts },
): Promise<void> {
  const { rejected, unknown } = answered;
  try {
    const rows = await localRejectsOf(chunk, supplies);
    await parts.settler.settled(
      { ...chunk, localRejects: { kind: 'to-keep', rows } },
      answerAgain(chunk, answered),
    );
  } catch (error) {
    parts.stopping.stopFor(error);
    parts.settler.tellAnswered(chunk, { rejected, unknown });
  }
}

function rowsOf({ pieces }: OpenChunk): number {
  return pieces.reduce((sum, piece) => sum + piece.rows, 0);
}

/** How much of its input an earlier process read for a piece. */
function readOf({ input, range, rows, rejected }: Piece): { input: number; bytes: number; rows: number } {
  return { input, bytes: range.to - range.from, rows: rows + rejected };
}

/**
 * Settles the rows of a chunk as unknown; finds its local rejects again and writes them. Never throws: a failure
 * stops the delivery.
 */
async function settleUnknown(
  chunk: Settling,
  supplies: readonly Supply[],
  parts: AdoptingParts,
): Promise<void> {
  try {
    const rejects = await localRejectsOf(chunk, supplies);
    const unknown = chunk.pieces.reduce((sum, piece) => sum + piece.events, 0);
    await parts.settler.settled(
      { ...chunk, localRejects: { kind: 'to-keep', rows: rejects } },
      { kind: 'settled', accepted: 0, rejected: [], unknown },
    );
  } catch (error) {
    parts.sender.lose(chunk, error);
  }
}

/** Finds the local rejects of a chunk again. */
async function localRejectsOf(
  { pieces, rejected }: Pick<Settling, 'pieces' | 'rejected'>,
  supplies: readonly Supply[],
): Promise<Reject[]> {
  const rejects: Reject[] = [];
  for (const { input, range } of rejected > 0 ? pieces : []) {
    const blocks = supplies[input]?.blocks(range, {
      maxRows: Number.POSITIVE_INFINITY,
      maxBytes: 1024 * 1024,
    });
    for await (const block of blocks ?? []) {
      rejects.push(...block.rejects);
      block.release();
    }
  }
  return rejects;
}
