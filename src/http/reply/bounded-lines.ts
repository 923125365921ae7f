/** The lines of a reply as they arrive, in linear time and constant memory. */

import { GrowingBytes } from './growing-bytes.ts';

/** Longer lines are skipped. */
const maxLineBytes = 16 * 1024 * 1024;

/** `too-long`: a line was skipped and none of it kept. `ended`: false for a last line without a line end. */
export type BoundedLine = { kind: 'line'; text: string; ended: boolean } | { kind: 'too-long' };

const lineFeed = 0x0a;

/**
 * The lines of a body without their line ends. Errors of the body surface in the iteration; a consumer that stops
 * early destroys the body.
 */
export async function* boundedLines(
  body: AsyncIterable<Uint8Array>,
  maxBytes = maxLineBytes,
): AsyncGenerator<BoundedLine> {
  const line = new GrowingBytes(maxBytes);
  for await (const bytes of body) {
    let from = 0;
    for (let end = bytes.indexOf(lineFeed); end >= 0; end = bytes.indexOf(lineFeed, from)) {
      line.add(bytes.subarray(from, end));
      yield asLine(line, true);
      line.clear();
      from = end + 1;
    }
    line.add(bytes.subarray(from));
  }
  if (line.length > 0) yield asLine(line, false);
}

function asLine(line: GrowingBytes, ended: boolean): BoundedLine {
  return line.isTooLong ? { kind: 'too-long' } : { kind: 'line', text: line.text(), ended };
}
