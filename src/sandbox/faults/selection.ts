/** Which of the matching occasions are hit: all, unless narrowed. */
export interface Selection {
  /** Passes over the first `skip` occasions. */
  skip?: number;
  /** Hits at most this many occasions. */
  times?: number;
  /** Hits the first occasion and then every n-th. */
  every?: number;
}

/** Counts the occasions of one selection; each call is one occasion. */
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
