/**
 * Copies `from` to `into` at `at`, from or to memory that threads share. `set` and `copy` take that word by word, or
 * byte by byte where the two are not aligned alike, so that other threads see no torn words; `fill` is a plain copy. No
 * other thread may write to either meanwhile.
 */
export function copyShared(from: Uint8Array, into: Buffer, at: number): void {
  // A fill with nothing throws.
  if (from.length > 0) into.fill(from, at, at + from.length);
}
