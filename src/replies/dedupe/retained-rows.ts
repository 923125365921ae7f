/** Keeps rows of an earlier output whose days are not fetched again. */
import { dayNamed } from '../../calendar.ts';
import type { Column, Days, RowEncoding } from '../../contracts/dataset.ts';
import type { CreateRowReader } from '../../contracts/reader.ts';
import type { Sink } from '../../contracts/sink.ts';
import type { Partition } from '../../contracts/window.ts';
import { Failure } from '../../failure.ts';
import { receiveRows } from '../receive.ts';
import { RetryError } from '../../retry.ts';
import type { SeenIds } from './seen-ids.ts';
import { dropped, partitionsAround, RowFilter, type PartitionOfDay } from './row-filter.ts';
import { WindowSpool } from '../spool/window-spool.ts';

/** An existing output that can be read. */
export interface PriorFile {
  /** Path of the output, for messages. */
  path: string;
  encoding: RowEncoding;
  columns: readonly Column[];
  idColumn?: string;
  timeColumn: string;
  open(): AsyncIterable<Uint8Array>;
}

interface RetainContext {
  createReader: CreateRowReader;
  spool: Sink['spool'];
  seen: SeenIds | undefined;
  signal: AbortSignal;
}

/** The rows that stay, in order of days: one partition before each fetched range and one after the last. */
export interface KeptRows {
  partitions: readonly Partition[];
  /** Removes the spool files that are left. */
  discard(): Promise<void>;
}

/**
 * Reads the earlier output without the fetched days. The caller discards the result. Throws a Failure `local` when
 * the output is damaged.
 */
export async function retainRows(
  earlier: PriorFile,
  fetched: readonly Days[],
  context: RetainContext,
): Promise<KeptRows> {
  const { encoding } = earlier;
  const days = [...fetched, undefined].map(() => undefined);
  const spool = new WindowSpool({ location: context.spool, name: 'earlier', days, encoding });
  try {
    await passRows(earlier, { partitionOfDay: partitionsAround(fetched), spool }, context);
    const partitions = spool.finish();
    const discard = () => spool.discard();
    return { partitions, discard };
  } catch (error) {
    await spool.discard();
    throw error;
  }
}

/** The days that have rows in the earlier output. Throws a Failure `local` when it is damaged. */
export async function readRowDays(earlier: PriorFile, context: RetainContext): Promise<string[]> {
  const found = new Set<number>();
  const spool = new WindowSpool({
    location: context.spool,
    name: 'days',
    days: [],
    encoding: earlier.encoding,
  });
  const partitionOfDay = (day: number) => {
    found.add(day);
    return dropped;
  };
  try {
    await passRows(earlier, { partitionOfDay, spool }, { ...context, seen: undefined });
  } finally {
    await spool.discard();
  }
  return [...found].sort((left, right) => left - right).map(dayNamed);
}

async function passRows(
  earlier: PriorFile,
  { partitionOfDay, spool }: { partitionOfDay: PartitionOfDay; spool: WindowSpool },
  { createReader, seen, signal }: RetainContext,
): Promise<void> {
  const tag = seen?.begin() ?? 0;
  const filter = new RowFilter({ partitionOfDay, undatedPartition: 0, seen, tag });
  try {
    const end = await receiveRows({
      // An empty CSV file has lost even the header that was written to it; an NDJSON file may be empty.
      body: {
        ...{ bytes: earlier.open(), framed: earlier.encoding === 'ndjson', marked: true },
        mayEndInError: false,
      },
      expected: { published: earlier.columns, required: [earlier.timeColumn] },
      reader: createReader(earlier),
      filter,
      spools: { spool },
      onProgress: () => signal.throwIfAborted(),
      mayGoOn: () => (seen?.makeRoom(), true),
    });
    // A row that cannot be read would be gone from the new file.
    if (end.kind !== 'whole' || filter.counts.rejected > 0) throw damaged(earlier.path, undefined);
    await spool.settle();
    seen?.settle(tag);
  } catch (error) {
    throw error instanceof RetryError ? damaged(earlier.path, error) : error;
  }
}

function damaged(path: string, cause: unknown): Failure {
  return new Failure('local', `${path} cannot be read as it was written, so nothing was appended`, {
    hint: 'move it away; the next run then fetches everything again',
    cause,
  });
}
