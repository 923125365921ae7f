/** Collects rejected rows of a window verbatim, with one description each, until the window is committed. */
import type { RowEncoding } from '../../contracts/dataset.ts';
import type { RowOffsets, RowReader } from '../../contracts/reader.ts';
import type { Sink } from '../../contracts/sink.ts';
import type { Partition } from '../../contracts/window.ts';
import { WindowSpool, type ByteSpan, type SpoolMark } from './window-spool.ts';

/** Rows with one header, and one line of `.meta.ndjson` for each. */
export interface RejectPartition {
  rows: Partition;
  notes: Partition;
}

const partitions = ['rows', 'notes'];

export class RejectSpool {
  readonly #spool: WindowSpool;

  constructor(location: Sink['spool'], options: { name: string; encoding: RowEncoding }) {
    this.#spool = new WindowSpool({ location, days: partitions, ...options });
  }

  /** Stores the broken rows that the reader has just scanned. */
  async keep(bytes: Buffer, offsets: RowOffsets, reader: RowReader): Promise<void> {
    const spans: ByteSpan[] = [];
    const notes: Buffer[] = [];
    for (let row = 0; row < offsets.count; row++) {
      if (offsets.broken[row] === 0) continue;
      spans.push({ from: offsets.from[row] as number, to: offsets.to[row] as number });
      notes.push(describe(bytes, row, { offsets, reader }));
    }
    if (spans.length === 0) return;
    await this.#spool.beginTable(reader.header(), reader.columns());
    await this.#spool.append(0, bytes, { spans, rows: spans.length });
    const lines = Buffer.concat(notes);
    await this.#spool.append(1, lines, { spans: [{ from: 0, to: lines.length }], rows: spans.length });
  }

  mark(): SpoolMark {
    return this.#spool.mark();
  }

  async cutTo(mark: SpoolMark): Promise<void> {
    await this.#spool.cutTo(mark);
  }

  async finish(): Promise<RejectPartition[]> {
    await this.#spool.settle();
    const all = this.#spool.finish().filter(({ rows }) => rows > 0);
    const notes = all.filter(({ day }) => day === 'notes');
    return all
      .filter(({ day }) => day === 'rows')
      .map((rows, index) => ({ rows, notes: notes[index] as Partition }));
  }

  async discard(): Promise<void> {
    await this.#spool.discard();
  }
}

function describe(
  bytes: Buffer,
  row: number,
  { offsets, reader }: { offsets: RowOffsets; reader: RowReader },
): Buffer {
  const { column, message, reason } = reader.problem(row);
  const from = offsets.idFrom[row] as number;
  const id = from < 0 ? null : bytes.toString('utf8', from, offsets.idTo[row]);
  return Buffer.from(`${JSON.stringify({ id, column: column ?? null, reason, source: 'local', message })}\n`);
}
