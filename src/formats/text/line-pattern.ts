/** Users' regular expressions, matched in linear time: RE2 does not backtrack. */
import { createRequire } from 'node:module';
import type * as re2js from 're2js';

/** Matches lines that begin a row. */
export interface LinePattern {
  test(line: string): boolean;
}

/** Constructs that RE2 lacks, by the beginning of the pattern in its error. */
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

/** Limit of compiled steps. Each step costs memory, and time for every character of a line. */
const maxSteps = 1_000;

/**
 * Compiles RE2 syntax, and additionally JavaScript's `\uXXXX` and `\u{X}`. The pattern matches anywhere in a
 * line; `\s`, `\d`, `\w` and `\b` are ASCII. Throws an Error that names the fault, for an invalid pattern, a
 * construct that RE2 lacks, and a pattern that compiles to more than `maxSteps` steps.
 */
export function compileLinePattern(text: string): LinePattern {
  // Options are parsed synchronously, and loading re2js takes 50 ms, so it is required on first use.
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

/** Rewrites `\u0041` and `\u{41}` as RE2's `\x{41}`; a surrogate pair becomes one character. */
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
