/** Where lines begin, for cuts between them. */
import type { Input } from '../contracts/input.ts';

const NEWLINE = 0x0a;

/** Where the first line begins at or behind `at`; undefined when none does before the end. */
export async function lineStartFrom(input: Input, at: number): Promise<number | undefined> {
  if (at === 0) return 0;
  for await (const slab of input.read(at - 1)) {
    const { bytes, offset } = slab;
    const found = bytes.indexOf(NEWLINE);
    slab.release();
    if (found >= 0) return offset + found + 1;
  }
  return undefined;
}
