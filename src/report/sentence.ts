/** A line for people: information, a warning or an error, with what to do about it. */
import type { ChalkInstance } from 'chalk';
import type { FailureKind } from '../failure.ts';
import { printableLine } from './terminal/printable.ts';

/** A sentence on a line of its own. Information has no title. */
export interface Sentence {
  level: 'info' | 'warning' | 'error';
  text: string;
  hint?: string;
}

/** A failure or a warning with its hint. A refused credential takes one line. */
export function problemSentence(
  level: 'warning' | 'error',
  { message, hint, kind }: { message: string; hint?: string | undefined; kind?: FailureKind },
): Sentence {
  if (hint === undefined) return { level, text: message };
  return kind === 'credentials' ? { level, text: `${message}: ${hint}` } : { level, text: message, hint };
}

/**
 * `warning: three rows are odd`, with its hint on the next line, each on one line whatever names they quote. Only the
 * titles are coloured.
 */
export function sentenceText({ level, text, hint }: Sentence, colors: ChalkInstance): string {
  const titles = { info: '', warning: `${colors.yellow('warning')}: `, error: `${colors.red('error')}: ` };
  const below = hint === undefined ? '' : `  ${colors.dim('hint')}: ${printableLine(hint)}\n`;
  return `${titles[level]}${printableLine(text)}\n${below}`;
}
