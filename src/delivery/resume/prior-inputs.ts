/** Finds inputs of earlier runs by how a given input starts: there may be thousands of both. */
import { hasHead, identify } from './input-identity.ts';
import type { FoundRun } from '../ledger/ledger.ts';
import { isFinished, type RunInput } from '../ledger/run-state.ts';

/** An input of an earlier run. */
export interface PriorInput {
  found: FoundRun;
  number: number;
  earlier: RunInput;
  /** Its run is finished. */
  isFinished: boolean;
}

export class PriorInputs {
  /** Newest run first. */
  readonly #all: PriorInput[];
  readonly #unfinished: PriorInput[];
  readonly #byHead = new Map<string, PriorInput[]>();

  /** `runs`: newest first. Streams are left out, since they never recur. */
  constructor(runs: readonly FoundRun[]) {
    this.#all = runs.flatMap((found) => {
      const finished = isFinished(found.state);
      const files = [...found.state.inputs].filter(([, { kind }]) => kind !== 'stream');
      return files.map(([number, earlier]) => ({ found, number, earlier, isFinished: finished }));
    });
    this.#unfinished = this.#all.filter((one) => !one.isFinished);
    for (const one of this.#all) {
      const same = this.#byHead.get(one.earlier.headDigest);
      if (same) same.push(one);
      else this.#byHead.set(one.earlier.headDigest, [one]);
    }
  }

  /**
   * Inputs that are a possible beginning of one that starts with `head`, newest first. When one has exactly this
   * head and knows anything, finished runs with shorter heads are left out: it inherited what they know.
   */
  beginningOf(head: Uint8Array): PriorInput[] {
    const same = this.#byHead.get(identify(head).headDigest) ?? [];
    if (!same.some(knowsAnything)) return this.#all.filter(({ earlier }) => hasHead(head, earlier));
    const others = this.#unfinished.filter((one) => !same.includes(one) && hasHead(head, one.earlier));
    if (others.length === 0) return same;
    return [...same, ...others].sort((one, other) => (one.found.run < other.found.run ? 1 : -1));
  }
}

/** A run that died before it recorded what it inherits knows less than the runs before it. */
function knowsAnything({ earlier, isFinished: hasEnded }: PriorInput): boolean {
  return hasEnded || earlier.ranges.length > 0;
}
