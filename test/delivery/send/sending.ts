/** Everything that a chunk meets on its way, real but for its ends: a vendor by script, a ledger and files in memory. */
import { crc32 } from 'node:zlib';
import type { BlockLimits, Supply } from '../../../src/contracts/supply.ts';
import type { Target } from '../../../src/contracts/target.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import type { KnownRange } from '../../../src/delivery/ledger/ranges.ts';
import type { OutputFiles } from '../../../src/delivery/outputs/output-files.ts';
import { ChunkSender } from '../../../src/delivery/send/chunk-sender.ts';
import { ChunkUploads } from '../../../src/delivery/send/chunk-uploads.ts';
import { Doubts } from '../../../src/delivery/send/doubts.ts';
import { JobPoller } from '../../../src/delivery/jobs/job-poller.ts';
import { Settler } from '../../../src/delivery/send/settle.ts';
import { UploadSlots } from '../../../src/delivery/send/upload-slots.ts';
import { Stopping } from '../../../src/delivery/stopping.ts';
import { chunkLimits, type Chunk, type PackOptions } from '../../../src/delivery/upload/chunks.ts';
import { createDeflate } from '../../../src/delivery/upload/deflate.ts';
import { createSegmentPool, type SegmentPool } from '../../../src/delivery/upload/segments.ts';
import type { RunEvent } from '../../../src/events.ts';
import type { Machine } from '../../../src/machine.ts';
import { realMachine } from '../../../src/real-machine.ts';
import type { Answer, Block, Body, Range, Reject } from '../../../src/records.ts';
import { memoryInput } from '../../shaping/memory-input.ts';
import { virtualClock, type VirtualClock } from '../../virtual-clock.ts';

const framing = { head: '', between: '\n', tail: '\n' };

/** What a vendor does with one request. */
export type Step = Answer | Error | ((body: Body, signal: AbortSignal) => Promise<Answer>);

export interface ScriptedTarget extends Target {
  /** Bodies as they were sent. */
  sent: string[];
}

/** A target that answers by script; a request beyond it is a bug of the test. */
export function scriptedTarget(steps: readonly Step[], more: Partial<Target> = {}): ScriptedTarget {
  const left = [...steps];
  const sent: string[] = [];
  return {
    vendor: 'scripted',
    endpoint: 'https://vendor.invalid/events',
    limits: { rows: 1000, bytes: 1_000_000, bytesCountAs: 'raw', uploads: 2, open: 4 },
    shape: { required: [] },
    framing,
    gzip: false,
    ...more,
    sent,
    async send(body, signal) {
      sent.push(Buffer.concat(body.segments).toString());
      const step = left.shift();
      if (step === undefined) throw new Error('nothing is left of the script');
      if (step instanceof Error) throw step;
      return typeof step === 'function' ? step(body, signal) : step;
    },
  };
}

/** An input of rows that each are a line; rows that begin with `bad` cannot be sent, those with `id` carry one. */
export function rowSupply(rows: readonly string[], input = 0): Supply & { released: number[] } {
  const released: number[] = [];
  const places: (Range & { text: string })[] = [];
  let at = 0;
  for (const [index, text] of rows.entries()) {
    places.push({ from: at, to: at + text.length, line: index + 1, text });
    at += text.length + 1;
  }
  const isWithin =
    ({ from, to }: { from: number; to?: number }) =>
    (place: Range) =>
      place.from >= from && (to === undefined || place.to < to);
  const memory = memoryInput(rows.map((row) => `${row}\n`).join(''));
  return {
    released,
    input: { ...memory, settledUpTo: async (offset) => void released.push(offset) },
    async *blocks(range, { maxRows }: BlockLimits) {
      const wanted = places.filter(isWithin(range));
      for (let first = 0; first < wanted.length; first += maxRows) {
        yield blockOf(wanted.slice(first, first + maxRows), input);
      }
    },
    locate: async (range, events) => {
      const sent = places.filter(isWithin(range)).filter(({ text }) => !text.startsWith('bad'));
      return events.map((event) => sent[event]).filter((place) => place !== undefined);
    },
    async *verbatim({ from, to }) {
      for await (const slot of memory.read(from, to)) {
        yield slot.bytes;
        slot.release();
      }
    },
  };
}

function blockOf(places: readonly (Range & { text: string })[], input: number): Block {
  const good = places.filter(({ text }) => !text.startsWith('bad'));
  const bytes = Buffer.from(good.map(({ text }) => `${text}\n`).join(''));
  const covered = Buffer.from(places.map(({ text }) => `${text}\n`).join(''));
  const first = places[0] as Range;
  const last = places.at(-1) as Range;
  return {
    input,
    range: { from: first.from, to: last.to + 1, line: first.line },
    nextLine: last.line + 1,
    bytes,
    rows: good.length,
    events: good.length,
    rejects: places.filter(({ text }) => text.startsWith('bad')).map((place) => rejectAt(place, input)),
    crc32: crc32(covered),
    withoutId: good.filter(({ text }) => !text.startsWith('id')).length,
    changes: {},
    warnings: {},
    release: () => undefined,
  };
}

function rejectAt({ from, to, line }: Range, input: number): Reject {
  return { input, from, to, line, reason: 'bad-row', message: 'bad', source: 'local' };
}

/** A chunk of all rows of a supply, as packing would make it; whoever assigns to it fails. */
export function chunkOf(
  rows: readonly string[],
  { number = 1, input = 0, ...more }: { number?: number; input?: number } & Partial<Chunk> = {},
): Chunk & { freed: ('released' | 'abandoned')[] } {
  const places: (Range & { text: string })[] = [];
  let at = 0;
  for (const [index, text] of rows.entries()) {
    places.push({ from: at, to: at + text.length, line: index + 1, text });
    at += text.length + 1;
  }
  const block = blockOf(places, input);
  const { range, nextLine, events, rejects, withoutId, bytes } = block;
  const freed: ('released' | 'abandoned')[] = [];
  const body: Body = {
    segments: [bytes],
    byteLength: bytes.length,
    rawLength: bytes.length,
    encoding: 'identity',
    events,
  };
  return Object.freeze({
    number,
    pieces: [
      {
        input,
        range,
        nextLine,
        rows: block.rows,
        events,
        rejected: rejects.length,
        crc32: 0,
        bytes: bytes.length,
      },
    ],
    rows: block.rows,
    events,
    withoutId,
    rejected: rejects.length,
    localRejects: { kind: 'to-keep', rows: rejects },
    isRepeat: false,
    body: Promise.resolve(body),
    freed,
    release: () => void freed.push('released'),
    abandon: () => void freed.push('abandoned'),
    ...more,
  } satisfies Chunk & { freed: unknown });
}

/** Files of a delivery in memory: `flushed` is what of them is on disk. */
export function memoryFiles(): OutputFiles & { text: (path: string) => string; flushes: number } {
  const files = new Map<string, string>();
  const made = {
    flushes: 0,
    text: (path: string) => files.get(path) ?? '',
    append: async (path: string, bytes: Uint8Array) =>
      void files.set(path, (files.get(path) ?? '') + Buffer.from(bytes).toString()),
    lengthOf: async (path: string) => (files.get(path) ?? '').length,
    isEmpty: (path: string) => (files.get(path) ?? '') === '',
    flush: async () => void (made.flushes += 1),
    cut: async (path: string, length: number) =>
      void files.set(path, (files.get(path) ?? '').slice(0, length)),
    takeBack: async (path: string, length: number) =>
      void files.set(path, (files.get(path) ?? '').slice(0, length)),
    cutBack: async () => undefined,
    lengths: () => Object.fromEntries([...files].map(([path, text]) => [path, text.length])),
    removeReplaced: async () => undefined,
    close: async () => undefined,
  };
  return made;
}

export interface SendingOptions {
  target?: ScriptedTarget;
  supplies?: readonly Supply[];
  onUnknown?: 'stop' | 'resend';
  maxRetries?: number;
  strictCounters?: boolean;
  known?: ReadonlyMap<number, readonly KnownRange[]>;
  hasLedger?: boolean;
  /** Called before a record is kept; what it throws is the disk's trouble. */
  onRecord?: (record: LedgerRecord) => void;
}

export interface Sending {
  clock: VirtualClock;
  machine: Machine;
  target: ScriptedTarget;
  records: LedgerRecord[];
  /** What was put on record, by type and chunk. */
  story: () => string[];
  events: RunEvent[];
  eventsOf: <Type extends RunEvent['type']>(type: Type) => Extract<RunEvent, { type: Type }>[];
  files: ReturnType<typeof memoryFiles>;
  doubts: Doubts;
  stopping: Stopping;
  slots: UploadSlots;
  settler: Settler;
  poller: JobPoller;
  uploads: ChunkUploads;
  sender: ChunkSender;
  progress: { count: number };
  /** Segments of bodies that may be used again. */
  given: Uint8Array[];
}

/** The way of a chunk, put together for one test. */
export function sendingTo(steps: readonly Step[] = [], options: SendingOptions = {}): Sending {
  const target = options.target ?? scriptedTarget(steps);
  const { supplies = [], onUnknown = 'stop', maxRetries = 2, hasLedger = true } = options;
  const clock = virtualClock();
  const machine: Machine = { ...realMachine(), ...clock, random: () => 0, faultPoint: () => undefined };
  const records: LedgerRecord[] = [];
  const ledger = {
    run: 'r',
    directory: hasLedger ? '/nowhere' : undefined,
    append: async (record: LedgerRecord) => {
      options.onRecord?.(record);
      records.push(record);
    },
    close: async () => undefined,
  };
  const events: RunEvent[] = [];
  const doubts = new Doubts();
  const emit = doubts.listenTo((event) => void events.push(event));
  const files = memoryFiles();
  const stopping = new Stopping(machine);
  const slots = new UploadSlots(target.limits);
  const rejects = {
    path: '/rejects',
    rowsPaths: [],
    inputPaths: supplies.map((_, index) => `input-${index}`),
    preamble: async () => new Uint8Array(),
  };
  const known = options.known ?? new Map<number, readonly KnownRange[]>();
  const context = { machine, emit, stopping };
  const runFiles = { ledger, outputs: files, rejects, replies: undefined };
  const settler = new Settler(runFiles, { supplies, known }, context);
  const progress = { count: 0, moved: () => void (progress.count += 1) };
  let nextChunk = 100;
  const given: Uint8Array[] = [];
  const pool: SegmentPool = {
    ...createSegmentPool(),
    give: (segments) => void given.push(...segments),
  };
  const pack: PackOptions = {
    limits: { ...chunkLimits(target), wireBytes: 1_000_000 },
    body: { framing, gzip: false, deflate: createDeflate(1), takesDeflated: false },
    pool,
    nextNumber: () => nextChunk++,
  };
  const strictCounters = options.strictCounters ?? false;
  const policy = { maxRetries, onUnknown };
  const uploads = new ChunkUploads({ target, ledger, doubts, slots, policy, context });
  const poller: JobPoller = new JobPoller({
    target,
    ends: { settler, slots, resend: (chunk) => sender.resend(chunk) },
    policy: { maxRetries, strictCounters },
    progress,
    context,
  });
  const sender: ChunkSender = new ChunkSender({
    uploads,
    ends: { settler, poller, slots },
    repacking: { supplies, pack },
    policy,
    progress,
    context,
  });
  return {
    ...{
      clock,
      machine,
      target,
      records,
      events,
      files,
      doubts,
      stopping,
      slots,
      settler,
      poller,
      uploads,
      sender,
      progress,
      given,
    },
    story: () =>
      records.map((record) => ('chunk' in record ? `${record.type} ${record.chunk}` : record.type)),
    eventsOf: (type) =>
      events.filter((event): event is Extract<RunEvent, { type: typeof type }> => event.type === type),
  };
}

export const accepted = (count: number): Answer => ({
  kind: 'settled',
  accepted: count,
  rejected: [],
  unknown: 0,
});
export const again = (
  taken: 'no' | 'maybe',
  why: 'busy' | 'session' | 'transient' = 'transient',
): Answer => ({
  kind: 'retry',
  taken,
  why,
  message: `${why}, taken: ${taken}`,
});
export const pending = (id: string): Answer => ({ kind: 'pending', receipt: { id }, status: 201 });
