/** Regular expressions of the user, matched in a time that grows with the line alone: RE2, which has no backtracking. */
import { createRequire } from 'node:module';
import type * as re2js from 're2js';

/** Tells lines that begin a row. */
export interface LinePattern {
  test(line: string): boolean;
}

/** What an engine that never goes back cannot do, by how RE2's complaint about it begins. */
const LACKING: readonly [string, string][] = [
  ['(?=', 'a look-ahead'],
  ['(?!', 'a look-ahead'],
  ['(?<=', 'a look-behind'],
  ['(?<!', 'a look-behind'],
  ['(?>', 'an atomic group'],
  ['(?(', 'a condition'],
  ['\\k', 'a back reference'],
  ...[...'123456789'].map((digit): [string, string] => [`\\${digit}`, 'a back reference']),
];

/** Steps of a compiled expression. Each costs time on every character of a line, and memory. */
const maxSteps = 1_000;

/**
 * Compiles RE2 syntax, and JavaScript's `\uXXXX` and `\u{X}` with it. It matches anywhere in a line; `\s`, `\d`,
 * `\w` and `\b` are ASCII. Throws an Error that names what is wrong, also for what RE2 does not have.
 */
export function compileLinePattern(text: string): LinePattern {
  // Options are read synchronously, and who does not give this one is spared 50 ms.
  const { RE2JS, RE2JSException, RE2JSSyntaxException } = createRequire(import.meta.url)(
    're2js',
  ) as typeof re2js;
  try {
    const pattern = RE2JS.compile(withCodePoints(text));
    if (pattern.programSize() <= maxSteps) return pattern;
  } catch (cause) {
    if (!(cause instanceof RE2JSException)) throw cause;
    const reason = cause instanceof RE2JSSyntaxException ? explain(cause) : cause.message;
    throw new Error(`"${text}" ${reason}`, { cause });
  }
  throw new Error(
    `"${text}" is too large: repeated parts count as often as they may occur, ${maxSteps} in all`,
  );
}

function explain(thrown: re2js.RE2JSSyntaxException): string {
  const part = thrown.getPattern() ?? '';
  const lacking = LACKING.find(([beginning]) => part.startsWith(beginning));
  if (lacking === undefined) {
    return `is not a regular expression of RE2: ${thrown.getDescription()}${part === '' ? '' : ` ${part}`}`;
  }
  const [written, construct] = lacking;
  return `has ${construct}, ${written}, which RE2 does not have: it could take for ever on one line`;
}

/** `\u0041` and `\u{41}` as RE2 writes them, `\x{41}`; pairs of surrogates are one character. */
function withCodePoints(text: string): string {
  const tokens = /\\Q.*?(?:\\E|$)|\\u\{([\da-f]+)\}|((?:\\u[\da-f]{4})+)|\\./gisu;
  return text.replace(tokens, (token: string, braced?: string, units?: string) => {
    if (braced !== undefined) return `\\x{${braced}}`;
    if (units === undefined) return token;
    const codes = units.split('\\u').slice(1);
    const characters = String.fromCharCode(...codes.map((code) => Number.parseInt(code, 16)));
    return [...characters].map((one) => `\\x{${one.codePointAt(0)?.toString(16)}}`).join('');
  });
}
