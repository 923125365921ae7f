/** `help exit-codes`. */
import { EXIT, EXIT_MEANINGS } from '../../../failure.ts';

/** The conventional exit code for SIGPIPE: a reader that stops early has what it wanted. */
const READER_GONE =
  'A reader of the output that goes away (| head -1) ends it quietly and changes no code: an export stops with 0.';

/** Every exit code, and which of several takes precedence. */
export function exitCodes(): string {
  const byCode = [...EXIT_MEANINGS].sort((one, other) => EXIT[one.name] - EXIT[other.name]);
  const lines = byCode.map(({ name, meaning }) => `  ${String(EXIT[name]).padStart(3)}  ${meaning}`);
  const order = EXIT_MEANINGS.map(({ name }) => EXIT[name]).join(', ');
  return `Exit codes:\n${lines.join('\n')}\n\nWhen several hold, the first of: ${order}.\n${READER_GONE}\n`;
}
