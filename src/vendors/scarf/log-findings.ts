/** What an import's log says of rows, packed: it may refuse a million, each in words of its own. */
import type { Rejection, Rejections } from '../../records.ts';

const segmentBytes = 1024 * 1024;
/** Of the words of one import so much is kept; rows beyond have their reason only. */
const maxTextBytes = 32 * segmentBytes;
/** Texts that come again are kept once, so many of them. */
const maxShared = 1_000;

/** Texts in a few buffers, known by number: nothing of them is on the heap. */
class TextStore {
  readonly #segments: Buffer[] = [];
  readonly #shared = new Map<string, number>();
  #starts = new Float64Array(1024);
  #count = 0;
  #used = segmentBytes;

  add(text: string): number {
    const known = this.#shared.get(text);
    if (known !== undefined) return known;
    const bytes = Buffer.byteLength(text);
    if (this.#used + bytes > segmentBytes) {
      this.#segments.push(Buffer.allocUnsafeSlow(Math.max(segmentBytes, bytes)));
      this.#used = 0;
    }
    const last = this.#segments.length - 1;
    this.#segments[last]?.write(text, this.#used);
    if (2 * this.#count + 2 > this.#starts.length) this.#grow();
    this.#starts[2 * this.#count] = last * segmentBytes + this.#used;
    this.#starts[2 * this.#count + 1] = bytes;
    this.#used += bytes;
    if (this.#shared.size < maxShared) this.#shared.set(text, this.#count);
    return this.#count++;
  }

  get isFull(): boolean {
    return this.#segments.length * segmentBytes > maxTextBytes;
  }

  at(index: number): string {
    const start = this.#starts[2 * index] ?? 0;
    const from = start % segmentBytes;
    const segment = this.#segments[Math.floor(start / segmentBytes)];
    return segment?.toString('utf8', from, from + (this.#starts[2 * index + 1] ?? 0)) ?? '';
  }

  #grow(): void {
    const starts = new Float64Array(this.#starts.length * 2);
    starts.set(this.#starts);
    this.#starts = starts;
  }
}

const separator = '\n';

/** The first refusal of each line of a body, and refusals without a line, of which no more count than there are events. */
export class LogFindings {
  readonly #texts = new TextStore();
  /** By row of the body, the number of its text and one; 0: not refused. */
  readonly #byRow: Uint32Array;
  readonly #withoutRow: number[] = [];
  #named = 0;

  constructor(events: number) {
    this.#byRow = new Uint32Array(events);
  }

  /** How many rows were named. */
  get named(): number {
    return this.#named;
  }

  /** How many refusals named none. */
  get unnamed(): number {
    return this.#withoutRow.length;
  }

  /** Notes a refusal, whose message is read only when it counts. A row that the body does not have is none. */
  note(row: number | undefined, reason: string, message: () => string): void {
    const known = row === undefined ? undefined : this.#byRow[row];
    if (known !== undefined && known > 0) return;
    const isNamed = row !== undefined && known !== undefined;
    if (!isNamed && this.#withoutRow.length >= this.#byRow.length) return;
    const words = this.#texts.isFull ? reason.replaceAll('-', ' ') : message();
    const text = this.#texts.add(`${reason}${separator}${words}`);
    if (!isNamed) {
      this.#withoutRow.push(text);
      return;
    }
    this.#byRow[row] = text + 1;
    this.#named++;
  }

  /** The rows that were named in their order, then `unnamed` refusals without a row: those noted, then `silent`. */
  rejections(unnamed: number, silent: Rejection): Rejections {
    const rows = new Uint32Array(this.#named);
    let count = 0;
    for (const [row, text] of this.#byRow.entries()) if (text > 0) rows[count++] = row;
    const at = (index: number): Rejection | undefined => {
      const row = rows[index];
      if (row !== undefined) return { row, ...this.#rejection((this.#byRow[row] ?? 0) - 1) };
      const text = this.#withoutRow[index - count];
      return text === undefined ? silent : this.#rejection(text);
    };
    const length = count + unnamed;
    return { length, at: (index) => (index < length ? at(index) : undefined) };
  }

  #rejection(text: number): Rejection {
    const [reason = '', message = ''] = this.#texts.at(text).split(separator, 2);
    return { reason, message };
  }
}
