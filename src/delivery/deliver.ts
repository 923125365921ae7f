/**
 * Delivery: packs blocks into chunks, uploads them within the limits of the vendor and follows jobs to their end.
 * Knows neither vendors nor formats. Continues until every row has an outcome or there is a reason to stop.
 */
import { Failure } from '../failure.ts';
import { adopt } from './send/adopt.ts';
import { ChunkSender } from './send/chunk-sender.ts';
import { ChunkUploads } from './send/chunk-uploads.ts';
import { bodyOptions } from './upload/body.ts';
import { chunkLimits, type Chunk, type PackOptions } from './upload/chunks.ts';
import { collectNowAndThen } from './upload/garbage.ts';
import { JobPoller } from './jobs/job-poller.ts';
import { UploadSlots } from './send/upload-slots.ts';
import { createSegmentPool } from './upload/segments.ts';
import { Settler } from './send/settle.ts';
import { slotWaitMs } from '../retry.ts';
import { pause, type Stopping, type StopReason } from './stopping.ts';
import type { DeliveryContext } from './context.ts';
import type { Delivery } from './delivery.ts';
import { startLearning } from './learn-slots.ts';
import { chunksOf } from './planned-chunks.ts';
import { Progress } from './progress.ts';
import type { Supply } from '../contracts/supply.ts';

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
  const following = parts.poller.run().catch((error: unknown) => stopping.stopFor(error));
  const { work, supplies, options, doubts } = delivery;
  let rowsRead = 0;
  const countRows = (rows: number) => {
    rowsRead += rows;
  };
  const collect = collectNowAndThen(delivery.context.machine);
  let handedOut = 0;
  try {
    await adopt({ ...work, supplies, onUnknown: options.onUnknown }, { ...parts, doubts, stopping, emit });
    const learned = startLearning(delivery, parts.slots);
    for await (const chunk of chunksOf(delivery, { ...parts, countRows })) {
      handedOut += chunk.rows + chunk.rejected;
      // The first rows are read and compressed while the vendor answers the question about slots.
      waiting.add(chunk);
      await learned();
      await send(chunk, parts, { sending, ...delivery.context });
      waiting.delete(chunk);
      collect(chunk);
    }
    await learned();
  } catch (error) {
    stopping.stopFor(error);
  }
  await Promise.all(sending);
  parts.poller.close(options.wait ? 'when-empty' : 'now');
  await following;
  stopWatching();
  await parts.settler.finish().catch((error: unknown) => stopping.stopFor(error));
  emit({ type: 'delivery-ended', unsent: parts.sender.unsent + rowsRead - handedOut });
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
}

function assemble({ target, work, supplies, files, doubts, options: policy, context }: Delivery): Parts {
  let { nextChunk } = work;
  const pack: PackOptions = {
    limits: chunkLimits(target),
    body: bodyOptions(target, policy.compressionLevel),
    pool: createSegmentPool(),
    nextNumber: () => nextChunk++,
  };
  const known = new Map(
    work.plan.map((planned) => [planned.input, planned.known.filter(({ inDoubt }) => !inDoubt)]),
  );
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
  return { slots, uploads, settler, poller, sender, pack, progress };
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
    stopping.stopFor(failure);
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
