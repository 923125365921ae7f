import type { RowOffsets } from '../../contracts/reader.ts';

const firstRows = 4096;

/** What a kernel says of rows, one array entry per row; four words for an id. */
export type RowArrays = Omit<RowOffsets, 'count' | 'consumed' | 'broken'>;

/** Row positions, refilled for each piece of a reply. */
export class RowOffsetList implements RowOffsets {
  count = 0;
  consumed = 0;
  from = new Int32Array(firstRows);
  to = new Int32Array(firstRows);
  idFrom = new Int32Array(firstRows);
  idTo = new Int32Array(firstRows);
  timeFrom = new Int32Array(firstRows);
  timeTo = new Int32Array(firstRows);
  day = new Int32Array(firstRows);
  isUuid = new Uint8Array(firstRows);
  idWords = new Uint32Array(4 * firstRows);
  broken = new Uint8Array(firstRows);

  clear(): void {
    this.count = 0;
    this.consumed = 0;
  }

  /** Adds a row without cells and returns its index. */
  add(from: number, to: number): number {
    this.#reserve(1);
    const row = this.count++;
    this.from[row] = from;
    this.to[row] = to;
    this.idFrom[row] = this.idTo[row] = -1;
    this.timeFrom[row] = this.timeTo[row] = -1;
    this.day[row] = -1;
    this.isUuid[row] = 0;
    this.broken[row] = 0;
    return row;
  }

  /** Adds the first `count` of the rows, whose offsets begin `shift` bytes further on. */
  addAll(rows: RowArrays, count: number, shift: number): void {
    this.#reserve(count);
    const first = this.count;
    for (const name of ['from', 'to', 'idFrom', 'idTo', 'timeFrom', 'timeTo'] as const) {
      this[name].set(rows[name].subarray(0, count), first);
      if (shift > 0) shiftFrom(this[name], { first, end: first + count, shift });
    }
    this.day.set(rows.day.subarray(0, count), first);
    this.isUuid.set(rows.isUuid.subarray(0, count), first);
    this.idWords.set(rows.idWords.subarray(0, 4 * count), 4 * first);
    this.broken.fill(0, first, first + count);
    this.count += count;
  }

  #reserve(more: number): void {
    const capacity = this.from.length;
    if (this.count + more <= capacity) return;
    const larger = Math.max(2 * capacity, this.count + more);
    for (const name of ['from', 'to', 'idFrom', 'idTo', 'timeFrom', 'timeTo', 'day'] as const) {
      this[name] = enlarged(this[name], new Int32Array(larger));
    }
    this.isUuid = enlarged(this.isUuid, new Uint8Array(larger));
    this.idWords = enlarged(this.idWords, new Uint32Array(4 * larger));
    this.broken = enlarged(this.broken, new Uint8Array(larger));
  }
}

function enlarged<Content extends Int32Array | Uint32Array | Uint8Array>(
  array: Content,
  larger: Content,
): Content {
  larger.set(array);
  return larger;
}

/** Where a row has no such cell, -1 stays. */
function shiftFrom(
  offsets: Int32Array,
  { first, end, shift }: Record<'first' | 'end' | 'shift', number>,
): void {
  for (let row = first; row < end; row++) {
    if ((offsets[row] as number) >= 0) offsets[row] = (offsets[row] as number) + shift;
  }
}
