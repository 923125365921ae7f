/**
 * Builds blocks of rows. While every row is sent exactly as it is in the input, a block is a view of the
 * bytes read; from the first row that must change or is left out, the block is a copy.
 */
import { crc32 } from 'node:zlib';
import type { RowProblem } from '../../contracts/format.ts';
import type { BlockLimits } from '../../contracts/supply.ts';
import { Failure } from '../../failure.ts';
import type { Block, Changes, Range } from '../../records.ts';
import { copyBytes } from '../rows/edits.ts';
import type { SourceBytes } from '../../formats/reading/range-reader.ts';
import type { BufferPool } from '../../formats/reading/shared-buffer.ts';
import { Arena } from './arena.ts';
import { openBlock, type OpenBlock } from './open-block.ts';
import type { PlainBatch, BatchRoom } from '../rows/plain-rows.ts';
import type { Outcome, RowShaper } from '../rows/row-shaper.ts';

const NEWLINE = 0x0a;
/** Rejects are objects: a limit per block bounds the memory that an input full of rejects takes. */
const MAX_REJECTS = 4096;
const NOTHING = Buffer.alloc(0);

/** A row in the bytes of the current source, without its line end. */
export interface LocatedRow {
  from: number;
  to: number;
  line: number;
}

export interface BuilderOptions {
  input: number;
  limits: BlockLimits;
  pool: BufferPool;
  from: number;
  line: number;
  /** CRC-32 of bytes behind others with the checksum `before`, where something is faster than zlib. */
  checksum?: ((bytes: Uint8Array, before: number) => number) | undefined;
  /** Called for each row that is sent: its position in the input and the number of events it became. */
  trace?: ((row: Range, events: number) => void) | undefined;
}

export class BlockBuilder {
  readonly #options: BuilderOptions;
  readonly #sealed: Block[] = [];
  #source: SourceBytes | undefined;
  #block: OpenBlock;
  /** Memory for copies. */
  readonly #arena: Arena;

  constructor(options: BuilderOptions) {
    this.#options = options;
    this.#arena = new Arena(options.pool);
    this.#block = openBlock(options.from, options.line);
  }

  /** Whether a finished block waits for `drain`. */
  get hasSealed(): boolean {
    return this.#sealed.length > 0;
  }

  *drain(): Generator<Block> {
    for (;;) {
      const block = this.#sealed.shift();
      if (block === undefined) return;
      yield block;
    }
  }

  /** Rows added from now on are in these bytes, which continue where the last ones ended. */
  enter(source: SourceBytes): void {
    this.#source = source;
  }

  /** The bytes of the source up to `offset` are consumed; the next line is `line`. */
  leave(offset: number, line: number, options: { keepOpen: boolean }): void {
    if (options.keepOpen && this.#block.viewFrom < 0) this.#digestTo(offset);
    else this.seal(offset, line);
    this.#source = undefined;
  }

  /** Ends the open block before the byte at `offset`, which is in line `line`. */
  seal(offset: number, line: number): void {
    const block = this.#block;
    if (offset === block.from) return;
    this.#digestTo(offset);
    const memory = block.viewFrom >= 0 ? this.#source?.memory : this.#arena.memory;
    const start = block.viewFrom >= 0 ? block.viewFrom : block.copyFrom;
    const held = block.rows > 0 ? memory : undefined;
    held?.hold();
    const isWholeRange = block.viewFrom >= 0 && block.byteLength === offset - block.from;
    this.#sealed.push({
      input: this.#options.input,
      range: { from: block.from, to: offset, line: block.line },
      nextLine: line,
      bytes: held === undefined ? NOTHING : held.bytes.subarray(start, start + block.byteLength),
      rows: block.rows,
      events: block.events,
      rejects: block.rejects,
      crc32: block.crc32,
      ...(isWholeRange ? { bytesCrc32: block.crc32 } : {}),
      withoutId: block.withoutId,
      changes: block.changes,
      warnings: block.warnings,
      release: () => held?.release(),
    });
    this.#block = openBlock(offset, line);
  }

  /** Adds a row according to the decision of its shaper. */
  add(row: LocatedRow, outcome: Outcome, shaper: RowShaper): void {
    if (outcome === 'rejected') {
      this.reject(row, shaper.problem);
    } else {
      if (outcome === 'as-is') this.#addAsIs(row);
      else this.#addEdited(row, shaper);
      this.#count(row, shaper);
    }
  }

  /**
   * The room for consecutive rows that begin at `from` in the source; undefined when rows must be added one
   * by one. A row for which there is no room is added on its own and begins a block. `isAnew`: the rows are
   * not those of the input, and are written into the arena.
   */
  roomFor(from: number, { isAnew }: { isAnew: boolean }): Omit<BatchRoom, 'rowBytes'> | undefined {
    const { limits, trace } = this.#options;
    const { viewFrom, byteLength, events } = this.#block;
    const isGap = viewFrom >= 0 && viewFrom + byteLength !== from;
    const room = limits.maxBytes - byteLength;
    if (trace !== undefined || isGap || room <= 0) return undefined;
    if (isAnew) this.#copyTo(0);
    const into = this.#block.copyFrom >= 0 ? this.#arena.rest : undefined;
    return { into, rows: limits.maxRows - events, bytes: Math.min(room, into?.length ?? room) };
  }

  /** Adds consecutive rows that fit the room returned by `roomFor`. */
  addBatch(batch: PlainBatch): void {
    const block = this.#block;
    if (batch.text === undefined) {
      if (block.viewFrom < 0) block.viewFrom = batch.from;
      block.byteLength += batch.to - batch.from;
    } else {
      this.#arena.append(batch.text);
      block.byteLength += batch.text.length;
    }
    block.rows += batch.rows;
    block.events += batch.rows;
    block.withoutId += batch.withoutId;
    addCounts(block.changes, batch.changes);
    addCounts(block.warnings, batch.warnings);
  }

  reject(row: LocatedRow, problem: RowProblem): void {
    const offset = this.#offsetOf(row.from);
    if (this.#block.rejects.length >= MAX_REJECTS) this.seal(offset, row.line);
    const to = this.#offsetOf(row.to);
    const place = { input: this.#options.input, from: offset, to, line: row.line };
    this.#block.rejects.push({ ...place, ...problem, source: 'local' });
  }

  /** Counts a warning about the input that concerns no particular row. */
  warn(code: string): void {
    addCounts(this.#block.warnings, { [code]: 1 });
  }

  /** Releases the memory held for this builder and for blocks that were not drained. */
  close(): void {
    for (const block of this.#sealed.splice(0)) block.release();
    this.#arena.close();
  }

  #addAsIs(row: LocatedRow): void {
    const { bytes } = this.#sourceBytes().memory;
    const length = row.to - row.from + 1;
    this.#makeRoom(row, length, 1);
    const block = this.#block;
    const ended = row.to < bytes.length && bytes[row.to] === NEWLINE;
    const viewEnd = block.viewFrom + block.byteLength;
    if (ended && block.copyFrom < 0 && (block.viewFrom < 0 || viewEnd === row.from)) {
      if (block.viewFrom < 0) block.viewFrom = row.from;
      block.byteLength += length;
      return;
    }
    this.#copyTo(length);
    this.#arena.end = copyBytes(bytes, row, this.#arena.bytes, this.#arena.end);
    this.#arena.bytes[this.#arena.end++] = NEWLINE;
  }

  #addEdited(row: LocatedRow, { edits, text, events }: RowShaper): void {
    const length = text.to - text.from + edits.growth + 1;
    this.#makeRoom(row, length, events);
    this.#copyTo(length);
    this.#arena.end = edits.write(text.bytes, text, this.#arena.bytes, this.#arena.end);
    this.#arena.bytes[this.#arena.end++] = NEWLINE;
  }

  #count(row: LocatedRow, shaper: RowShaper): void {
    const block = this.#block;
    block.rows++;
    block.events += shaper.events;
    if (!shaper.hasId) block.withoutId++;
    shaper.changes.countInto(block.changes);
    shaper.warnings.countInto(block.warnings);
    const { trace } = this.#options;
    if (trace === undefined) return;
    trace({ from: this.#offsetOf(row.from), to: this.#offsetOf(row.to), line: row.line }, shaper.events);
  }

  /** Ends the open block before a row that does not fit into it. */
  #makeRoom(row: LocatedRow, length: number, events: number): void {
    const block = this.#block;
    if (block.rows === 0) return;
    const { maxRows, maxBytes } = this.#options.limits;
    const fits = block.events + events <= maxRows && block.byteLength + length <= maxBytes;
    const copies = block.copyFrom >= 0;
    if (!fits || (copies && this.#arena.room < length)) this.seal(this.#offsetOf(row.from), row.line);
  }

  /** Has room for a row at the end of the arena. A block that is a view becomes a copy. */
  #copyTo(length: number): void {
    const block = this.#block;
    // A copy without rows was begun for rows of which none was taken.
    const isBegun = block.copyFrom >= 0 && (block.rows > 0 || this.#arena.room >= length);
    if (!isBegun) {
      const viewed = block.viewFrom < 0 ? 0 : block.byteLength;
      this.#reserve(viewed + length);
      block.copyFrom = this.#arena.end;
      if (viewed > 0) {
        const { bytes } = this.#sourceBytes().memory;
        this.#arena.append(bytes.subarray(block.viewFrom, block.viewFrom + viewed));
      }
      block.viewFrom = -1;
    }
    block.byteLength += length;
  }

  /** Reserves room for the beginning of a block and for what will probably follow. */
  #reserve(minBytes: number): void {
    const { maxBytes } = this.#options.limits;
    const probable = Math.min(maxBytes, 2 * this.#sourceBytes().memory.bytes.length);
    this.#arena.reserve(minBytes, probable);
  }

  #digestTo(offset: number): void {
    const block = this.#block;
    if (offset === block.digestedTo) return;
    if (offset > (this.#options.limits.measuredFrom ?? Number.POSITIVE_INFINITY)) return;
    const source = this.#sourceBytes();
    const from = block.digestedTo - source.offset;
    const bytes = source.memory.bytes.subarray(from, offset - source.offset);
    block.crc32 = (this.#options.checksum ?? crc32)(bytes, block.crc32);
    block.digestedTo = offset;
  }

  #offsetOf(at: number): number {
    return this.#sourceBytes().offset + at;
  }

  #sourceBytes(): SourceBytes {
    if (this.#source === undefined) throw new Failure('bug', 'a row came without the bytes it stands in');
    return this.#source;
  }
}

function addCounts(sum: Changes, more: Changes): void {
  for (const [code, rows] of Object.entries(more)) sum[code] = (sum[code] ?? 0) + rows;
}
