import type { Changes, Reject } from '../../records.ts';

/** A block under construction. Its rows are a view of the source, a copy in the arena, or none yet. */
export interface OpenBlock {
  readonly from: number;
  readonly line: number;
  /** Offset in the source of the first byte viewed, or -1. */
  viewFrom: number;
  /** Offset in the arena of the first byte copied, or -1. */
  copyFrom: number;
  byteLength: number;
  rows: number;
  events: number;
  withoutId: number;
  readonly rejects: Reject[];
  readonly changes: Changes;
  readonly warnings: Changes;
  /** CRC-32 of the input from `from` to `digestedTo`. */
  crc32: number;
  digestedTo: number;
}

export function openBlock(from: number, line: number): OpenBlock {
  return {
    from,
    line,
    viewFrom: -1,
    copyFrom: -1,
    byteLength: 0,
    rows: 0,
    events: 0,
    withoutId: 0,
    rejects: [],
    changes: {},
    warnings: {},
    crc32: 0,
    digestedTo: from,
  };
}
