/** A progress bar, and joining the parts of the line after it. */
import type { ChalkInstance } from 'chalk';

const maxBar = 28;
const minBar = 8;
/** The columns reserved for the text after the bar. */
const wordsWidth = 52;

/** A bar for a terminal of this many columns; `share` is from 0 to 1. */
export function bar(share: number, { columns, colors }: { columns: number; colors: ChalkInstance }): string {
  const width = Math.min(Math.max(columns - wordsWidth, minBar), maxBar);
  const full = Math.min(Math.max(Math.round(share * width), 0), width);
  return `${colors.cyan('━'.repeat(full))}${colors.dim('━'.repeat(width - full))}`;
}

/** Joins the defined parts with dots between them. */
export function dotted(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
