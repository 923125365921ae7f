/** The syslog prefix of a line: `<134>2016-07-04T22:37:26Z cache-sjc3128 LogTest[62959]: `. */

const LESS_THAN = 0x3c;
/** Only this many bytes are searched: names of host and program are shorter. */
const MAX_PREFIX_BYTES = 512;
/** Ends at the first colon with a space behind it: what follows may have others, as `{"a": 1}`. */
const PREFIX = /^<\d{1,3}>\S+?(?: +\S+?){1,5}?: /;

/** The offset after the syslog prefix; `from` when there is none. */
export function endOfSyslogPrefix(bytes: Buffer, from: number, to: number): number {
  if (bytes[from] !== LESS_THAN) return from;
  const start = bytes.toString('latin1', from, Math.min(to, from + MAX_PREFIX_BYTES));
  return from + (PREFIX.exec(start)?.[0].length ?? 0);
}
