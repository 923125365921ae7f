/**
 * Packs blocks into chunks, each one request. Blocks are atomic; small inputs share a chunk, large ones fill many.
 */
import type { BlockLimits } from '../../contracts/supply.ts';
import type { Target } from '../../contracts/target.ts';
import type { Block, Body, Changes, Piece, Reject } from '../../records.ts';
import { startBody, type BodyBuilder, type BodyOptions } from './body.ts';
import { combineCrc32 } from './crc-combine.ts';
import { blocksOrDue, type Flush } from './flush.ts';
import { segmentBytes, type SegmentPool } from './segments.ts';

/**
 * Rows of a chunk that cannot be delivered. `to-keep`: written to the rejects file when the chunk is taken or
 * settled. `kept`: already written by an earlier attempt.
 */
export type LocalRejects =
  { readonly kind: 'to-keep'; readonly rows: readonly Reject[] } | { readonly kind: 'kept' };

/** Immutable: a change makes a copy. */
export interface Chunk {
  readonly number: number;
  readonly pieces: readonly Piece[];
  readonly rows: number;
  readonly events: number;
  /** Rows without an id; if there are any, sending twice could duplicate them. */
  readonly withoutId: number;
  /** How many rows of its ranges cannot be delivered. */
  readonly rejected: number;
  readonly localRejects: LocalRejects;
  readonly supersedes?: number;
  /** An earlier request, of this or another process, may already have delivered some of its rows. */
  readonly isRepeat: boolean;
  /**
   * Nobody knows whether an earlier request has delivered its rows: that this one is refused does not tell that they
   * are not there. Absent: no.
   */
  readonly isDoubtful?: boolean;
  /** The day of each event, in order, where days are counted; see `Block`. */
  readonly days?: readonly Int32Array[];
  /** What was done to its rows, and noticed about them. */
  readonly changes?: Changes;
  readonly warnings?: Changes;
  readonly body: Promise<Body>;
  /** Returns the memory of the body to the pool. Nothing may read the body any more. */
  release(): void;
  /** Leaves the memory of the body to the garbage collector: a socket may still be reading it. */
  abandon(): void;
}

export interface ChunkLimits {
  rows: number;
  /** Bytes before compression. */
  bytes: number;
  /** Bytes on the wire, to bound the memory of bodies. */
  wireBytes: number;
  /** Memory that earlier chunks may hold when another is begun, in bytes. */
  heldBytes: number;
}

/** A chunk is complete behind the block with which it has this many bytes on the wire. */
const maxWireBytes = 5 * 1024 * 1024;
/** Two complete chunks: a third is packed while they are under way. */
const maxHeldBytes = 12 * 1024 * 1024;
/** Bounds how much a chunk without a good row keeps in memory, and how much work a crash repeats. */
const maxRejects = 4_000;
const maxCoveredBytes = 64 * 1024 * 1024;
/** How many blocks are compressed at once: one for each thread of the libuv pool. */
const maxCompressing = 4;
/** A slab of rows, to which ids are added. */
const maxBlockBytes = 4 * 1024 * 1024;

/**
 * Limits on a chunk from the target and the settings of the user. As many small ones may be under way as the vendor
 * takes at once.
 */
export function chunkLimits({ limits }: Pick<Target, 'limits'>): ChunkLimits {
  const heldBytes = Math.max(maxHeldBytes, limits.uploads * segmentBytes);
  return { rows: limits.rows, bytes: limits.bytes, wireBytes: maxWireBytes, heldBytes };
}

/** Limits on blocks, small enough to fill chunks well: a quarter of a chunk, at most 4 MiB. */
export function blockLimits({ limits, body }: Pick<PackOptions, 'limits' | 'body'>): BlockLimits {
  return {
    takesDeflated: body.takesDeflated,
    maxRows: Math.max(Math.floor(limits.rows / 4), 1),
    maxBytes: Math.min(Math.max(Math.floor(limits.bytes / 4), 1), maxBlockBytes),
  };
}

export interface PackOptions {
  limits: ChunkLimits;
  body: BodyOptions;
  pool: SegmentPool;
  nextNumber: () => number;
  /** Default: bodies that can be sent. */
  startBody?: typeof startBody;
  /** For the chunks to be made. Default: `to-keep`. */
  localRejects?: LocalRejects['kind'];
  supersedes?: number;
  /** Whether the vendor may already have some of these rows. Default: no. */
  isRepeat?: (pieces: readonly Piece[]) => boolean;
  /** Whether nobody knows if the vendor has some of these rows. Default: no. */
  isDoubtful?: (pieces: readonly Piece[]) => boolean;
  /** For streams: when to send a chunk that is not full. */
  flush?: Flush | undefined;
  /**
   * Given where chunks are to wait for the memory of earlier ones, and aborted when that no longer matters. Default: none
   * waits, since a chunk that replaces another must not wait for those behind it.
   */
  untilMemory?: AbortSignal;
}

/** Packs blocks into chunks, in order. Takes ownership of every block; the caller releases or abandons each chunk. */
export async function* packChunks(blocks: AsyncIterable<Block>, options: PackOptions): AsyncGenerator<Chunk> {
  let filling: ChunkBuilder | undefined;
  const { flush } = options;
  for await (const block of flush === undefined ? blocks : blocksOrDue(blocks, flush)) {
    if (block === 'due') {
      if (filling) yield filling.seal();
      filling = undefined;
      continue;
    }
    if (filling && !filling.hasRoomFor(block)) {
      yield filling.seal();
      filling = undefined;
    }
    filling ??= await startChunk(options);
    await filling.add(block);
  }
  if (filling) yield filling.seal();
}

async function startChunk(options: PackOptions): Promise<ChunkBuilder> {
  const { pool, limits, untilMemory } = options;
  if (untilMemory !== undefined) await pool.untilTaken(limits.heldBytes, untilMemory);
  return new ChunkBuilder(options);
}

class ChunkBuilder {
  readonly #options: PackOptions;
  readonly #body: BodyBuilder;
  readonly #pieces: Piece[] = [];
  readonly #rejects: Reject[] = [];
  readonly #days: Int32Array[] = [];
  readonly #changes: Changes = {};
  readonly #warnings: Changes = {};
  #rows = 0;
  #events = 0;
  #withoutId = 0;
  #coveredBytes = 0;

  constructor(options: PackOptions) {
    this.#options = options;
    this.#body = (options.startBody ?? startBody)(options.pool, options.body);
  }

  hasRoomFor(block: Block): boolean {
    const { limits, body } = this.#options;
    const framed = framedLength(block, body.framing);
    return (
      this.#events + block.events <= limits.rows &&
      this.#body.rawLength + framed <= limits.bytes &&
      this.#body.wireLength < limits.wireBytes &&
      this.#rejects.length < maxRejects &&
      this.#coveredBytes < maxCoveredBytes
    );
  }

  async add(block: Block): Promise<void> {
    this.#rows += block.rows;
    this.#events += block.events;
    this.#withoutId += block.withoutId;
    this.#coveredBytes += block.range.to - block.range.from;
    this.#rejects.push(...block.rejects);
    addCounts(this.#changes, block.changes);
    addCounts(this.#warnings, block.warnings);
    if (block.days !== undefined) this.#days.push(block.days);
    this.#addPiece(block);
    this.#body.add(block);
    await this.#body.settledTo(maxCompressing);
  }

  seal(): Chunk {
    const { nextNumber, localRejects, supersedes, isRepeat, isDoubtful } = this.#options;
    const body = this.#body.finish();
    // Awaiting the body reports the error; a chunk that is never sent must not end the process.
    body.catch(() => undefined);
    return {
      number: nextNumber(),
      pieces: this.#pieces,
      rows: this.#rows,
      events: this.#events,
      withoutId: this.#withoutId,
      rejected: this.#rejects.length,
      localRejects: localRejects === 'kept' ? { kind: 'kept' } : { kind: 'to-keep', rows: this.#rejects },
      ...(supersedes === undefined ? {} : { supersedes }),
      isRepeat: isRepeat?.(this.#pieces) ?? false,
      isDoubtful: isDoubtful?.(this.#pieces) ?? false,
      changes: this.#changes,
      warnings: this.#warnings,
      ...(this.#days.length === 0 ? {} : { days: this.#days }),
      body,
      release: () => this.#body.release(),
      abandon: () => this.#body.abandon(),
    };
  }

  #addPiece(block: Block): void {
    const last = this.#pieces[this.#pieces.length - 1];
    const covered = block.range.to - block.range.from;
    if (last && last.input === block.input && last.range.to === block.range.from) {
      last.range.to = block.range.to;
      last.nextLine = block.nextLine;
      last.rows += block.rows;
      last.events += block.events;
      last.rejected += block.rejects.length;
      last.bytes += rawLengthOf(block);
      last.crc32 = combineCrc32(last.crc32, block.crc32, covered);
      return;
    }
    this.#pieces.push({
      input: block.input,
      range: { ...block.range },
      nextLine: block.nextLine,
      rows: block.rows,
      events: block.events,
      rejected: block.rejects.length,
      bytes: rawLengthOf(block),
      crc32: block.crc32,
    });
  }
}

function addCounts(sum: Changes, added: Changes): void {
  for (const [code, rows] of Object.entries(added)) sum[code] = (sum[code] ?? 0) + rows;
}

/** Upper bound of what a block adds to a body: rows, separators, head and tail. */
function framedLength(block: Block, framing: Target['framing']): number {
  const perEvent = Math.max(framing.between.length - 1, 0);
  return rawLengthOf(block) + block.events * perEvent + framing.head.length + framing.tail.length;
}

function rawLengthOf({ bytes, deflated, measuredLength }: Block): number {
  return measuredLength ?? deflated?.rawLength ?? bytes.length;
}
