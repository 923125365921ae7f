/** Rows of an earlier run that stay: those of the days before the ones that are fetched again. */
import type { Column, CreateRowReader, RowEncoding, Sink } from '../contracts-export.ts';
import { Failure } from '../failure.ts';
import { receiveRows } from './receive.ts';
import { AttemptFailed } from './retry.ts';
import type { SeenIds } from './seen-ids.ts';
import { Sieve } from './sieve.ts';
import { Spool } from './spool.ts';

export interface EarlierRows {
  /** For people: the path of the output. */
  path: string;
  encoding: RowEncoding;
  columns: readonly Column[];
  idColumn?: string;
  timeColumn: string;
  /** The last day that stays. */
  until: string;
  open(): AsyncIterable<Uint8Array>;
}

interface Surroundings {
  createReader: CreateRowReader;
  sink: Sink;
  seen: SeenIds | undefined;
  signal: AbortSignal;
}

/** Longer ago than any event. */
const beginning = '0001-01-01';

/** Reads the earlier output and commits what stays of it, before any window. */
export async function keepEarlierRows(earlier: EarlierRows, around: Surroundings): Promise<void> {
  const { createReader, seen, signal, sink } = around;
  const { encoding, until } = earlier;
  const spool = new Spool({ place: sink.spool, name: 'earlier', days: [], encoding });
  const tag = seen?.begin() ?? 0;
  try {
    const end = await receiveRows({
      body: earlier.open(),
      // A CSV file that somebody emptied has not even the header which we wrote; an NDJSON file may be empty.
      framed: encoding === 'ndjson',
      published: earlier.columns,
      reader: createReader(earlier),
      sieve: new Sieve({ days: { from: beginning, to: until }, lanes: undefined, seen, tag }),
      spool,
      onProgress: () => signal.throwIfAborted(),
      mayGoOn: () => (seen?.makeRoom(), true),
    });
    if (end.kind !== 'whole') throw damaged(earlier.path, undefined);
    await spool.settle();
    await sink.commit({ days: undefined, lanes: spool.finish() });
    seen?.settle(tag);
  } catch (error) {
    throw error instanceof AttemptFailed ? damaged(earlier.path, error) : error;
  } finally {
    await spool.discard();
  }
}

function damaged(path: string, cause: unknown): Failure {
  return new Failure('local', `${path} cannot be read to its end, so nothing is added to it`, {
    hint: 'move it away; the next run then fetches everything again',
    cause,
  });
}
