/** Memory that is taken and never given back, by pieces of a megabyte as it is needed. */

const WASM_PAGE_LOG: usize = 16;
/** WebAssembly pages by which memory grows. */
const STEP: usize = 16;

let next: usize = 0;

/** So many bytes of zeros; 0 when there is no memory left. */
export function takeBytes(bytes: usize): usize {
  if (next === 0) next = (__heap_base + 15) & ~15;
  const at = next;
  const end = at + ((bytes + 15) & ~15);
  const lacking = end - min(end, (memory.size() as usize) << WASM_PAGE_LOG);
  if (lacking > 0) {
    const pages = max(STEP, (lacking + 0xffff) >> WASM_PAGE_LOG);
    if (memory.grow(pages as i32) < 0) return 0;
  }
  next = end;
  return at;
}
