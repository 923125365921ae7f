/** Suggests the name that the user may have meant. */

/**
 * The most similar name, unless more than a third of its characters differ. A name that continues the other
 * one counts as one difference.
 */
export function nearestName(name: string, names: Iterable<string>): string | undefined {
  let nearest: string | undefined;
  let least = Math.floor(Math.max(3, name.length) / 3) + 1;
  for (const other of names) {
    const isPart = other.length > 3 && name.length > 3 && (other.startsWith(name) || name.startsWith(other));
    const difference = isPart ? 1 : distance(name.toLowerCase(), other.toLowerCase());
    if (difference >= least) continue;
    nearest = other;
    least = difference;
  }
  return nearest;
}

/** `; did you mean NAME?` for the end of a sentence, or nothing. */
export function didYouMean(name: string, names: Iterable<string>): string {
  const nearest = nearestName(name, names);
  return nearest === undefined ? '' : `; did you mean ${nearest}?`;
}

/** Edit distance: characters inserted, removed or changed, and neighbours swapped. */
function distance(one: string, other: string): number {
  let before: number[] = [];
  let row = Array.from({ length: other.length + 1 }, (_, index) => index);
  for (let at = 1; at <= one.length; at++) {
    const next = [at];
    for (let to = 1; to <= other.length; to++) {
      const change = row[to - 1]! + (one[at - 1] === other[to - 1] ? 0 : 1);
      const isSwapped = one[at - 1] === other[to - 2] && one[at - 2] === other[to - 1];
      const swap = isSwapped ? before[to - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(change, row[to]! + 1, next[to - 1]! + 1, swap));
    }
    before = row;
    row = next;
  }
  return row[other.length]!;
}
