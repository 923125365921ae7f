/**
 * Delivery: packs blocks into chunks, uploads them within the limits of the vendor and follows jobs to their end.
 * Knows neither vendors nor formats. Continues until every row has an outcome or there is a reason to stop.
 */
import { asFailure, Failure } from '../failure.ts';
import { adopt } from './send/adopt.ts';
import { attempt } from './send/attempt.ts';
import { ChunkSender } from './send/chunk-sender.ts';
import { ChunkUploads } from './send/chunk-uploads.ts';
import { bodyOptions } from './upload/body.ts';
import { blockLimits, chunkLimits, packChunks, type Chunk, type PackOptions } from './upload/chunks.ts';
import type { Flush } from './upload/flush.ts';
import { JobPoller } from './jobs/job-poller.ts';
import { UploadSlots } from './send/upload-slots.ts';
import { readPlanned } from './read.ts';
import { createSegmentPool } from './upload/segments.ts';
import { Settler } from './send/settle.ts';
import { slotWaitMs } from '../retry.ts';
import { pause, type Stopping, type StopReason } from './stopping.ts';
import type { DeliveryContext } from './context.ts';
import type { Delivery, DeliveryWork } from './delivery.ts';
import { Progress } from './progress.ts';
import type { Supply } from '../contracts/supply.ts';
import type { Piece } from '../records.ts';

/** The delivery stops when no job has made progress for this long. */
const maxStandstillMs = 30 * 60_000;
const standstillCheckMs = 1_000;

/** Why a delivery stopped, undefined when it completed, and which jobs are still open. */
export interface DeliveryEnd {
  stopped: StopReason | undefined;
  openJobs: string[];
}

/**
 * Delivers the planned work and emits an event for each step. The caller owns and closes files and ledger. Never
 * throws for what a vendor, a network or an input causes: that becomes `stopped`.
 */
export async function deliver(given: Delivery): Promise<DeliveryEnd> {
  const { stopping } = given.context;
  const emit = given.doubts.listenTo(given.context.emit);
  const delivery = { ...given, context: { ...given.context, emit } };
  const parts = assemble(delivery);
  const sending = new Set<Promise<void>>();
  const waiting = new Set<Chunk>();
  const isIdle = () => sending.size + waiting.size + parts.poller.openJobs.length === 0;
  const stopWatching = watchStandstill(parts.progress, isIdle, delivery.context);
  giveUpPipes(delivery.supplies, stopping);
  const following = parts.poller.run().catch((error: unknown) => stopOn(stopping, error));
  const { work, supplies, options, doubts } = delivery;
  let handedOut = 0;
  try {
    await adopt({ ...work, supplies, onUnknown: options.onUnknown }, { ...parts, doubts, emit });
    const learned = startLearning(delivery, parts.slots);
    for await (const chunk of chunksOf(delivery, parts)) {
      handedOut += chunk.rows + chunk.rejected;
      // The first rows are read and compressed while the vendor answers the question about slots.
      waiting.add(chunk);
      await learned();
      await send(chunk, parts, { sending, ...delivery.context });
      waiting.delete(chunk);
    }
    await learned();
  } catch (error) {
    stopOn(stopping, error);
  }
  await Promise.all(sending);
  parts.poller.close(options.wait ? 'when-empty' : 'now');
  await following;
  stopWatching();
  await parts.settler.finish().catch((error: unknown) => stopOn(stopping, error));
  emit({ type: 'delivery-ended', unsent: parts.sender.unsent + parts.read.rows - handedOut });
  stopping.over();
  return { stopped: stopping.reason, openJobs: parts.poller.openJobs };
}

interface Parts {
  slots: UploadSlots;
  uploads: ChunkUploads;
  settler: Settler;
  poller: JobPoller;
  sender: ChunkSender;
  pack: PackOptions;
  progress: Progress;
  /** Rows read so far, rejected ones included. */
  read: { rows: number };
}

function assemble({ target, work, supplies, files, doubts, options: policy, context }: Delivery): Parts {
  let { nextChunk } = work;
  const pack: PackOptions = {
    limits: chunkLimits(target),
    body: bodyOptions(target, policy.compressionLevel),
    pool: createSegmentPool(),
    nextNumber: () => nextChunk++,
  };
  const known = new Map(work.plan.map((planned) => [planned.input, planned.known]));
  const progress = new Progress(context.machine);
  const slots = new UploadSlots(target.limits);
  const settler = new Settler(files, { supplies, known }, context);
  const uploads = new ChunkUploads({ target, ledger: files.ledger, doubts, slots, policy, context });
  for (const job of work.endedJobs) uploads.know(job);
  const shared = { policy, progress, context };
  const poller: JobPoller = new JobPoller({
    ...shared,
    target,
    ends: { settler, slots, resend: (chunk) => sender.resend(chunk) },
  });
  const sender: ChunkSender = new ChunkSender({
    ...shared,
    uploads,
    ends: { settler, poller, slots },
    repacking: { supplies, pack },
  });
  return { slots, uploads, settler, poller, sender, pack, progress, read: { rows: 0 } };
}

/**
 * Stops the delivery after too long without progress. An idle delivery, such as one that waits for a silent stream,
 * counts as progress.
 */
function watchStandstill(
  progress: Progress,
  isIdle: () => boolean,
  { machine, stopping }: DeliveryContext,
): () => void {
  return machine.every(standstillCheckMs, () => {
    if (isIdle()) progress.moved();
    if (progress.idleMs <= maxStandstillMs) return;
    const failure = new Failure('unavailable', 'no import made progress for 30 minutes', {
      hint: 'run the same command again later: it goes on where this one stopped',
    });
    stopping.stop({ why: 'failure', failure });
  });
}

/** Races the read against stop: a silent pipe blocks forever. */
function giveUpPipes(supplies: readonly Supply[], stopping: Stopping): void {
  stopping.noNew.addEventListener('abort', () => {
    if (stopping.reason === undefined) return;
    // A method of the array, since it passes over the holes: one input of an earlier run may not be given again.
    for (const { input } of supplies.filter((supply) => supply.input.kind === 'stream')) void input.close();
  });
}

/** What asking for slots held elsewhere depends on. */
type Learning = Pick<Delivery, 'target' | 'work' | 'supplies' | 'options' | 'context'>;

/**
 * Starts asking for slots; the returned function waits for the answer. A refusal stops the delivery only after the
 * first chunk has been read, so that the report counts the same rows however fast the vendor refuses. A stream may
 * stay silent for hours: with one, a refusal stops the delivery at once.
 */
function startLearning(delivery: Learning, slots: UploadSlots): () => Promise<void> {
  const { supplies, context } = delivery;
  const learning = learnSlots(delivery, slots);
  const learned = () => learning.catch((error: unknown) => stopOn(context.stopping, error));
  if (supplies.some(({ input }) => input.kind === 'stream')) void learned();
  // Reported by `learned`; this only prevents an unhandled rejection.
  else learning.catch(() => undefined);
  return learned;
}

/** Asks how many slots other clients hold. Being the first request to the vendor, it also detects a wrong token. */
async function learnSlots({ target, work, options, context }: Learning, slots: UploadSlots): Promise<void> {
  const { machine, emit, stopping } = context;
  const nothingToSend = work.plan.every((input) => input.gaps.length === 0);
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
    throw new Failure('unavailable', `no answer: ${answer.message}`);
  }
  const ours = new Set(work.adopted.map(({ job }) => job));
  slots.othersHold(answer.ids.filter((id) => !ours.has(id)).length);
  emit({ type: 'slots-known', active: slots.active, others: slots.others });
}

const nobodyElse = { kind: 'active-elsewhere' as const, ids: [] };

/**
 * Chunks of rows in doubt first, whose rejects are already kept, then chunks of new rows. The two are never mixed.
 */
async function* chunksOf(
  { work, supplies, files, options, context }: Delivery,
  { pack: packing, read, slots }: Pick<Parts, 'pack' | 'read' | 'slots'>,
): AsyncGenerator<Chunk> {
  const isStream = supplies.some(({ input }) => input.kind === 'stream');
  const flush = isStream ? flushAfter(options.flushIntervalMs, slots, context) : undefined;
  const pack = { ...packing, flush };
  const planned = { plan: work.plan, supplies, files, maxRejects: options.maxRejects, context };
  const countRows = (rows: number) => {
    read.rows += rows;
  };
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

/**
 * Waits for a slot, then starts the upload without waiting for its end. A chunk without events only keeps its
 * rejects.
 */
async function send(
  chunk: Chunk,
  { slots, sender }: Pick<Parts, 'slots' | 'sender'>,
  { sending, emit, stopping, machine }: { sending: Set<Promise<void>> } & DeliveryContext,
): Promise<void> {
  if (chunk.events === 0 && !stopping.noNew.aborted) {
    await sender.keepRejects(chunk);
    return;
  }
  const { active, isFull: mustWait, others } = slots;
  if (mustWait) emit({ type: 'slot-awaited', active, others });
  const standBack = () => pause(machine, slotWaitMs(machine.random()), stopping.noNew);
  if (await slots.enter(stopping.noNew, standBack)) {
    if (mustWait) emit({ type: 'slot-granted' });
  } else {
    sender.drop(chunk);
    chunk.release();
    return;
  }
  const carried = sender.send(chunk).finally(() => sending.delete(carried));
  sending.add(carried);
}

function stopOn(stopping: Stopping, error: unknown): void {
  stopping.stop({ why: 'failure', failure: asFailure(error) });
}
