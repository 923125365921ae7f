/** What an earlier process left behind: chunks that a job has, and chunks of which nobody knows what became. */
import type { Supply } from '../../contracts/supply.ts';
import type { Emit } from '../../events.ts';
import type { Piece, Reject } from '../../records.ts';
import type { SendPolicy } from '../options.ts';
import type { ChunkSender } from './chunk-sender.ts';
import type { ChunkUploads } from './chunk-uploads.ts';
import type { Doubts } from './doubts.ts';
import type { JobPoller } from '../jobs/job-poller.ts';
import type { UploadSlots } from './upload-slots.ts';
import type { OpenChunk } from '../ledger/run-state.ts';
import type { Settler } from './settle.ts';
import type { Settling } from './settling.ts';

/** What an earlier process left, and what is to become of it. */
export interface LeftBehind {
  /** Chunks that a job has. */
  adopted: readonly OpenChunk[];
  /** Chunks that were on their way without ids. */
  lost: readonly OpenChunk[];
  supplies: readonly Supply[];
  onUnknown: SendPolicy['onUnknown'];
}

/** Who takes chunks over. */
export interface AdoptingParts {
  slots: UploadSlots;
  uploads: Pick<ChunkUploads, 'know'>;
  settler: Settler;
  poller: JobPoller;
  sender: ChunkSender;
  doubts: Doubts;
  emit: Emit;
}

/** Takes over what an earlier process left: jobs are followed, and what may or may not have arrived is unknown. */
export async function adopt(
  { adopted, lost, supplies, onUnknown }: LeftBehind,
  parts: AdoptingParts,
): Promise<void> {
  for (const open of [...adopted, ...lost]) {
    const { chunk: number, pieces, rejected, job, withoutId, isRepeat = false } = open;
    const rows = pieces.reduce((sum, piece) => sum + piece.rows, 0);
    const mayResend = withoutId === 0 || onUnknown === 'resend';
    const settling: Settling = {
      ...{ number, pieces, rows, rejected, localRejects: { kind: 'kept' }, isRepeat },
      earlier: { withoutId, mayResend },
    };
    parts.emit({ type: 'chunk-adopted', chunk: number, rows, rejected, job });
    if (job !== undefined) {
      parts.slots.adopt();
      parts.uploads.know(job);
      parts.poller.add(job, settling);
    } else {
      parts.doubts.add(settling);
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
      { ...chunk, localRejects: { kind: 'to-keep', rows: rejects } },
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
