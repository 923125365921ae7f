/** New and returning origins by cell, as the kernel counts them. */
import type { Cells } from '../analysis.ts';
import type { CellCounts } from '../facts/fact-table.ts';
import type { EventKernel } from './event-kernel.ts';

export class OriginCounts implements CellCounts {
  readonly #kernel: EventKernel;

  constructor(kernel: EventKernel) {
    this.#kernel = kernel;
  }

  renumber(cellOf: Int32Array): void {
    this.#kernel.renumberCells(cellOf);
  }

  /** Nothing when there were too many origins. */
  pack(cells: readonly number[]): Pick<Cells, 'newOrigins' | 'returningOrigins'> {
    const kernel = this.#kernel;
    if (kernel.global('areOriginsForgotten') !== 0 || kernel.global('originCount') === 0) return {};
    const countsOf = (name: 'newOrigins' | 'returningOrigins') =>
      cells.map((cell) => kernel.numbers[kernel.words[name] + cell] as number);
    return { newOrigins: countsOf('newOrigins'), returningOrigins: countsOf('returningOrigins') };
  }
}
