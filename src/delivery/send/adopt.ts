/** What an earlier process left behind: chunks that a job has, and chunks of which nobody knows what became. */
import type { Supply } from '../../contracts/supply.ts';
import type { Emit } from '../../events.ts';
import type { Piece, Reject } from '../../records.ts';
import type { ChunkSender } from './chunk-sender.ts';
import type { Doubts } from './doubts.ts';
import type { JobPoller } from './job-poller.ts';
import type { UploadSlots } from './upload-slots.ts';
import type { OpenChunk } from '../ledger/run-state.ts';
import type { Settler } from './settle.ts';
import type { Settling } from './settling.ts';

export interface LeftBehind {
  /** Chunks that a job has. */
  adopted: readonly OpenChunk[];
  /** Chunks that were on their way without ids. */
  lost: readonly OpenChunk[];
  options: { onUnknown: 'stop' | 'resend' };
  supplies: readonly Supply[];
  doubts: Doubts;
  emit: Emit;
}

export interface AdoptingParts {
  slots: UploadSlots;
  settler: Settler;
  poller: JobPoller;
  sender: ChunkSender;
}

/** Takes over what an earlier process left: jobs are followed, and what may or may not have arrived is unknown. */
export async function adopt(
  { adopted, lost, options, supplies, doubts, emit }: LeftBehind,
  parts: AdoptingParts,
): Promise<void> {
  for (const open of [...adopted, ...lost]) {
    const { chunk: number, pieces, rejected, job, withoutId, isRepeat = false } = open;
    const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
    const mayResend = withoutId === 0 || options.onUnknown === 'resend';
    const settling: Settling = {
      ...{ number, pieces, rows, rejected, rejects: [], rejectsKept: true, isRepeat },
      earlier: { withoutId, mayResend },
    };
    emit({ type: 'chunk-adopted', chunk: number, rows, rejected, job });
    if (job !== undefined) {
      parts.slots.adopt();
      parts.sender.know(job);
      parts.poller.add(job, settling);
    } else {
      doubts.add(settling);
      await settleUnknown(settling, supplies, parts);
    }
  }
}

/** Nobody knows what became of the rows of a chunk; its local rejects are found and put down. */
async function settleUnknown(
  chunk: Settling,
  supplies: readonly Supply[],
  parts: AdoptingParts,
): Promise<void> {
  try {
    const rejects = chunk.rejected > 0 ? await localRejects(chunk.pieces, supplies) : [];
    const unknown = chunk.pieces.reduce((sum, piece) => sum + piece.events, 0);
    await parts.settler.settled(
      { ...chunk, rejects, rejectsKept: false },
      { kind: 'settled', accepted: 0, rejected: [], unknown },
    );
  } catch (error) {
    parts.sender.lose(chunk, error);
  }
}

/** The rejects that shaping finds in these ranges, as it did before. */
async function localRejects(pieces: readonly Piece[], supplies: readonly Supply[]): Promise<Reject[]> {
  const rejects: Reject[] = [];
  for (const { input, range } of pieces) {
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
