/** The pull loop: several windows on their way at once, each committed in its turn, whole or not at all. */
import type { Days, Sink } from '../contracts-export.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { startPull, type Pull, type Pulled, type PullSurroundings } from './pull.ts';
import { keepEarlierRows, type EarlierRows } from './earlier-rows.ts';
import { SeenIds } from './seen-ids.ts';

export interface RetrieveOptions extends Pick<
  PullSurroundings,
  'dataset' | 'createReader' | 'retries' | 'signal' | 'tell'
> {
  sink: Sink;
  /** In order; one window without days where the dataset has none. */
  windows: readonly (Days | undefined)[];
  /** Windows on their way at once. */
  concurrency: number;
  /** Leave rows in that repeat under the same id. */
  keepDuplicates: boolean;
  /** Memory for ids, in bytes. */
  dedupeBytes: number;
  /** Rows of an earlier run that stay in the output, before the first window. */
  earlier?: EarlierRows;
  machine: Pick<Machine, 'sleep' | 'random' | 'elapsedMs' | 'faultPoint'>;
}

export type { EarlierRows };

/**
 * Fetches every window and commits it. The sink is open; the caller closes it, also when this throws.
 * Windows that were committed before a failure stay.
 */
export async function retrieve(options: RetrieveOptions): Promise<void> {
  const { dataset, earlier, machine, sink, tell } = options;
  const startedMs = machine.elapsedMs();
  const dedupes = dataset.idColumn !== undefined && !options.keepDuplicates;
  const seen = dedupes ? new SeenIds(options.dedupeBytes) : undefined;
  if (earlier !== undefined) await keepEarlierRows(earlier, { ...options, seen });
  await pullAndCommit(options, seen);
  for (const file of await sink.finish()) tell({ type: 'file-written', file });
  if (seen !== undefined && seen.forgotten > 0) tell(forgetfulness);
  tell({ type: 'export-ended', durationMs: machine.elapsedMs() - startedMs });
}

const forgetfulness = {
  type: 'warned',
  code: 'ids-forgotten',
  message: 'ids were too many to remember all: duplicates were looked for within each window only',
  hint: 'allow more memory with --dedupe-memory',
} as const;

async function pullAndCommit(options: RetrieveOptions, seen: SeenIds | undefined): Promise<void> {
  const { concurrency, windows } = options;
  const giveUp = new AbortController();
  const around: PullSurroundings = {
    ...options,
    seen,
    signal: AbortSignal.any([options.signal, giveUp.signal]),
    longest: { days: options.dataset.windows?.longestDays ?? Number.POSITIVE_INFINITY },
  };
  const pulling: Pull[] = [];
  let next = 0;
  const startNext = () => {
    if (next >= windows.length) return;
    const index = next++;
    const pull = startPull({ index, days: windows[index] }, around);
    // It may fail long before its turn to be waited for.
    pull.whole.catch(() => undefined);
    pulling.push(pull);
  };
  try {
    for (let count = 0; count < concurrency; count++) startNext();
    for (let index = 0; index < windows.length; index++) {
      const { first, whole } = pulling.shift() as Pull;
      const prefetching = prefetch(first, options.sink);
      const pulled = await whole.finally(() => prefetching);
      startNext();
      await commit({ index, pulled }, options);
    }
  } catch (error) {
    giveUp.abort(new Failure('bug', 'another window failed'));
    await discardAll(pulling);
    throw error;
  }
}

/** Until the window whose turn it is has come whole, the sink may take its rows up. */
async function prefetch(first: Pull['first'], sink: Sink): Promise<void> {
  if (sink.prefetch === undefined) return;
  const growing = await first;
  if (growing !== undefined) await sink.prefetch(growing);
}

async function commit(
  { index, pulled }: { index: number; pulled: Pulled },
  options: RetrieveOptions,
): Promise<void> {
  const { machine, sink, tell, signal } = options;
  try {
    signal.throwIfAborted();
    machine.faultPoint('window-received');
    const { files, written, known, rejected } = await sink.commit(pulled.window);
    machine.faultPoint('window-committed');
    const { days } = pulled.window;
    tell({ type: 'window-committed', window: index, days, written, known, rejected });
    for (const file of files) tell({ type: 'file-written', file });
  } finally {
    await pulled.discard();
  }
}

async function discardAll(pulling: readonly Pull[]): Promise<void> {
  for (const end of await Promise.allSettled(pulling.map(({ whole }) => whole))) {
    if (end.status === 'fulfilled') await end.value.discard();
  }
}
