/** Reads an input slot by slot into finished blocks, as far as it consists of lines of ordinary length. */
import type { BufferSlot } from '../../contracts/input.ts';
import { LineCutter, type WholeLines } from '../../formats/reading/whole-lines.ts';
import type { Block } from '../../records.ts';
import type { SlotPass, SlotShaper } from './slot-shaper.ts';

/** A row that is longer is left to a reader that needs no room for it. */
const MAX_OPEN_BYTES = 65_536;

export class SlotRows {
  readonly #shaper: SlotShaper;
  readonly #pass: SlotPass;
  readonly #slots: AsyncIterator<BufferSlot>;
  readonly #cutter: LineCutter;
  /** The line at which the rest begins. */
  line: number;
  #failure: { error: unknown } | undefined;
  /** Blocks that nobody took yet. */
  #ready: Block[] = [];

  /** The slots of an input from `from` on. */
  constructor(
    slots: AsyncIterable<BufferSlot>,
    range: { from: number; line: number },
    parts: { shaper: SlotShaper; pass: SlotPass },
  ) {
    this.#slots = slots[Symbol.asyncIterator]();
    this.#cutter = new LineCutter(range.from);
    this.line = range.line;
    this.#shaper = parts.shaper;
    this.#pass = parts.pass;
  }

  /** Where the rest begins. */
  get offset(): number {
    return this.#cutter.offset;
  }

  /** Blocks of all whole lines up to a very long one. `onSlot` sees each slot before its rows are read. */
  async *blocks(onSlot: (slot: BufferSlot) => void): AsyncGenerator<Block> {
    for (;;) {
      const slot = await this.#next();
      if (slot === undefined) return;
      onSlot(slot);
      const lines = this.#cutter.take(slot);
      if (lines !== undefined && !this.#shaper.takes(lines)) {
        this.#cutter.giveBack(lines);
        return;
      }
      if (lines !== undefined) yield* this.#finish(lines);
      if (this.#cutter.open.length > MAX_OPEN_BYTES) return;
    }
  }

  /** What follows the blocks, for another reader. Throws what reading failed with. */
  async *rest(): AsyncGenerator<BufferSlot> {
    const bytes = this.#cutter.open;
    if (bytes.length > 0) yield { bytes, offset: this.offset, release: () => undefined };
    if (this.#failure !== undefined) throw this.#failure.error;
    for (;;) {
      const next = await this.#slots.next();
      if (next.done === true) return;
      yield next.value;
    }
  }

  /** Stops reading. */
  async close(): Promise<void> {
    for (const block of this.#ready.splice(0)) block.release();
    await this.#slots.return?.();
  }

  *#finish(lines: WholeLines): Generator<Block> {
    this.#ready = this.#shaper.finish(lines, this.line, this.#pass);
    for (let block = this.#ready.shift(); block !== undefined; block = this.#ready.shift()) {
      this.line = block.nextLine;
      yield block;
    }
  }

  async #next(): Promise<BufferSlot | undefined> {
    try {
      const next = await this.#slots.next();
      return next.done === true ? undefined : next.value;
    } catch (error) {
      this.#failure = { error };
      return undefined;
    }
  }
}
