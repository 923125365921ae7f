/** Calls a scanner once on some bytes, and returns what it reported and where it stopped. */
import type { Region, RowScanner } from '../../src/contracts/format.ts';

/** What a scanner said, in order: `row 1 "..."`, `bad 2 not-json "..."`, `long 3 -5..2`, which is before the bytes. */
export interface Scan {
  said: string[];
  /** The bytes that were not consumed. */
  rest: string;
  /** The line of the first of them. */
  line: number;
}

/** Passes `content` once. `stopAfter`: the sink wants no more after so many reports. */
export function scanOnce(
  scanner: RowScanner,
  content: string | Buffer,
  { final = false, mayGrow = false, stopAfter = Infinity }: Partial<Region> & { stopAfter?: number } = {},
): Scan {
  // The scanner must not read the bytes on either side, whatever they look like.
  const bytes = Buffer.concat([Buffer.from('x\n"'), Buffer.from(content as string), Buffer.from('\n"}]\n')]);
  const [from, to] = [3, bytes.length - 5];
  const said: string[] = [];
  const say = (text: string): boolean => said.push(text) < stopAfter;
  const place = (start: number, end: number) => `${start - from}..${end - from}`;
  const text = (start: number, end: number) =>
    start < from ? place(start, end) : JSON.stringify(bytes.toString('utf8', start, end));
  const end = scanner.scan(
    bytes,
    { from, to, final, mayGrow },
    {
      row: (start, stop, line) => say(`row ${line} ${text(start, stop)}`),
      bad: (start, stop, line, { reason }) => say(`bad ${line} ${reason} ${text(start, stop)}`),
      tooLong: (start, stop, line) => say(`long ${line} ${place(start, stop)}`),
    },
  );
  return { said, rest: bytes.toString('utf8', end, to), line: scanner.line };
}
