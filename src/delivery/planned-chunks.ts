/** The chunks that a delivery sends, in the order in which it sends them. */
import type { Piece } from '../records.ts';
import type { DeliveryContext } from './context.ts';
import type { Delivery, DeliveryWork } from './delivery.ts';
import { readPlanned } from './read.ts';
import type { UploadSlots } from './send/upload-slots.ts';
import { blockLimits, packChunks, type Chunk, type PackOptions } from './upload/chunks.ts';
import type { Flush } from './upload/flush.ts';

/** How chunks are packed, and when. */
export interface Packing {
  pack: PackOptions;
  /** A chunk of a stream that is not full waits for a free one. */
  slots: UploadSlots;
  /** Called with the number of rows that were read, rejected ones included. */
  countRows: (rows: number) => void;
}

/**
 * Chunks of rows in doubt first, whose rejects are already kept, then chunks of new rows. The two are never mixed.
 */
export async function* chunksOf(
  { work, supplies, files, options, context }: Delivery,
  { pack: packing, slots, countRows }: Packing,
): AsyncGenerator<Chunk> {
  const isStream = supplies.some(({ input }) => input.kind === 'stream');
  const flush = isStream ? flushAfter(options.flushIntervalMs, slots, context) : undefined;
  const pack = { ...packing, flush, untilMemory: context.stopping.noNew };
  const planned = { plan: work.plan, supplies, files, maxRejects: options.maxRejects, context };
  const limits = blockLimits(pack);
  const again = readPlanned(planned, { limits, reading: 'again', countRows });
  // Who lets rows in doubt be sent again takes them for rows that did not arrive.
  const keepsDoubts = options.onUnknown === 'stop';
  yield* packChunks(again, {
    ...pack,
    localRejects: 'kept',
    isRepeat: () => true,
    isDoubtful: () => keepsDoubts,
  });
  const first = readPlanned(planned, { limits, reading: 'first', countRows });
  const isRepeat = (pieces: readonly Piece[]) => wereSent(pieces, work.sentBefore);
  const isDoubtful = (pieces: readonly Piece[]) =>
    keepsDoubts && work.sentBefore !== 'all' && isRepeat(pieces);
  yield* packChunks(first, { ...pack, isRepeat, isDoubtful });
}

/**
 * Sends a partial chunk after the interval, but only when a slot is free: until then it keeps filling, so that each
 * slot carries as many rows as possible.
 */
function flushAfter(
  intervalMs: number | undefined,
  slots: UploadSlots,
  { machine }: Pick<DeliveryContext, 'machine'>,
): Flush | undefined {
  if (intervalMs === undefined) return undefined;
  return {
    due: async (signal) => {
      await machine.sleep(intervalMs, signal);
      await slots.untilRoom(signal);
    },
  };
}

/** Whether the vendor may already have some of these rows. */
function wereSent(pieces: readonly Piece[], sentBefore: DeliveryWork['sentBefore']): boolean {
  if (sentBefore === 'all') return true;
  return sentBefore.some(({ input, range }) =>
    pieces.some(
      (piece) => piece.input === input && piece.range.from < range.to && range.from < piece.range.to,
    ),
  );
}
