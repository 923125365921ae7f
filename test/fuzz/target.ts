import type { Numbers } from '../kernels/deflate-cases.ts';

/** A kernel, and what is right by definition beside it. */
export interface FuzzTarget {
  /**
   * Makes inputs from the numbers, gives them to both, and throws where they differ. Returns what is counted: inputs, bytes,
   * rows, how many of them the kernel took.
   */
  attempt(below: Numbers): Promise<Record<string, number>>;
}
