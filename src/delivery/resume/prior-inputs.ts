/** The inputs of earlier runs, found by the beginning of one that is given now: both may be thousands. */
import { hasHead, identify } from './input-identity.ts';
import type { FoundRun } from '../ledger/ledger.ts';
import { isFinished, type RunInput } from '../ledger/run-state.ts';

/** An input of an earlier run. */
export interface PriorInput {
  found: FoundRun;
  number: number;
  earlier: RunInput;
  /** Nothing is left to do for its run. */
  isFinished: boolean;
}

export class PriorInputs {
  /** Newest run first. */
  readonly #all: PriorInput[];
  readonly #unfinished: PriorInput[];
  readonly #byHead = new Map<string, PriorInput[]>();

  /** `runs`: newest first. Streams are left out: their bytes are never met again. */
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
   * Those with which an input that begins with `head` may begin, newest first. Where one has the very same head and
   * knows anything, it has inherited what finished runs with shorter heads know: those are not compared.
   */
  beginningOf(head: Uint8Array): PriorInput[] {
    const same = this.#byHead.get(identify(head).headDigest) ?? [];
    if (!same.some(knowsAnything)) return this.#all.filter(({ earlier }) => hasHead(head, earlier));
    const others = this.#unfinished.filter((one) => !same.includes(one) && hasHead(head, one.earlier));
    if (others.length === 0) return same;
    return [...same, ...others].sort((one, other) => (one.found.run < other.found.run ? 1 : -1));
  }
}

/** A run that died while it noted what it inherited knows less than the runs before it. */
function knowsAnything({ earlier, isFinished: hasEnded }: PriorInput): boolean {
  return hasEnded || earlier.ranges.length > 0;
}
