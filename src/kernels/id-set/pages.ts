/**
 * The memory of the set, in pages of 4 KiB: 256 ids, or 1,024 slots of the index. A page that is no longer needed is
 * used again, whatever for. Memory grows by 16 MiB, of which the system gives what is touched, and never shrinks.
 */

export const PAGE_LOG: usize = 12;
const PAGE_BYTES: usize = 1 << PAGE_LOG;
export const ID_BYTES: usize = 16;
export const IDS_PER_PAGE: u32 = 256;
const WASM_PAGE_LOG: usize = 16;
/** WebAssembly pages by which memory grows. */
const STEP: i32 = 256;
/** All pages that 4 GiB have. */
const MAX_PAGES: usize = 1 << 20;

/**
 * What a page of ids is, eight bytes each: who claimed them (u32, zero for nobody), and how many there are (u32, zero
 * for a page of something else). Untouched parts of it take no memory.
 */
let roles: usize = 0;
let firstPage: usize = 0;
/** Pages behind this were never used. */
export let endPage: usize = 0;
/** The first page that is free again; each holds the number of the next. */
let freed: usize = 0;
export let used: u32 = 0;

/** Lays out the memory behind `from`; returns the address of a table of one word a page, for the index. */
export function beginPages(from: usize): usize {
  roles = (from + PAGE_BYTES - 1) & ~(PAGE_BYTES - 1);
  const table = roles + MAX_PAGES * 8;
  firstPage = endPage = (table + MAX_PAGES * 4) >> PAGE_LOG;
  freed = 0;
  used = 0;
  reach(firstPage);
  return table;
}

/** The address of a page of zeros; 0 when there is no memory left. */
export function allocatePage(): usize {
  let page = freed;
  if (page === 0) {
    page = endPage;
    if (!reach(page + 1)) return 0;
    endPage++;
    used++;
    return page << PAGE_LOG;
  }
  const at = page << PAGE_LOG;
  freed = load<u32>(at);
  memory.fill(at, 0, PAGE_BYTES);
  used++;
  return at;
}

export function releasePage(at: usize): void {
  store<u32>(at, freed as u32);
  freed = at >> PAGE_LOG;
  store<u64>(roleOf(at), 0);
  used--;
}

/** Whether memory reaches up to a page, if need be after growing. */
function reach(page: usize): bool {
  if (page >= MAX_PAGES) return false;
  const lacking = ((page << PAGE_LOG) + 0xffff - ((memory.size() as usize) << WASM_PAGE_LOG)) as isize;
  if (lacking < 0x10000) return true;
  return memory.grow(max(STEP, (lacking >> WASM_PAGE_LOG) as i32)) >= 0;
}

function roleOf(at: usize): usize {
  return roles + ((at >> PAGE_LOG) << 3);
}

/** Who claimed the ids of a page; zero when nobody holds them any more. */
export function holderOf(at: usize): u32 {
  return load<u32>(roleOf(at));
}

export function setHolder(at: usize, tag: u32): void {
  store<u32>(roleOf(at), tag);
}

export function idsOf(at: usize): u32 {
  return load<u32>(roleOf(at), 4);
}

export function setIds(at: usize, count: u32): void {
  store<u32>(roleOf(at), count, 4);
}

/** The page behind `at` that holds ids, or the first one for zero; 0 when there is none. */
export function nextIds(at: usize): usize {
  let page = at === 0 ? firstPage : (at >> PAGE_LOG) + 1;
  for (; page < endPage; page++) if (idsOf(page << PAGE_LOG) > 0) return page << PAGE_LOG;
  return 0;
}
