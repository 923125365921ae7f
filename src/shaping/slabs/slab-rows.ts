/** Reads an input slab by slab into finished blocks, as far as it consists of lines of ordinary length. */
import type { Slab } from '../../contracts/input.ts';
import type { ShapingPass, ShapingThreads, WholeLines } from '../../contracts/shaping-threads.ts';
import { LineCutter, type LastEnd } from '../../formats/reading/whole-lines.ts';
import type { Block } from '../../records.ts';
import { HeadBytes } from '../ids/head-bytes.ts';
import type { SlabPass, SlabShaper } from './slab-shaper.ts';
import { PendingSlabs } from './pending-slabs.ts';

/** A row that is longer is left to a reader that needs no room for it. */
const MAX_OPEN_BYTES = 65_536;

export interface SlabRowsOptions {
  shaper: SlabShaper;
  pass: SlabPass;
  /** Where lines of the pass may be cut, when that is not behind every line end. */
  lastEnd?: LastEnd | undefined;
  /** If the lines are records of a table: its description for other threads. */
  table?: unknown;
  /** Called with each slab before its rows are read. */
  onSlab: (slab: Slab) => void;
  threads?: ShapingThreads | undefined;
}

export class SlabRows {
  readonly #options: SlabRowsOptions;
  readonly #slabs: AsyncIterator<Slab>;
  readonly #cutter: LineCutter;
  readonly #underWay: PendingSlabs;
  /** Set once lines are handed to threads. */
  #threadPass: ShapingPass | undefined;
  #failure: { error: unknown } | undefined;
  /** The slab that is being read while threads work on others. */
  #coming: Promise<Slab | 'end'> | undefined;

  /** `slabs`: those of an input from `from` on. */
  constructor(slabs: AsyncIterable<Slab>, range: { from: number; line: number }, options: SlabRowsOptions) {
    this.#slabs = slabs[Symbol.asyncIterator]();
    this.#cutter = new LineCutter(range.from, options.lastEnd);
    this.#underWay = new PendingSlabs(range);
    this.#options = options;
  }

  /** Where the rest begins. */
  get restStart(): { from: number; line: number } {
    return this.#underWay.wrongCut ?? { from: this.#cutter.offset, line: this.#underWay.line };
  }

  /** Lines were cut where no row ends. The rest must then be read from the input once more. */
  get wasCutWrong(): boolean {
    return this.#underWay.wrongCut !== undefined;
  }

  /** Blocks of all whole lines up to a very long one. */
  async *blocks(): AsyncGenerator<Block> {
    const ahead = this.#options.threads?.ahead ?? 0;
    const underWay = this.#underWay;
    for (;;) {
      yield* underWay.drain();
      if (this.wasCutWrong) return;
      const coming = (this.#coming ??= this.#next());
      // What is done leaves at once: the next slab of a pipe may never come.
      const first = underWay.first;
      const slab =
        underWay.count > ahead ? await first : await Promise.race([coming, ...(first ? [first] : [])]);
      if (slab === undefined) continue;
      this.#coming = undefined;
      if (slab === 'end' || !this.#take(slab)) break;
    }
    while (underWay.count > 0 && !this.wasCutWrong) {
      await underWay.first;
      yield* underWay.drain();
    }
  }

  /** What follows the blocks, for another reader. Throws what reading failed with. */
  async *rest(): AsyncGenerator<Slab> {
    const bytes = this.#cutter.open;
    if (bytes.length > 0) yield { bytes, offset: this.#cutter.offset, release: () => undefined };
    if (this.#failure !== undefined) throw this.#failure.error;
    for (;;) {
      const next = await this.#slabs.next();
      if (next.done === true) return;
      yield next.value;
    }
  }

  /** Stops reading, and gives back what nobody took. Does not wait for a source that is silent. */
  async close(): Promise<void> {
    this.#underWay.close();
    const closing = this.#slabs.return?.();
    if (this.#coming === undefined) {
      await closing;
      return;
    }
    closing?.catch(() => undefined);
    // It never rejects.
    void this.#coming.then((slab) => slab !== 'end' && slab.release());
  }

  /** Starts work on the lines of a slab; false when they, or what is open, must be read in another way. */
  #take(slab: Slab): boolean {
    const { shaper, onSlab } = this.#options;
    onSlab(slab);
    const lines = this.#cutter.take(slab);
    if (lines !== undefined && !shaper.takes(lines)) {
      this.#cutter.giveBack(lines);
      return false;
    }
    if (lines !== undefined) this.#underWay.add(this.#finish(lines), lines.offset + lines.byteLength);
    return this.#cutter.open.length <= MAX_OPEN_BYTES;
  }

  #finish(lines: WholeLines): Block[] | Promise<Block[]> {
    const { threads, shaper, pass, table } = this.#options;
    // Before that, ids depend on bytes that other threads have not seen.
    if (threads !== undefined && lines.offset >= HeadBytes.maxBytes) {
      this.#threadPass ??= { input: pass.input, limits: pass.limits, head: pass.head.bytes, table };
      const blocks = threads.finish(lines, this.#threadPass);
      if (blocks !== undefined) return blocks;
    }
    return shaper.finish(lines, pass);
  }

  async #next(): Promise<Slab | 'end'> {
    try {
      const next = await this.#slabs.next();
      return next.done === true ? 'end' : next.value;
    } catch (error) {
      this.#failure = { error };
      return 'end';
    }
  }
}
