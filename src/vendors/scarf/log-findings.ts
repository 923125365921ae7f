/** Refusals in the log of an import, stored compactly: there may be a million with different messages. */
import type { Rejection, Rejections } from '../../records.ts';

const segmentBytes = 1024 * 1024;
/** How many bytes of messages are kept per import; later refusals keep only their reason. */
const maxTextBytes = 32 * segmentBytes;
/** How many repeated texts are stored once. */
const maxShared = 1_000;

/** Stores texts in a few buffers off the heap, addressed by number. */
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

/** The first refusal of each row of a body, and refusals without a row, at most as many as there are events. */
export class LogFindings {
  readonly #texts = new TextStore();
  /** Text number plus one by row of the body; 0: not refused. */
  readonly #byRow: Uint32Array;
  readonly #withoutRow: number[] = [];
  #named = 0;

  constructor(events: number) {
    this.#byRow = new Uint32Array(events);
  }

  /** Number of rows named by refusals. */
  get named(): number {
    return this.#named;
  }

  /** Number of refusals without a row. */
  get unnamed(): number {
    return this.#withoutRow.length;
  }

  /** Records a refusal; `message` is called only when it counts. A row outside the body counts as no row. */
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

  /**
   * Refusals of named rows in row order, then `unnamed` refusals without a row: first those recorded, then
   * `silent`.
   */
  rejections(unnamed: number, silent: Rejection): Rejections {
    const rows = new Uint32Array(this.#named);
    let count = 0;
    // A million rows of an import without a refusal are not looked at.
    for (let row = 0; count < this.#named; row++) if ((this.#byRow[row] ?? 0) > 0) rows[count++] = row;
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
