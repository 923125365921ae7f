/**
 * The delivery: blocks become chunks, chunks go out under the vendor's limits, jobs are followed to their
 * end. It knows neither vendor nor format, and keeps going until every row has an outcome or a reason to
 * stop was found.
 */
import type { Supply, Target } from '../contracts.ts';
import type { Tell } from '../events.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import type { Piece } from '../records.ts';
import { adopt } from './adopt.ts';
import { attempt } from './attempt.ts';
import { Carrier } from './carry.ts';
import { blockLimits, chunkLimits, packChunks, type Chunk, type PackOptions } from './chunks.ts';
import { createDeflate } from './deflate.ts';
import type { Doubts } from './doubts.ts';
import { Follower } from './follow.ts';
import type { KeptFiles } from './kept-files.ts';
import type { Ledger } from './ledger.ts';
import { Places } from './places.ts';
import type { PlannedInput } from './plan.ts';
import { readPlanned, type RejectsBound } from './read.ts';
import type { RejectsPlace } from './rejects.ts';
import type { ReplyWriter } from './replies.ts';
import type { OpenChunk } from './run-state.ts';
import { createSegmentPool } from './segments.ts';
import { Settler, type Settling } from './settle.ts';
import type { Stopping, StopReason } from './stopping.ts';

export interface DeliveryOptions {
  /** Tries after the first for each request; waiting for room does not count. */
  maxRetries: number;
  /** Follow jobs to their end. */
  wait: boolean;
  maxRejects?: RejectsBound;
  onUnknown: 'stop' | 'resend';
  /** A gap in the counters of a job whose rows were sent once makes them unknown. */
  strictCounters: boolean;
  compressionLevel: number;
}

export interface Delivery {
  target: Target;
  supplies: readonly Supply[];
  plan: readonly PlannedInput[];
  /** Chunks of an earlier process that a job has. */
  adopted: readonly OpenChunk[];
  /** Chunks that an earlier process had on their way without ids when it died. */
  lost: readonly OpenChunk[];
  /** What may have been sent before, so that a vendor may tell repetitions by their ids: all, or these pieces. */
  sentBefore: 'all' | readonly Piece[];
  /** Jobs of the run that have ended. */
  endedJobs: readonly string[];
  nextChunk: number;
  ledger: Ledger;
  files: KeptFiles;
  rejects: RejectsPlace;
  replies: ReplyWriter | undefined;
  machine: Machine;
  tell: Tell;
  /** At any time: what an end that waits for nothing would leave in doubt. */
  doubts: Doubts;
  stopping: Stopping;
  options: DeliveryOptions;
}

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
  const delivery = { ...given, tell: given.doubts.listenTo(given.tell) };
  const { stopping, tell, options } = delivery;
  const parts = assemble(delivery);
  const stopWatching = watchStandstill(delivery, parts);
  giveUpPipes(delivery);
  const following = parts.follower.run().catch((error: unknown) => stopOn(stopping, error));
  let handedOut = 0;
  try {
    await adopt(delivery, parts);
    const learned = startLearning(delivery, parts);
    for await (const chunk of chunksOf(delivery, parts)) {
      handedOut += chunk.rows + chunk.rejected;
      chunk.isRepeat = mayRepeat(chunk, delivery.sentBefore);
      // The first rows are read and compressed while the vendor still thinks about the question.
      await learned();
      await send(chunk, parts);
    }
    await learned();
  } catch (error) {
    stopOn(stopping, error);
  }
  await Promise.all(parts.sending);
  parts.follower.close(options.wait ? 'when-empty' : 'now');
  await following;
  stopWatching();
  await parts.settler.finish().catch((error: unknown) => stopOn(stopping, error));
  tell({ type: 'delivery-ended', unsent: parts.carrier.unsent + parts.rowsRead() - handedOut });
  stopping.over();
  return { stopped: stopping.reason, openJobs: parts.follower.openJobs };
}

interface Parts {
  places: Places;
  settler: Settler;
  follower: Follower;
  carrier: Carrier;
  stopping: Stopping;
  pack: PackOptions;
  sending: Set<Promise<void>>;
  rowsRead: () => number;
  countRows: (rows: number) => void;
  lastProgressMs: () => number;
}

function assemble(delivery: Delivery): Parts {
  const { target, supplies, ledger, files, rejects, replies, machine, stopping, options } = delivery;
  const { doubts, tell } = delivery;
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
  const places = new Places(target.limits);
  const settler = new Settler({ ledger, files, rejects, replies, supplies, known, machine, tell });
  const { maxRetries, onUnknown, strictCounters } = options;
  const shared = { target, settler, places, stopping, machine, tell, maxRetries, progressed };
  const resend = (chunk: Settling): Promise<void> => carrier.resend(chunk);
  const follower: Follower = new Follower({ ...shared, strictCounters, resend });
  const carrier: Carrier = new Carrier({ ...shared, supplies, ledger, doubts, follower, onUnknown, pack });
  for (const job of delivery.endedJobs) carrier.know(job);
  return {
    places,
    settler,
    follower,
    carrier,
    stopping,
    pack,
    sending: new Set(),
    rowsRead: () => rowsRead,
    countRows: (rows) => {
      rowsRead += rows;
    },
    lastProgressMs: () => lastProgressMs,
  };
}

/** Ends the delivery when nothing has moved for very long. */
function watchStandstill({ machine, stopping }: Delivery, parts: Parts): () => void {
  return machine.every(standstillCheckMs, () => {
    if (machine.elapsedMs() - parts.lastProgressMs() <= maxStandstillMs) return;
    const failure = new Failure('unavailable', 'nothing has moved at the vendor for 30 minutes', {
      hint: 'run the same command again later: it goes on where this one stopped',
    });
    stopping.stop({ why: 'failure', failure });
  });
}

/** Whoever waits for a silent pipe would never hear that the delivery stops. */
function giveUpPipes({ stopping, supplies }: Delivery): void {
  stopping.noNew.addEventListener('abort', () => {
    for (const { input } of supplies) {
      if (input.kind === 'stream' && stopping.reason !== undefined) void input.close();
    }
  });
}

/**
 * Begins to ask for places; what it gives back waits for the answer. A refusal stops the delivery only once the
 * first chunk is read, so that the report counts the same rows however fast the vendor refuses. A pipe may have
 * nothing to give for hours: there it stops at once.
 */
function startLearning(delivery: Delivery, parts: Parts): () => Promise<void> {
  const learning = learnPlaces(delivery, parts);
  const learned = () => learning.catch((error: unknown) => stopOn(delivery.stopping, error));
  if (delivery.supplies.some(({ input }) => input.kind === 'stream')) void learned();
  // Whoever waits for it meets the refusal.
  else learning.catch(() => undefined);
  return learned;
}

/** Asks which places others hold. Also the first word with the vendor: a wrong token ends the run here. */
async function learnPlaces(
  { target, machine, tell, stopping, options, plan, adopted }: Delivery,
  parts: Parts,
): Promise<void> {
  const nothingToSend = plan.every((input) => input.gaps.length === 0);
  if (!target.occupied || nothingToSend || stopping.noNew.aborted) return;
  const { maxRetries } = options;
  const answer = await attempt(async () => (await target.occupied?.(stopping.cut)) ?? nobodyElse, {
    purpose: 'occupied',
    maxRetries,
    harmless: true,
    machine,
    tell,
    signal: stopping.noNew,
  });
  if (answer.kind === 'again') {
    if (stopping.noNew.aborted) return;
    throw new Failure('unavailable', `the vendor does not answer: ${answer.message}`);
  }
  const ours = new Set(adopted.map(({ job }) => job));
  parts.places.othersHold(answer.ids.filter((id) => !ours.has(id)).length);
  tell({ type: 'places-known', active: parts.places.active, others: parts.places.others });
}

const nobodyElse = { kind: 'occupied' as const, ids: [] };

/** First what is in doubt, whose rejects are kept already, then what is new: the two never share a chunk. */
async function* chunksOf(delivery: Delivery, { pack, countRows }: Parts): AsyncGenerator<Chunk> {
  const limits = blockLimits(pack.limits);
  for (const rejectsKept of [true, false]) {
    const blocks = readPlanned(delivery, { limits, rejectsKept, countRows });
    yield* packChunks(blocks, { ...pack, rejectsKept });
  }
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

async function send(chunk: Chunk, { places, carrier, sending, stopping }: Parts): Promise<void> {
  if (chunk.events === 0 && !stopping.noNew.aborted) {
    await carrier.keepRejects(chunk);
    return;
  }
  if (!(await places.enter(stopping.noNew))) {
    carrier.drop(chunk);
    chunk.free(true);
    return;
  }
  const carried = carrier.carry(chunk).finally(() => sending.delete(carried));
  sending.add(carried);
}

function stopOn(stopping: Stopping, error: unknown): void {
  stopping.stop({ why: 'failure', failure: asFailure(error) });
}
