/** Receives rows from the scanner, has them shaped and adds them to blocks. */
import { isUtf8 } from 'node:buffer';
import type { LineBatch, RowProblem, RowScanner } from '../../contracts/format.ts';
import type { HeldBackRow } from '../../contracts/supply.ts';
import { isBlank } from '../../formats/blank.ts';
import type { RangeSink, ScanOptions, SourceBytes } from '../../formats/reading/range-reader.ts';
import type { RowSource } from '../ids/ids.ts';
import { describeBadUtf8, UNPARSED_REASONS, wholeCharactersEnd } from '../json/problem.ts';
import type { RowShaper } from '../rows/row-shaper.ts';
import type { BlockBuilder, LocatedRow } from './block-builder.ts';

const NEWLINE = 0x0a;
const NOTHING = Buffer.alloc(0);
/** At most this many rows are shaped one by one before plain rows are tried again. */
const MAX_PASSES = 63;

export interface ShapingParts {
  scanner: RowScanner;
  shaper: RowShaper;
  builder: BlockBuilder;
  maxRowBytes: number;
}

export class ShapingSink implements RangeSink {
  /** A row that is too long is being skipped. */
  passing = false;
  /** The scanner was asked to stop, because a block is ready. */
  stopped = false;
  readonly #parts: ShapingParts;
  readonly #row: RowSource = { bytes: NOTHING, from: 0, to: 0, offset: 0 };
  /** The last row, when it was not reported because it does not parse. */
  heldBack: HeldBackRow | undefined;
  #holdsBack = false;
  #offset = 0;
  #isUtf8 = true;
  /** How many more rows are shaped one by one, and how many were the last time. */
  #toPass = 0;
  #passes = 0;

  constructor(parts: ShapingParts) {
    this.#parts = parts;
  }

  enter(source: SourceBytes, { from, final, holdsBack = false }: ScanOptions): void {
    this.#holdsBack = holdsBack;
    const { bytes } = source.memory;
    const to = final ? bytes.length : wholeCharactersEnd(bytes, from, bytes.length);
    this.#isUtf8 = isUtf8(bytes.subarray(from, to));
    this.#row.bytes = bytes;
    this.#offset = source.offset;
    this.#parts.builder.enter(source);
  }

  seal(offset: number, line: number): void {
    this.#parts.builder.seal(offset, line);
  }

  leave(offset: number, line: number, options: { keepOpen: boolean }): void {
    this.#parts.builder.leave(offset, line, options);
  }

  /**
   * Takes plain rows, many at once. Takes none when rows are neither the lines themselves nor records of a
   * plain table, or when the bytes are not valid UTF-8.
   */
  lines(from: number, to: number): Readonly<LineBatch> {
    const { scanner, shaper } = this.#parts;
    const none = { count: 0, lines: 0, end: from };
    const isPlain = scanner.toJson === undefined || scanner.table !== undefined;
    if (shaper.takePlain === undefined || !isPlain || !this.#isUtf8 || this.passing) return none;
    if (this.#toPass > 0) {
      this.#toPass--;
      return none;
    }
    const batch = this.#takeBatch(from, to);
    // Where rows are not plain, this fast path is tried less and less often.
    this.#passes = batch.count > 0 ? 0 : Math.min(2 * this.#passes + 1, MAX_PASSES);
    this.#toPass = this.#passes;
    return batch;
  }

  #takeBatch(from: number, to: number): LineBatch {
    const { scanner, shaper, builder, maxRowBytes } = this.#parts;
    const { table } = scanner;
    const room = builder.roomFor(from, { isAnew: table !== undefined });
    const lines = { bytes: this.#row.bytes, from, to, offset: this.#offset + from, table };
    const batch = room && shaper.takePlain?.(lines, { ...room, rowBytes: maxRowBytes });
    if (batch === undefined || batch.rows === 0) return { count: 0, lines: 0, end: from };
    builder.addBatch(batch);
    return { count: batch.rows, lines: batch.lines, end: batch.to };
  }

  row(from: number, to: number, line: number): boolean {
    const { scanner, builder, shaper, maxRowBytes } = this.#parts;
    const { bytes } = this.#row;
    if (to - from > maxRowBytes) return this.tooLong(from, to, line);
    if (!this.#isUtf8 && !isUtf8(bytes.subarray(from, to))) {
      const problem = describeBadUtf8(bytes, from, to);
      return !this.#isHeldBack({ from, to, line }, problem) && this.#reject({ from, to, line }, problem);
    }
    this.passing = false;
    this.#row.from = from;
    this.#row.to = to;
    this.#row.offset = this.#offset + from;
    const text = scanner.toJson?.(bytes, from, to) ?? this.#row;
    const outcome = shaper.shape(text, this.#row);
    const place = { from, to, line };
    if (outcome === 'rejected' && this.#isHeldBack(place, shaper.problem)) return false;
    if (text === this.#row) builder.add(place, outcome, shaper);
    else if (outcome === 'rejected') builder.reject(place, withoutColumn(shaper.problem));
    else builder.add(place, 'edited', shaper);
    return this.#goOn();
  }

  warn(code: string): void {
    this.#parts.builder.warn(code);
  }

  bad(from: number, to: number, line: number, problem: RowProblem): boolean {
    // What else is wrong with it is not seen where it spans slots.
    if (to - from > this.#parts.maxRowBytes) return this.tooLong(from, to, line);
    const row = { from, to, line };
    return !this.#isHeldBack(row, undefined) && this.#reject(row, problem);
  }

  tooLong(from: number, to: number, line: number): boolean {
    const { maxRowBytes } = this.#parts;
    const message = `the row has ${to - from} bytes, more than the ${maxRowBytes} allowed`;
    return this.#reject({ from, to, line }, { reason: 'row-too-long', message });
  }

  /**
   * Whether the last row, without a line end, is left for later because it does not parse; records its
   * position. `problem` is undefined when the format could not read the row.
   */
  #isHeldBack({ from, to, line }: LocatedRow, problem: RowProblem | undefined): boolean {
    if (!this.#holdsBack || this.#row.bytes.includes(NEWLINE, to)) return false;
    if (problem !== undefined && !UNPARSED_REASONS.has(problem.reason)) return false;
    this.heldBack = { offset: this.#offset + from, line };
    return true;
  }

  leaveBehind(at: number, line: number): void {
    const { bytes } = this.#row;
    if (this.heldBack !== undefined || isBlank(bytes, at, bytes.length)) return;
    let start = at;
    let lines = 0;
    for (; isBlank(bytes, start, start + 1); start++) if (bytes[start] === NEWLINE) lines++;
    this.heldBack = { offset: this.#offset + start, line: line + lines };
  }

  #reject(row: LocatedRow, problem: RowProblem): boolean {
    this.passing = false;
    this.#parts.builder.reject(row, problem);
    return this.#goOn();
  }

  #goOn(): boolean {
    this.stopped = this.#parts.builder.hasSealed;
    return !this.stopped;
  }
}

/** A column in the JSON made from a row does not point into the row. */
function withoutColumn({ reason, message }: RowProblem): RowProblem {
  return { reason, message };
}
