/** The words of `runs merge`. */
import { countOf } from '../terminal/numbers.ts';
import { printable } from '../terminal/printable.ts';
import type { Merged } from '../delivery/merge.ts';

/** How many numbers and names are shown. */
const maxShown = 10;

/** Which parts there are, which are missing, and which did not end well: a line each. */
export function mergedText({ parts, missing, of }: Pick<Merged, 'parts' | 'missing' | 'of'>): string {
  const lines = [`${parts.length} of ${countOf(of, 'part')}`];
  if (missing.length > 0) {
    const more = missing.length > maxShown ? ', …' : '';
    lines.push(`missing: ${missing.slice(0, maxShown).join(', ')}${more} (run them again, counted from 0)`);
  }
  const failed = parts.filter(({ document }) => document.exit !== 0);
  for (const { path, document } of failed.slice(0, maxShown))
    lines.push(`part ${document.part.index} ended with exit ${document.exit}: ${printable(path)}`);
  if (failed.length > maxShown) lines.push(`and ${countOf(failed.length - maxShown, 'more part')} so`);
  return `${lines.join('\n')}\n`;
}
