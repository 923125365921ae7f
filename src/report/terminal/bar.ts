/** A bar of progress, and the parts of a line behind it. */
import type { ChalkInstance } from 'chalk';

const longestBar = 28;
const shortestBar = 8;
/** What stands behind the bar wants about so much room. */
const wordsWidth = 52;

/** A bar that fits a terminal of so many columns; `share` is from 0 to 1. */
export function bar(share: number, { columns, colors }: { columns: number; colors: ChalkInstance }): string {
  const width = Math.min(Math.max(columns - wordsWidth, shortestBar), longestBar);
  const full = Math.min(Math.max(Math.round(share * width), 0), width);
  return `${colors.cyan('━'.repeat(full))}${colors.dim('━'.repeat(width - full))}`;
}

/** The parts that there are, with dots between them. */
export function dotted(parts: readonly (string | undefined)[]): string {
  return parts.filter((part) => part !== undefined && part !== '').join(' · ');
}
