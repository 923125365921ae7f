/** New and returning origins by cell, as the kernel counts them. */
import type { Cells } from '../analysis.ts';
import type { CellCounts } from '../facts/fact-table.ts';
import type { EventKernel } from './event-kernel.ts';

export class OriginCounts implements CellCounts {
  #kernel: EventKernel | undefined;
  #counts: Readonly<Partial<Record<CountName, Int32Array>>> = {};

  constructor(kernel: EventKernel) {
    this.#kernel = kernel;
  }

  renumber(cellOf: Int32Array): void {
    this.#kernel?.renumberCells(cellOf);
  }

  /** Copies the counts of `cells` cells and releases the kernel; cells must not be renumbered after that. */
  settle(cells: number): void {
    const kernel = this.#kernel;
    this.#kernel = undefined;
    if (kernel === undefined) return;
    if (kernel.global('areOriginsForgotten') !== 0 || kernel.global('originCount') === 0) return;
    const countsOf = (name: CountName) =>
      kernel.numbers.slice(kernel.words[name], kernel.words[name] + cells);
    this.#counts = { newOrigins: countsOf('newOrigins'), returningOrigins: countsOf('returningOrigins') };
  }

  /** Nothing when there were too many origins. */
  pack(cells: readonly number[]): Pick<Cells, CountName> {
    const { newOrigins, returningOrigins } = this.#counts;
    if (newOrigins === undefined || returningOrigins === undefined) return {};
    const inOrder = (counts: Int32Array) => cells.map((cell) => counts[cell] as number);
    return { newOrigins: inOrder(newOrigins), returningOrigins: inOrder(returningOrigins) };
  }
}

type CountName = 'newOrigins' | 'returningOrigins';
