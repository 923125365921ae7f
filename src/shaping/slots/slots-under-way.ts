/** Slots whose blocks are made in several threads, handed on in the order of the input. */
import type { Block } from '../../records.ts';

interface Slot {
  blocks: Block[] | undefined;
  /** Resolves when there are blocks. Rejects when there will be none. */
  readonly done: Promise<undefined>;
}

export class SlotsUnderWay {
  readonly #slots: Slot[] = [];
  /** The line behind the blocks that were handed on. */
  line: number;

  constructor(line: number) {
    this.line = line;
  }

  get count(): number {
    return this.#slots.length;
  }

  /** Resolves when the next slot is done; undefined when there is none. */
  get first(): Promise<undefined> | undefined {
    return this.#slots[0]?.done;
  }

  /** Adds the blocks of the next slot, whose lines count from 1. */
  add(blocks: Block[] | Promise<Block[]>): void {
    if (!(blocks instanceof Promise)) {
      this.#slots.push({ blocks, done: Promise.resolve(undefined) });
      return;
    }
    const done = blocks.then((made) => {
      slot.blocks = made;
      return undefined;
    });
    // Whoever waits for it is told; nobody may be waiting yet.
    done.catch(() => undefined);
    const slot: Slot = { blocks: undefined, done };
    this.#slots.push(slot);
  }

  /** The blocks that are done and have nothing before them, with their true lines. */
  *drain(): Generator<Block> {
    for (let blocks = this.#slots[0]?.blocks; blocks !== undefined; blocks = this.#slots[0]?.blocks) {
      const linesBefore = this.line - 1;
      for (let block = blocks.shift(); block !== undefined; block = blocks.shift()) {
        const placed = moveDown(block, linesBefore);
        this.line = placed.nextLine;
        yield placed;
      }
      this.#slots.shift();
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
  const { range, nextLine, rejects } = block;
  return {
    ...block,
    range: { ...range, line: range.line + lines },
    nextLine: nextLine + lines,
    rejects: rejects.map((reject) => ({ ...reject, line: reject.line + lines })),
  };
}
