/** The pull loop: fetches several windows at once and commits each in order, completely or not at all. */
import type { Committed, Prefetched, Sink } from '../contracts/sink.ts';
import type { Partition, PulledWindow, RejectStore } from '../contracts/window.ts';
import { Failure } from '../failure.ts';
import { ColumnWatch } from './column-watch.ts';
import { startPull, type Pull, type Pulled, type PullParts } from './pull.ts';
import { retainRows, type KeptRows } from '../replies/dedupe/retained-rows.ts';
import type { RejectPartition } from '../replies/spool/reject-spool.ts';
import { SeenIds } from '../replies/dedupe/seen-ids.ts';
import type { Retrieval } from './retrieval.ts';

/**
 * Fetches and commits every window. The caller opens the sink and closes it, also when this throws. Windows
 * committed before a failure stay committed.
 */
export async function retrieve(retrieval: Retrieval): Promise<void> {
  const { options, reading, sink } = retrieval;
  const { machine, emit } = retrieval.context;
  const startedMs = machine.elapsedMs();
  const dedupes = reading.dataset.idColumn !== undefined && !options.keepDuplicates;
  const seen = dedupes ? new SeenIds(options.dedupeBytes) : undefined;
  const kept = await keep(retrieval, seen);
  try {
    await pullAndCommit(retrieval, { seen, kept });
  } finally {
    await kept?.discard();
  }
  for (const file of await sink.finish()) emit({ type: 'file-written', file });
  if (seen !== undefined && seen.forgotten > 0) emit(forgetfulness);
  emit({ type: 'export-ended', durationMs: machine.elapsedMs() - startedMs });
}

const unverified = {
  type: 'warned',
  code: 'end-unverified',
  message:
    'the answers do not say where they end (no length, no chunks): whether rows are missing there cannot be verified',
  hint: 'look for an old proxy on the way; compare the rows of a day with those that Scarf shows',
} as const;

const forgetfulness = {
  type: 'warned',
  code: 'ids-forgotten',
  message: 'too many ids for --dedupe-memory: duplicates were removed within each window only',
  hint: 'allow more memory with --dedupe-memory',
} as const;

/** Without rows that stay, the output is replaced. */
async function keep(
  { work, reading, sink, context }: Retrieval,
  seen: SeenIds | undefined,
): Promise<KeptRows | undefined> {
  const { earlier, ranges } = work;
  if (earlier === undefined) return undefined;
  const fetched = ranges.flatMap(({ days }) => days ?? []);
  const { createReader } = reading;
  const { signal } = context;
  const kept = await retainRows(earlier, fetched, { createReader, spool: sink.spool, seen, signal });
  if (kept.partitions.some(({ rows }) => rows > 0)) return kept;
  await kept.discard();
  return undefined;
}

interface Prepared {
  seen: SeenIds | undefined;
  kept: KeptRows | undefined;
}

async function pullAndCommit(retrieval: Retrieval, { kept, seen }: Prepared): Promise<void> {
  const { reading, sink, work, options, context } = retrieval;
  const { ranges } = work;
  const { emit } = context;
  const watch = new ColumnWatch(sink.checkpoint().columns, (notice) => emit({ type: 'warned', ...notice }));
  const windows = ranges.flatMap((range, number) => range.windows.map((days) => ({ days, number })));
  const giveUp = new AbortController();
  const parts: PullParts = {
    ...{ reading, sink, seen, retries: options.retries },
    longest: { days: reading.dataset.windows?.maxDays ?? Number.POSITIVE_INFINITY },
    context: { ...context, signal: AbortSignal.any([context.signal, giveUp.signal]) },
  };
  const pulling: Pull[] = [];
  let isUnframed = false;
  let next = 0;
  const startNext = () => {
    if (next >= windows.length) return;
    const index = next++;
    const pull = startPull({ index, days: windows[index]?.days }, parts);
    // It may fail long before it is awaited; this prevents an unhandled rejection.
    pull.whole.catch(() => undefined);
    pulling.push(pull);
  };
  try {
    for (let count = 0; count < options.concurrency; count++) startNext();
    for (const [index, { number }] of windows.entries()) {
      if (number !== windows[index - 1]?.number) await commitKept(kept?.partitions[number], sink);
      const { first, whole } = pulling.shift() as Pull;
      const prefetching = prefetch(first, sink);
      const pulled = await whole.finally(() => prefetching);
      const prefetched = await prefetching;
      startNext();
      watch.look(pulled.window.partitions);
      isUnframed ||= pulled.isUnframed;
      await commit({ index, pulled, prefetched }, retrieval);
    }
    await commitKept(kept?.partitions[ranges.length], sink);
    if (isUnframed) emit(unverified);
  } catch (error) {
    giveUp.abort(new Failure('bug', 'another window failed'));
    await discardAll(pulling);
    throw error;
  }
}

/** Also commits a partition without rows, so that the output keeps its columns. */
async function commitKept(partition: Partition | undefined, sink: Sink): Promise<void> {
  if (partition !== undefined)
    await sink.commit({ days: undefined, partitions: [partition], newest: undefined, unread: [], bare: [] });
}

/** Lets the sink read the window to be committed next while it is still being received. */
async function prefetch(first: Pull['first'], sink: Sink): Promise<Prefetched | undefined> {
  if (sink.prefetch === undefined) return undefined;
  const growing = await first;
  return growing === undefined ? undefined : sink.prefetch(growing);
}

/** A complete window, and what the sink has already read of it. */
interface ReceivedWindow {
  index: number;
  pulled: Pulled;
  prefetched: Prefetched | undefined;
}

async function commit({ index, pulled, prefetched }: ReceivedWindow, retrieval: Retrieval): Promise<void> {
  const { machine, emit, signal } = retrieval.context;
  try {
    signal.throwIfAborted();
    machine.faultPoint('window-received');
    await keepRowsWithoutAnswer(pulled.window, retrieval);
    const { files, written, known, rejected } = await commitWithRejects({ pulled, prefetched }, retrieval);
    machine.faultPoint('window-committed');
    const { days } = pulled.window;
    emit({ type: 'window-committed', window: index, days, written, known, rejected });
    for (const file of files) emit({ type: 'file-written', file });
  } finally {
    await pulled.discard();
  }
}

/**
 * Refuses to replace existing rows with an empty answer that cannot be identified as coming from the vendor.
 * Without existing rows, such an answer counts as no rows.
 */
async function keepRowsWithoutAnswer(
  { bare, unread }: PulledWindow,
  { sink, context }: Retrieval,
): Promise<void> {
  const silent = sink.acceptsEmptyAnswers ? unread : [...unread, ...bare];
  if (silent.length === 0) return;
  const names = silent.map((days) => (days === undefined ? 'everything' : `${days.from} to ${days.to}`));
  const what = unread.length > 0 ? 'nothing, not even a header,' : 'nothing';
  const message = `Scarf answered ${what} for ${[...new Set(names)].join(', ')}`;
  if (await sink.hasRows(silent)) {
    throw new Failure('unavailable', `${message}: the rows that ${sink.destination} has stay as they are`, {
      hint: 'run the same command again later; if Scarf has no rows there any more, move that output away first',
    });
  }
  if (unread.length === 0) return;
  context.emit({
    type: 'warned',
    code: 'empty-answer',
    message: `${message}: treated as no rows`,
    hint: 'with --incremental the next run asks again',
  });
}

/** Writes rejects before the window is committed; removes them when the commit fails. */
async function commitWithRejects(
  { pulled, prefetched }: Omit<ReceivedWindow, 'index'>,
  { rejects, sink }: Retrieval,
): Promise<Committed> {
  const mark = rejects.mark();
  try {
    rejects.expect(pulled.counts.received);
    for (const partition of pulled.rejects) await keepRejects(partition, rejects);
    await rejects.flush();
    return await sink.commit(pulled.window, prefetched);
  } catch (error) {
    await rejects.cutTo(mark);
    throw error;
  }
}

async function keepRejects({ notes, rows }: RejectPartition, rejects: RejectStore): Promise<void> {
  let header = new Uint8Array(0);
  for await (const bytes of rows.read(0, rows.headerBytes)) header = Buffer.concat([header, bytes]);
  for await (const bytes of notes.read(notes.headerBytes))
    await rejects.append({ header, notes: bytes, count: 0 });
  for await (const bytes of rows.read(rows.headerBytes))
    await rejects.append({ header, rows: bytes, count: 0 });
  await rejects.append({ header, count: rows.rows });
}

async function discardAll(pulling: readonly Pull[]): Promise<void> {
  for (const end of await Promise.allSettled(pulling.map(({ whole }) => whole))) {
    if (end.status === 'fulfilled') await end.value.discard();
  }
}
