/**
 * New and returning origins, in one pass over rows in any order. An origin counts once a day, in the cell of the first
 * row it has that day; it is new on the earliest of its days, and returning on the others.
 */
import type { Cells } from '../analysis.ts';
import { PairSet } from '../tables/pair-set.ts';
import { PairSlots } from '../tables/pair-slots.ts';

/** Some 100 MB together. */
const mostOrigins = 1_600_000;
const mostDays = 3_300_000;
/** Of so many days around the first row, each origin has a bit a day: exports are of a month or two. */
const windowDays = 64;
const daysBefore = 32;

export class OriginCounts {
  readonly #origins = new PairSlots();
  /** Of each slot: the earliest day seen so far, and the cell in which the origin is new. */
  #firstDays = new Int32Array(this.#origins.slots);
  #firstCells = new Int32Array(this.#origins.slots);
  /** Of each slot: the days in the window on which the origin came, as two words of bits. */
  #bits = new Int32Array(2 * this.#origins.slots);
  #windowStart: number | undefined;
  /** Origins with each of their other days. */
  readonly #days = new PairSet(mostDays);
  #newOrigins = new Float64Array(1024);
  #returning = new Float64Array(1024);
  #hasForgotten = false;

  /** Whether there were too many to tell. */
  get hasForgotten(): boolean {
    return this.#hasForgotten || this.#days.overflowed;
  }

  /** One row: its origin by two digests, its day since 1970, and its cell. */
  add(first: number, second: number, { day, cell }: { day: number; cell: number }): void {
    if (cell >= this.#newOrigins.length) this.#growCells(cell);
    const one = (first | second) === 0 ? 1 : first;
    const slot = this.#origins.locate(one, second);
    if (slot < 0) {
      this.#addOrigin(one, second, { day, cell });
      return;
    }
    const firstDay = this.#firstDays[slot] as number;
    if (day === firstDay) return;
    const isNewDay = this.#addDay(slot, one, second, day);
    if (day < firstDay) {
      const firstCell = this.#firstCells[slot] as number;
      this.#newOrigins[firstCell] = (this.#newOrigins[firstCell] as number) - 1;
      this.#returning[firstCell] = (this.#returning[firstCell] as number) + 1;
      this.#newOrigins[cell] = (this.#newOrigins[cell] as number) + 1;
      this.#firstDays[slot] = day;
      this.#firstCells[slot] = cell;
      return;
    }
    if (isNewDay) this.#returning[cell] = (this.#returning[cell] as number) + 1;
  }

  /** Cells have other numbers from now on. */
  renumber(cellOf: Int32Array): void {
    this.#newOrigins = moved(this.#newOrigins, cellOf);
    this.#returning = moved(this.#returning, cellOf);
    const cells = this.#firstCells;
    for (let slot = 0; slot < cells.length; slot++) cells[slot] = cellOf[cells[slot] as number] ?? 0;
  }

  /** The counts of these cells; nothing when there were too many origins. */
  pack(cells: readonly number[]): Pick<Cells, 'newOrigins' | 'returningOrigins'> {
    if (this.hasForgotten || this.#origins.size === 0) return {};
    return {
      newOrigins: cells.map((cell) => this.#newOrigins[cell] ?? 0),
      returningOrigins: cells.map((cell) => this.#returning[cell] ?? 0),
    };
  }

  #addOrigin(first: number, second: number, { day, cell }: { day: number; cell: number }): void {
    const origins = this.#origins;
    if (origins.size >= mostOrigins) {
      this.#hasForgotten = true;
      return;
    }
    if (origins.isFull) this.#growOrigins();
    const slot = ~origins.locate(first, second);
    origins.take(slot, first, second);
    this.#firstDays[slot] = day;
    this.#firstCells[slot] = cell;
    this.#newOrigins[cell] = (this.#newOrigins[cell] as number) + 1;
    this.#addDay(slot, first, second, day);
  }

  /** Whether the origin has not come on this day so far. */
  #addDay(slot: number, first: number, second: number, day: number): boolean {
    const offset = day - (this.#windowStart ??= day - daysBefore);
    if (offset < 0 || offset >= windowDays) return this.#days.add(first, pairWithDay(second, day));
    const word = 2 * slot + (offset >> 5);
    const bit = 1 << (offset & 31);
    const bits = this.#bits[word] as number;
    this.#bits[word] = bits | bit;
    return (bits & bit) === 0;
  }

  #growOrigins(): void {
    const [days, cells, bits] = [this.#firstDays, this.#firstCells, this.#bits];
    this.#firstDays = new Int32Array(2 * days.length);
    this.#firstCells = new Int32Array(2 * days.length);
    this.#bits = new Int32Array(2 * bits.length);
    this.#origins.grow((from, to) => {
      this.#firstDays[to] = days[from] as number;
      this.#firstCells[to] = cells[from] as number;
      this.#bits[2 * to] = bits[2 * from] as number;
      this.#bits[2 * to + 1] = bits[2 * from + 1] as number;
    });
  }

  #growCells(cell: number): void {
    this.#newOrigins = enlarged(this.#newOrigins, cell);
    this.#returning = enlarged(this.#returning, cell);
  }
}

/** An origin on one day, as a digest. */
function pairWithDay(digest: number, day: number): number {
  return digest ^ Math.imul(day, 0x9e3779b1);
}

function moved(counts: Float64Array, cellOf: Int32Array): Float64Array<ArrayBuffer> {
  const result = new Float64Array(counts.length);
  for (let cell = 0; cell < cellOf.length; cell++) {
    const to = cellOf[cell] as number;
    result[to] = (result[to] as number) + (counts[cell] ?? 0);
  }
  return result;
}

function enlarged(counts: Float64Array, cell: number): Float64Array<ArrayBuffer> {
  const larger = new Float64Array(Math.max(2 * counts.length, cell + 1));
  larger.set(counts);
  return larger;
}
