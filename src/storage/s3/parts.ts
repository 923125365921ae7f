/** How a file is cut for an upload. */

/** Smaller files go up in one request. S3 wants 5 MiB at least of every part but the last. */
const partBytes = 8 * 1024 * 1024;

/** S3 takes 10,000. */
const maxParts = 9_000;

/** Each is held in memory until it is taken. */
export const maxPartsAtOnce = 3;

export interface Part {
  /** Counts from 1. */
  number: number;
  from: number;
  to: number;
}

/** None for an empty file. */
export function partsOf(bytes: number): Part[] {
  const length = Math.max(partBytes, Math.ceil(bytes / maxParts));
  const count = Math.ceil(bytes / length);
  return Array.from({ length: count }, (_, index) => ({
    number: index + 1,
    from: index * length,
    to: Math.min(bytes, (index + 1) * length),
  }));
}
