/** Where slabs of a table are cut: behind their last record, by counting quotes. */
import type { LastEnd } from '../../formats/reading/whole-lines.ts';
import { INPUT_BYTES, type RowKernel } from './row-kernel.ts';

/** Stands for a quote where cells have none. */
const NO_QUOTE = 256;

/**
 * Finds the end of the last record in `bytes`, which go on behind `open`; 0 when none ends there. Whoever
 * reads the records must see whether they end there: a quote inside an unquoted cell misleads it.
 */
export function recordCut(kernel: RowKernel, quote: number = NO_QUOTE): LastEnd {
  return (open, bytes) => {
    if (open.length + bytes.length > INPUT_BYTES) return 0;
    const loaded = kernel.load([open, bytes]);
    const from = loaded.byteOffset;
    const end = kernel.exports.lastRecordEnd(from, from + loaded.length, quote);
    return Math.max(0, end - from - open.length);
  };
}
