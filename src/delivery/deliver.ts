/**
 * The delivery: blocks become chunks, chunks go out under the vendor's limits, jobs are followed to their
 * end. It knows neither vendor nor format, and keeps going until every row has an outcome or a reason to
 * stop was found.
 */
import type { Emit } from '../events.ts';
import { asFailure, Failure } from '../failure.ts';
import { adopt } from './send/adopt.ts';
import { attempt } from './send/attempt.ts';
import { ChunkSender } from './send/chunk-sender.ts';
import { blockLimits, chunkLimits, packChunks, type Chunk, type PackOptions } from './upload/chunks.ts';
import { createDeflate } from './upload/deflate.ts';
import type { Flush } from './upload/flush.ts';
import { JobPoller } from './send/job-poller.ts';
import { UploadSlots } from './send/upload-slots.ts';
import { readPlanned } from './read.ts';
import { createSegmentPool } from './upload/segments.ts';
import { Settler } from './send/settle.ts';
import { type Settling } from './send/settling.ts';
import type { Stopping, StopReason } from './stopping.ts';
import type { Delivery } from './delivery.ts';

/** No job moved for so long: the vendor is not getting on. */
const maxStandstillMs = 30 * 60_000;
const standstillCheckMs = 1_000;

/** How a delivery ended: of itself, or for a reason; and which jobs are still at work. */
export interface DeliveryEnd {
  stopped: StopReason | undefined;
  openJobs: string[];
}

/**
 * Delivers what is planned. Everything that happens is told; files and ledger belong to the caller, who
 * closes them. Throws nothing that a vendor, a network or an input can cause: that is in the end's reason.
 */
export async function deliver(given: Delivery): Promise<DeliveryEnd> {
  const delivery = { ...given, emit: given.doubts.listenTo(given.emit) };
  const { stopping, emit, options } = delivery;
  const parts = assemble(delivery);
  const stopWatching = watchStandstill(delivery, parts);
  giveUpPipes(delivery);
  const following = parts.poller.run().catch((error: unknown) => stopOn(stopping, error));
  let handedOut = 0;
  try {
    await adopt(delivery, parts);
    const learned = startLearning(delivery, parts);
    for await (const chunk of chunksOf(delivery, parts)) {
      handedOut += chunk.rows + chunk.rejected;
      chunk.isRepeat = mayRepeat(chunk, delivery.sentBefore);
      // The first rows are read and compressed while the vendor still thinks about the question.
      parts.waiting.add(chunk);
      await learned();
      await send(chunk, parts, emit);
      parts.waiting.delete(chunk);
    }
    await learned();
  } catch (error) {
    stopOn(stopping, error);
  }
  await Promise.all(parts.sending);
  parts.poller.close(options.wait ? 'when-empty' : 'now');
  await following;
  stopWatching();
  await parts.settler.finish().catch((error: unknown) => stopOn(stopping, error));
  emit({ type: 'delivery-ended', unsent: parts.sender.unsent + parts.rowsRead() - handedOut });
  stopping.over();
  return { stopped: stopping.reason, openJobs: parts.poller.openJobs };
}

interface Parts {
  slots: UploadSlots;
  settler: Settler;
  poller: JobPoller;
  sender: ChunkSender;
  stopping: Stopping;
  pack: PackOptions;
  sending: Set<Promise<void>>;
  rowsRead: () => number;
  countRows: (rows: number) => void;
  lastProgressMs: () => number;
  progressed: () => void;
  /** Nothing is on its way, waits for a slot or is followed. */
  isIdle: () => boolean;
  /** Chunks that wait for a slot. */
  waiting: Set<Chunk>;
}

function assemble(delivery: Delivery): Parts {
  const { target, supplies, ledger, files, rejects, replies, machine, stopping, options } = delivery;
  const { doubts, emit } = delivery;
  let lastProgressMs = machine.elapsedMs();
  let nextChunk = delivery.nextChunk;
  let rowsRead = 0;
  const progressed = () => {
    lastProgressMs = machine.elapsedMs();
  };
  const pack: PackOptions = {
    limits: chunkLimits(target),
    body: { framing: target.framing, gzip: target.gzip, deflate: createDeflate(options.compressionLevel) },
    pool: createSegmentPool(),
    nextNumber: () => nextChunk++,
  };
  const known = new Map(delivery.plan.map((planned) => [planned.input, planned.known]));
  const slots = new UploadSlots(target.limits);
  const settler = new Settler({ ledger, files, rejects, replies, supplies, known, machine, emit });
  const { maxRetries, onUnknown, strictCounters } = options;
  const shared = { target, settler, slots, stopping, machine, emit, maxRetries, progressed };
  const resend = (chunk: Settling): Promise<void> => sender.resend(chunk);
  const poller: JobPoller = new JobPoller({ ...shared, strictCounters, resend });
  const sender: ChunkSender = new ChunkSender({
    ...shared,
    supplies,
    ledger,
    doubts,
    poller,
    onUnknown,
    pack,
  });
  for (const job of delivery.endedJobs) sender.know(job);
  const sending = new Set<Promise<void>>();
  const waiting = new Set<Chunk>();
  return {
    slots,
    settler,
    poller,
    sender,
    stopping,
    pack,
    sending,
    rowsRead: () => rowsRead,
    countRows: (rows) => {
      rowsRead += rows;
    },
    lastProgressMs: () => lastProgressMs,
    progressed,
    isIdle: () => sending.size + waiting.size + poller.openJobs.length === 0,
    waiting,
  };
}

/** Ends the delivery when nothing has moved for very long. A stream that is silent leaves nothing to move. */
function watchStandstill({ machine, stopping }: Delivery, parts: Parts): () => void {
  return machine.every(standstillCheckMs, () => {
    if (parts.isIdle()) parts.progressed();
    if (machine.elapsedMs() - parts.lastProgressMs() <= maxStandstillMs) return;
    const failure = new Failure('unavailable', 'no import made progress for 30 minutes', {
      hint: 'run the same command again later: it goes on where this one stopped',
    });
    stopping.stop({ why: 'failure', failure });
  });
}

/** Races the read against stop: a silent pipe blocks forever. */
function giveUpPipes({ stopping, supplies }: Delivery): void {
  stopping.noNew.addEventListener('abort', () => {
    for (const { input } of supplies) {
      if (input.kind === 'stream' && stopping.reason !== undefined) void input.close();
    }
  });
}

/**
 * Begins to ask for slots; what it gives back waits for the answer. A refusal stops the delivery only once the
 * first chunk is read, so that the report counts the same rows however fast the vendor refuses. A pipe may have
 * nothing to give for hours: there it stops at once.
 */
function startLearning(delivery: Delivery, parts: Parts): () => Promise<void> {
  const learning = learnSlots(delivery, parts);
  const learned = () => learning.catch((error: unknown) => stopOn(delivery.stopping, error));
  if (delivery.supplies.some(({ input }) => input.kind === 'stream')) void learned();
  // Whoever waits for it meets the refusal.
  else learning.catch(() => undefined);
  return learned;
}

/** Asks which slots others hold. Also the first word with the vendor: a wrong token ends the run here. */
async function learnSlots(
  { target, machine, emit, stopping, options, plan, adopted }: Delivery,
  parts: Parts,
): Promise<void> {
  const nothingToSend = plan.every((input) => input.gaps.length === 0);
  if (!target.countActiveElsewhere || nothingToSend || stopping.noNew.aborted) return;
  const { maxRetries } = options;
  const answer = await attempt(
    async () => (await target.countActiveElsewhere?.(stopping.cut)) ?? nobodyElse,
    {
      purpose: 'active-elsewhere',
      maxRetries,
      harmless: true,
      machine,
      emit,
      signal: stopping.noNew,
    },
  );
  if (answer.kind === 'retry') {
    if (stopping.noNew.aborted) return;
    throw new Failure('unavailable', answer.message);
  }
  const ours = new Set(adopted.map(({ job }) => job));
  parts.slots.othersHold(answer.ids.filter((id) => !ours.has(id)).length);
  emit({ type: 'slots-known', active: parts.slots.active, others: parts.slots.others });
}

const nobodyElse = { kind: 'active-elsewhere' as const, ids: [] };

/** First what is in doubt, whose rejects are kept already, then what is new: the two never share a chunk. */
async function* chunksOf(delivery: Delivery, parts: Parts): AsyncGenerator<Chunk> {
  const { pack, countRows } = parts;
  const flush = flushOf(delivery, parts);
  const limits = blockLimits(pack.limits);
  for (const rejectsKept of [true, false]) {
    const blocks = readPlanned(delivery, { limits, rejectsKept, countRows });
    yield* packChunks(blocks, { ...pack, rejectsKept, flush });
  }
}

/** While there is no slot, what comes is added to the chunk that waits for one: a slot is worth more rows than few. */
function flushOf({ machine, options, supplies }: Delivery, { slots }: Parts): Flush | undefined {
  const { flushIntervalMs } = options;
  const isStream = supplies.some(({ input }) => input.kind === 'stream');
  if (flushIntervalMs === undefined || !isStream) return undefined;
  return {
    due: async (signal) => {
      await machine.sleep(flushIntervalMs, signal);
      await slots.untilRoom(signal);
    },
  };
}

/** Whether some rows of a chunk may be at the vendor already. */
function mayRepeat({ pieces, rejectsKept }: Chunk, sentBefore: Delivery['sentBefore']): boolean {
  if (sentBefore === 'all' || rejectsKept) return true;
  return sentBefore.some(({ input, range }) =>
    pieces.some(
      (piece) => piece.input === input && piece.range.from < range.to && range.from < piece.range.to,
    ),
  );
}

async function send(chunk: Chunk, { slots, sender, sending, stopping }: Parts, emit: Emit): Promise<void> {
  if (chunk.events === 0 && !stopping.noNew.aborted) {
    await sender.keepRejects(chunk);
    return;
  }
  const { active, isFull: mustWait, others } = slots;
  if (mustWait) emit({ type: 'slot-awaited', active, others });
  if (await slots.enter(stopping.noNew)) {
    if (mustWait) emit({ type: 'slot-granted' });
  } else {
    sender.drop(chunk);
    chunk.free(true);
    return;
  }
  const carried = sender.send(chunk).finally(() => sending.delete(carried));
  sending.add(carried);
}

function stopOn(stopping: Stopping, error: unknown): void {
  stopping.stop({ why: 'failure', failure: asFailure(error) });
}
