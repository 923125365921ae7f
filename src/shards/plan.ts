/**
 * What each part gets of the inputs, as a pure function: the inputs in order are one run of bytes, cut in as many
 * equal pieces as there are parts. Parts are disjoint and complete for any number of them.
 */
import type { Shard } from './shard.ts';

/** How inputs are handed out: cut by bytes, or whole ones, the largest first to the least full part. */
export const SHARD_WAYS = ['bytes', 'size'] as const;
export type ShardWay = (typeof SHARD_WAYS)[number];

/** The bytes `[from, to)` of one input that lie in a part, before they are moved to line starts. */
export interface Portion {
  /** Index of the input. */
  input: number;
  from: number;
  to: number;
  /** Nothing of the input lies elsewhere. */
  isWhole: boolean;
}

/** The portions of one part, in input order. `sizes`: bytes of each input as it lies on disk. */
export function portionsOf(sizes: readonly number[], shard: Shard, way: ShardWay): Portion[] {
  return way === 'size' ? largestFirst(sizes, shard) : cutByBytes(sizes, shard);
}

/** An empty input belongs to the part in which its first byte would lie: the last one, behind all bytes. */
function cutByBytes(sizes: readonly number[], { index, of }: Shard): Portion[] {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const begin = cutAt(total, index, of);
  const end = cutAt(total, index + 1, of);
  const portions: Portion[] = [];
  let at = 0;
  for (const [input, size] of sizes.entries()) {
    const from = Math.max(begin, at) - at;
    const to = Math.min(end, at + size) - at;
    const holdsEmpty = begin <= at && (at < end || (at === total && index === of - 1));
    if (from < to || (size === 0 && holdsEmpty)) {
      portions.push({ input, from, to, isWhole: from === 0 && to === size });
    }
    at += size;
  }
  return portions;
}

/** Exact for any number of bytes: a product of both may exceed what a double holds. */
function cutAt(total: number, index: number, of: number): number {
  return Number((BigInt(total) * BigInt(index)) / BigInt(of));
}

function largestFirst(sizes: readonly number[], { index, of }: Shard): Portion[] {
  const order = [...sizes.keys()].sort((one, other) => sizes[other]! - sizes[one]! || one - other);
  const parts = new LeastFull(of);
  const ours = order.filter((input) => parts.give(sizes[input]!) === index);
  return ours
    .sort((one, other) => one - other)
    .map((input) => ({ input, from: 0, to: sizes[input]!, isWhole: true }));
}

/** A heap of parts, the least full on top, the first of equals before others. */
class LeastFull {
  readonly #parts: { part: number; bytes: number; inputs: number }[];

  constructor(of: number) {
    this.#parts = Array.from({ length: of }, (_, part) => ({ part, bytes: 0, inputs: 0 }));
  }

  /** Gives so many bytes to the least full part, and returns which that is. */
  give(bytes: number): number {
    const top = this.#parts[0]!;
    const { part } = top;
    top.bytes += bytes;
    top.inputs += 1;
    this.#sink();
    return part;
  }

  #sink(): void {
    const parts = this.#parts;
    for (let at = 0; ;) {
      const least = [2 * at + 1, 2 * at + 2]
        .filter((child) => child < parts.length)
        .reduce((best, child) => (isBefore(parts[child]!, parts[best]!) ? child : best), at);
      if (least === at) return;
      [parts[at], parts[least]] = [parts[least]!, parts[at]!];
      at = least;
    }
  }
}

interface Filled {
  part: number;
  bytes: number;
  /** Empty inputs weigh nothing, and are spread as well. */
  inputs: number;
}

function isBefore(one: Filled, other: Filled): boolean {
  return (one.bytes - other.bytes || one.inputs - other.inputs || one.part - other.part) < 0;
}
