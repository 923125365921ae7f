import type { RowOffsets } from '../../contracts/reader.ts';

const firstRows = 4096;

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
  broken = new Uint8Array(firstRows);

  clear(): void {
    this.count = 0;
    this.consumed = 0;
  }

  /** Adds a row without cells and returns its index. */
  add(from: number, to: number): number {
    const row = this.count++;
    if (row === this.from.length) this.#grow();
    this.from[row] = from;
    this.to[row] = to;
    this.idFrom[row] = this.idTo[row] = -1;
    this.timeFrom[row] = this.timeTo[row] = -1;
    this.broken[row] = 0;
    return row;
  }

  #grow(): void {
    this.from = doubled(this.from);
    this.to = doubled(this.to);
    this.idFrom = doubled(this.idFrom);
    this.idTo = doubled(this.idTo);
    this.timeFrom = doubled(this.timeFrom);
    this.timeTo = doubled(this.timeTo);
    const broken = new Uint8Array(2 * this.broken.length);
    broken.set(this.broken);
    this.broken = broken;
  }
}

function doubled(array: Int32Array): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(2 * array.length);
  larger.set(array);
  return larger;
}
