/** Which of the matching requests or imports are affected: all, unless narrowed. */
export interface Selection {
  /** Skips the first `skip` matches. */
  skip?: number;
  /** Affects at most this many matches. */
  times?: number;
  /** Affects the first match and then every n-th. */
  every?: number;
}

/** Counts the matches of one selection: each call is one match, and returns whether it is affected. */
export function createSelector(selection: Selection): () => boolean {
  let seen = 0;
  let hits = 0;
  return () => {
    const index = seen - (selection.skip ?? 0);
    seen += 1;
    if (index < 0 || index % (selection.every ?? 1) !== 0) return false;
    if (hits >= (selection.times ?? Infinity)) return false;
    hits += 1;
    return true;
  };
}
