/** Slabs whose blocks are made in several threads, handed on in the order of the input. */
import type { Block } from '../../records.ts';

interface PendingSlab {
  /** The offset at which its rows must end. */
  readonly end: number;
  blocks: Block[] | undefined;
  /** Resolves when there are blocks. Rejects when there will be none. */
  readonly done: Promise<undefined>;
}

export class PendingSlabs {
  readonly #slabs: PendingSlab[] = [];
  /** The line behind the blocks that were handed on. */
  line: number;
  /** Where the last row ended of a slab that was cut inside the next one. What follows it counts no more. */
  wrongCut: { from: number; line: number } | undefined;

  /** Behind the blocks that were handed on. */
  #offset: number;

  constructor({ from, line }: { from: number; line: number }) {
    this.#offset = from;
    this.line = line;
  }

  get count(): number {
    return this.#slabs.length;
  }

  /** Resolves when the next slab is done; undefined when there is none. */
  get first(): Promise<undefined> | undefined {
    return this.#slabs[0]?.done;
  }

  /** Adds the blocks of the next slab, whose lines count from 1, and which should end at the offset `end`. */
  add(blocks: Block[] | Promise<Block[]>, end: number): void {
    if (!(blocks instanceof Promise)) {
      this.#slabs.push({ blocks, done: Promise.resolve(undefined), end });
      return;
    }
    const done = blocks.then((made) => {
      slab.blocks = made;
      return undefined;
    });
    // The error reaches whoever awaits it; nobody may be waiting yet, which would be an unhandled rejection.
    done.catch(() => undefined);
    const slab: PendingSlab = { blocks: undefined, done, end };
    this.#slabs.push(slab);
  }

  /** The blocks that are done and have nothing before them, with their true lines. */
  *drain(): Generator<Block> {
    for (let slab = this.#slabs[0]; slab?.blocks !== undefined; slab = this.#slabs[0]) {
      const linesBefore = this.line - 1;
      for (let block = slab.blocks.shift(); block !== undefined; block = slab.blocks.shift()) {
        const placed = moveDown(block, linesBefore);
        this.line = placed.nextLine;
        this.#offset = placed.range.to;
        yield placed;
      }
      this.#slabs.shift();
      if (this.#offset !== slab.end) {
        this.wrongCut = { from: this.#offset, line: this.line };
        return;
      }
    }
  }

  /** Releases what was not handed on, also what is not done yet. */
  close(): void {
    for (const slab of this.#slabs.splice(0)) {
      const release = () => slab.blocks?.splice(0).forEach((block) => block.release());
      slab.done.then(release, () => undefined);
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
