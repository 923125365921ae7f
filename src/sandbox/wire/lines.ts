const NEWLINE = 10;
const CARRIAGE_RETURN = 13;

/** A line without its end; `null` for one longer than the limit, which is not kept. */
export type Line = Buffer | null;

/**
 * Splits a stream into lines and calls `onLine` for each, with at most `maxLineBytes` held in memory. An
 * unterminated last line counts; nothing follows a final newline. A line is valid only during the call.
 */
export async function forEachLine(
  chunks: AsyncIterable<Buffer>,
  maxLineBytes: number,
  onLine: (line: Line) => void,
): Promise<void> {
  let held: Buffer[] = [];
  let heldBytes = 0;
  const finish = (tail: Buffer): void => {
    const tooLong = heldBytes + tail.length > maxLineBytes;
    const line = held.length === 0 ? tail : Buffer.concat([...held, tail]);
    held = [];
    heldBytes = 0;
    onLine(tooLong ? null : withoutCarriageReturn(line));
  };
  for await (const chunk of chunks) {
    let from = 0;
    for (let at = chunk.indexOf(NEWLINE); at >= 0; at = chunk.indexOf(NEWLINE, from)) {
      finish(chunk.subarray(from, at));
      from = at + 1;
    }
    if (from === chunk.length) continue;
    heldBytes += chunk.length - from;
    if (heldBytes > maxLineBytes) held = [];
    else held.push(from === 0 ? chunk : chunk.subarray(from));
  }
  if (heldBytes > 0) finish(Buffer.alloc(0));
}

function withoutCarriageReturn(line: Buffer): Buffer {
  return line[line.length - 1] === CARRIAGE_RETURN ? line.subarray(0, -1) : line;
}
