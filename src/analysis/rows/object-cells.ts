/** The cells of a row that is an object, as bytes, so that all rows are counted alike. */
import { textOf } from '../tables/text.ts';
import type { FoundCells } from './csv-cells.ts';

export class ObjectCells {
  readonly #fields: readonly string[];
  readonly #found: FoundCells;

  constructor(fields: readonly string[]) {
    this.#fields = fields;
    const [from, to] = [new Int32Array(fields.length), new Int32Array(fields.length)];
    this.#found = { text: textOf(Buffer.alloc(4096)), from, to };
  }

  /** Valid until the next call. */
  find(row: Readonly<Record<string, unknown>>): FoundCells {
    const found = this.#found;
    let at = 0;
    for (const [field, name] of this.#fields.entries()) {
      const text = cellText(row[name]);
      // No character takes more than three bytes of UTF-8 a code unit.
      if (at + 3 * text.length > found.text.bytes.length) this.#grow(at + 3 * text.length);
      found.from[field] = at;
      at += found.text.bytes.write(text, at, 'utf8');
      found.to[field] = at;
    }
    return found;
  }

  #grow(needed: number): void {
    const larger = Buffer.alloc(2 * needed);
    this.#found.text.bytes.copy(larger);
    this.#found.text = textOf(larger);
  }
}

/** A value as a cell of CSV would have it. */
function cellText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'number' || typeof value === 'boolean' || typeof value === 'bigint')
    return String(value);
  return value === undefined || value === null ? '' : JSON.stringify(value);
}
