/** Prints the findings of a diagnosis: one line per check, ending with the fix. */
import type { ChalkInstance } from 'chalk';
import type { Finding } from '../contracts/finding.ts';
import { printable } from './terminal/printable.ts';

const nameWidth = 10;

export function findingLine({ check, state, message, fix }: Finding, colors: ChalkInstance): string {
  const mark = {
    ok: colors.green('✓'),
    warning: colors.yellow('!'),
    failed: colors.red('✗'),
    skipped: colors.dim('-'),
  }[state];
  const words = printable(message).replaceAll('\n', ' ');
  const remedy = fix === undefined ? '' : colors.dim(` (fix: ${printable(fix).replaceAll('\n', ' ')})`);
  return `${mark} ${check.padEnd(nameWidth)} ${words}${remedy}`;
}
