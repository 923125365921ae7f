import type { Changes } from '../../records.ts';

/** Codes about one row, counted into those of its block. Reused from row to row. */
export class RowCodes {
  readonly #codes: string[] = [];
  #count = 0;

  clear(): void {
    this.#count = 0;
  }

  /** Counts each code once per row: the counts are rows, not occurrences. */
  add(code: string): void {
    for (let index = 0; index < this.#count; index++) if (this.#codes[index] === code) return;
    this.#codes[this.#count++] = code;
  }

  addAll(codes: RowCodes): void {
    for (let index = 0; index < codes.#count; index++) this.add(codes.#codes[index]!);
  }

  countInto(counts: Changes): void {
    for (let index = 0; index < this.#count; index++) {
      const code = this.#codes[index]!;
      counts[code] = (counts[code] ?? 0) + 1;
    }
  }
}
