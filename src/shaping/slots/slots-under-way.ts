/** Slots whose blocks are made in several threads, handed on in the order of the input. */
import type { Block } from '../../records.ts';

interface Slot {
  /** The offset at which its rows must end. */
  readonly end: number;
  blocks: Block[] | undefined;
  /** Resolves when there are blocks. Rejects when there will be none. */
  readonly done: Promise<undefined>;
}

export class SlotsUnderWay {
  readonly #slots: Slot[] = [];
  /** The line behind the blocks that were handed on. */
  line: number;
  /** Where the last row ended of a slot that was cut inside the next one. What follows it counts no more. */
  wrongCut: { from: number; line: number } | undefined;

  /** Behind the blocks that were handed on. */
  #offset: number;

  constructor({ from, line }: { from: number; line: number }) {
    this.#offset = from;
    this.line = line;
  }

  get count(): number {
    return this.#slots.length;
  }

  /** Resolves when the next slot is done; undefined when there is none. */
  get first(): Promise<undefined> | undefined {
    return this.#slots[0]?.done;
  }

  /** Adds the blocks of the next slot, whose lines count from 1, and which should end at the offset `end`. */
  add(blocks: Block[] | Promise<Block[]>, end: number): void {
    if (!(blocks instanceof Promise)) {
      this.#slots.push({ blocks, done: Promise.resolve(undefined), end });
      return;
    }
    const done = blocks.then((made) => {
      slot.blocks = made;
      return undefined;
    });
    // Whoever waits for it is told; nobody may be waiting yet.
    done.catch(() => undefined);
    const slot: Slot = { blocks: undefined, done, end };
    this.#slots.push(slot);
  }

  /** The blocks that are done and have nothing before them, with their true lines. */
  *drain(): Generator<Block> {
    for (let slot = this.#slots[0]; slot?.blocks !== undefined; slot = this.#slots[0]) {
      const linesBefore = this.line - 1;
      for (let block = slot.blocks.shift(); block !== undefined; block = slot.blocks.shift()) {
        const placed = moveDown(block, linesBefore);
        this.line = placed.nextLine;
        this.#offset = placed.range.to;
        yield placed;
      }
      this.#slots.shift();
      if (this.#offset !== slot.end) {
        this.wrongCut = { from: this.#offset, line: this.line };
        return;
      }
    }
  }

  /** Releases what was not handed on, also what is not done yet. */
  close(): void {
    for (const slot of this.#slots.splice(0)) {
      const release = () => slot.blocks?.splice(0).forEach((block) => block.release());
      slot.done.then(release, () => undefined);
    }
  }
}

function moveDown(block: Block, lines: number): Block {
  const { range, nextLine, rejects, warnings } = block;
  return {
    ...block,
    range: { ...range, line: range.line + lines },
    nextLine: nextLine + lines,
    rejects: rejects.map((reject) => ({ ...reject, line: reject.line + lines })),
    warnings: Object.fromEntries(
      Object.entries(warnings).map(([code, count]) => [lineMoved(code, lines), count]),
    ),
  };
}

/** A remark about one row names its line behind its code. */
function lineMoved(code: string, lines: number): string {
  return code.replace(/(?<=: line )\d+$/, (line) => String(Number(line) + lines));
}
