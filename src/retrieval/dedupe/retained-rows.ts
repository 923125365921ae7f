/** Rows of an earlier run that stay: those of the days that are not fetched again. */
import { dayNamed } from '../../calendar.ts';
import type { Column, Days, RowEncoding } from '../../contracts/dataset.ts';
import type { CreateRowReader } from '../../contracts/reader.ts';
import type { Sink } from '../../contracts/sink.ts';
import type { Partition } from '../../contracts/window.ts';
import { Failure } from '../../failure.ts';
import { receiveRows } from '../receive.ts';
import { AttemptFailed } from '../retry.ts';
import type { SeenIds } from './seen-ids.ts';
import { dropped, partitionsAround, RowFilter, type PartitionOfDay } from './row-filter.ts';
import { WindowSpool } from '../spool/window-spool.ts';

/** An output that is there, and can be read again. */
export interface PriorFile {
  /** For people: the path of the output. */
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

/** What stays, in the order of its days: a partition before each range that is fetched, and one behind the last. */
export interface KeptRows {
  partitions: readonly Partition[];
  /** Removes what nobody took away. */
  discard(): Promise<void>;
}

/** Reads the earlier output, leaving out the days that are fetched. Throws a Failure `local` when it is damaged. */
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

/** The days of which the earlier output has rows. Throws a Failure `local` when it is damaged. */
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
  try {
    const end = await receiveRows({
      // A CSV file that somebody emptied has not even the header which we wrote; an NDJSON file may be empty.
      body: { bytes: earlier.open(), framed: earlier.encoding === 'ndjson', marked: true },
      expected: { published: earlier.columns, required: [earlier.timeColumn] },
      reader: createReader(earlier),
      filter: new RowFilter({ partitionOfDay, undatedLane: 0, seen, tag }),
      keptIn: { spool },
      onProgress: () => signal.throwIfAborted(),
      mayGoOn: () => (seen?.makeRoom(), true),
    });
    if (end.kind !== 'whole') throw damaged(earlier.path, undefined);
    await spool.settle();
    seen?.settle(tag);
  } catch (error) {
    throw error instanceof AttemptFailed ? damaged(earlier.path, error) : error;
  }
}

function damaged(path: string, cause: unknown): Failure {
  return new Failure('local', `${path} cannot be read to its end, so nothing was appended`, {
    hint: 'move it away; the next run then fetches everything again',
    cause,
  });
}
