/** Allocation on demand: bytes that are never released, and a limited number of reusable pages for tables. */

const WASM_PAGE_LOG: usize = 16;
/** WebAssembly pages by which memory grows. */
const STEP: usize = 16;
export const PAGE_BYTES: usize = 65_536;

let next: usize = 0;
/** Pages that may still be allocated, released ones included. */
let pagesLeft: u32 = 0;
/** Head of the free list; each released page begins with the address of the next. */
let givenBack: usize = 0;

/** The address of zeroed bytes; 0 if there is no memory left. */
export function allocate(bytes: usize): usize {
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

/** Must be called once, before pages are allocated. */
export function limitPages(most: u32): void {
  pagesLeft = most;
}

/** The address of a zeroed page; 0 if there are none left. */
export function allocatePage(): usize {
  if (pagesLeft === 0) return 0;
  const page = givenBack === 0 ? allocate(PAGE_BYTES) : givenBack;
  if (page === 0) return 0;
  pagesLeft--;
  if (page === givenBack) {
    givenBack = load<u32>(page) as usize;
    memory.fill(page, 0, PAGE_BYTES);
  }
  return page;
}

export function releasePage(page: usize): void {
  store<u32>(page, givenBack as u32);
  givenBack = page;
  pagesLeft++;
}
