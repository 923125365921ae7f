/** What was written to a stream that nobody reads yet, and is taken out of it: from Node.js 26 on, `read` gives one piece. */
import type { Readable } from 'node:stream';

export function writtenTo(stream: Readable): string {
  const pieces: Buffer[] = [];
  for (;;) {
    const piece = stream.read() as Buffer | null;
    if (piece === null) return Buffer.concat(pieces).toString();
    pieces.push(piece);
  }
}
