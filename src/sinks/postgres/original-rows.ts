/** The rows of a partition as the vendor wrote them, to reject those that the database refuses. */
import type { CreateRowReader } from '../../contracts/reader.ts';
import type { Partition } from '../../contracts/window.ts';

/** Reads a partition from its beginning, once: rows must be requested in rising order. */
export class OriginalRows {
  readonly #partition: Partition;
  readonly #rows: AsyncGenerator<Buffer, undefined>;
  #next = 0;

  constructor(partition: Partition, createReader: CreateRowReader) {
    this.#partition = partition;
    this.#rows = readRows(partition, createReader);
  }

  /** The header as it arrived, line end included. */
  async header(): Promise<Buffer> {
    const parts: Uint8Array[] = [];
    const { headerBytes } = this.#partition;
    if (headerBytes > 0) for await (const part of this.#partition.read(0, headerBytes)) parts.push(part);
    return Buffer.concat(parts);
  }

  /** The row with this number, counted from 0, line end included; undefined after the last. */
  async at(number: number): Promise<Buffer | undefined> {
    for (; this.#next < number; this.#next++) await this.#rows.next();
    this.#next++;
    const { done, value } = await this.#rows.next();
    return done === true ? undefined : value;
  }

  /** Closes the file. */
  async close(): Promise<void> {
    await this.#rows.return(undefined);
  }
}

async function* readRows(
  partition: Partition,
  createReader: CreateRowReader,
): AsyncGenerator<Buffer, undefined> {
  const { columns, encoding } = partition;
  const reader = createReader({ encoding, columns });
  let rest: Buffer = Buffer.alloc(0);
  for await (const chunk of partition.read(0)) {
    const bytes = Buffer.concat([rest, chunk]);
    const { consumed, count, from, to } = reader.scan(bytes, bytes.length);
    const spans = Array.from(
      { length: count },
      (_, row) => [from[row] as number, to[row] as number] as const,
    );
    for (const [start, end] of spans) yield bytes.subarray(start, end);
    rest = bytes.subarray(consumed);
  }
  return undefined;
}
