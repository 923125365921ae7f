/** Counts of cells by one more value. */
import type { Breakdown, BreakdownName } from '../analysis.ts';
import { CountTable } from '../tables/count-table.ts';
import { Dictionary } from '../tables/dictionary.ts';
import { foldRarer } from './folding.ts';
import { orderOf, packValues } from './pack.ts';

const maxValues = 16_384;
/** The number of a value is below it. */
const valueBase = 32_768;

export class ValueCounts {
  readonly name: BreakdownName;
  readonly dictionary = new Dictionary(maxValues);
  readonly #maxEntries: number;
  readonly #table = new CountTable();
  #foldAbove: number;

  constructor(name: BreakdownName, maxEntries: number) {
    this.name = name;
    this.#maxEntries = maxEntries;
    this.#foldAbove = maxEntries;
  }

  add(cell: number, value: number, weight: number): void {
    this.#table.add(this.#table.entryOf(cell, value), weight);
    if (this.#table.size > this.#foldAbove) this.#fold();
  }

  /** Cells have other numbers from now on. */
  renumber(cellOf: Int32Array): void {
    this.#rebuild((cell) => cellOf[cell] as number);
  }

  /** Entries by cell, then by how often they occur; cells as `cellOf` numbers them. */
  pack(cellOf: Int32Array): Breakdown {
    const table = this.#table;
    const { values, numberOf } = packValues(this.dictionary, this.#totals());
    const keys = new Float64Array(table.size);
    for (let entry = 0; entry < table.size; entry++) {
      keys[entry] = (cellOf[table.first(entry)] as number) * valueBase + numberOf(table.second(entry));
    }
    const order = orderOf(keys);
    return {
      name: this.name,
      values,
      cell: Array.from(order, (entry) => Math.floor((keys[entry] as number) / valueBase)),
      value: Array.from(order, (entry) => (keys[entry] as number) % valueBase),
      count: Array.from(order, (entry) => table.count(entry)),
    };
  }

  get isFolded(): boolean {
    return this.dictionary.overflowed || this.#hasFolded;
  }

  #hasFolded = false;

  #fold(): void {
    this.#hasFolded = true;
    while (this.#table.size > 0.75 * this.#maxEntries) {
      if (foldRarer(this.dictionary, this.#totals()) === 0) {
        // Each cell has entries of its own. Looking for more to fold with every row would take forever.
        this.#foldAbove = 2 * this.#table.size;
        return;
      }
      this.#rebuild((cell) => cell);
    }
  }

  #totals(): Float64Array {
    const totals = new Float64Array(this.dictionary.size);
    const table = this.#table;
    for (let entry = 0; entry < table.size; entry++) {
      const value = table.second(entry);
      totals[value] = (totals[value] as number) + table.count(entry);
    }
    return totals;
  }

  #rebuild(cellOf: (cell: number) => number): void {
    this.#table.renumber({ firstOf: cellOf, secondOf: (value) => this.dictionary.current(value) });
  }
}
