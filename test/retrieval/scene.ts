/** A scripted vendor and a destination in memory; the spool and its files are real. */
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach } from 'vitest';
import type { Column, Dataset, DatasetReply, DatasetRequest, Days } from '../../src/contracts/dataset.ts';
import type { Checkpoint, Sink } from '../../src/contracts/sink.ts';
import type { Partition, RejectStore } from '../../src/contracts/window.ts';
import type { ExportEvent } from '../../src/events.ts';
import { createRowReader } from '../../src/replies/readers/readers.ts';
import type { RetrievalOptions, RetrievalWork } from '../../src/retrieval/retrieval.ts';
import { retrieve } from '../../src/retrieval/retrieve.ts';
import { virtualClock } from '../virtual-clock.ts';

/** Where rows are spooled, one for each test. */
export let directory: string;

/** Creates the directory before each test of the file, and removes it afterwards. */
export function useDirectory(): void {
  beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'retrieve-'))));
  afterEach(() => rm(directory, { recursive: true }));
}

export const columns: Column[] = [
  { name: 'id', type: 'text' },
  { name: 'time', type: 'timestamp' },
];
export const header = 'id,time\n';
export const day = (number: number): Days => ({ from: `2026-11-0${number}`, to: `2026-11-0${number}` });
export const row = (id: string, number: number) => `${id},2026-11-0${number}T12:00:00Z\n`;

/** A reply whose body arrives as these texts; an error among them breaks it off. */
export function rowsOf(
  parts: readonly (string | Error)[],
  more: Partial<Extract<DatasetReply, { kind: 'rows' }>> = {},
): DatasetReply {
  const body = (async function* () {
    for (const part of parts) {
      if (part instanceof Error) throw part;
      yield Buffer.from(part);
    }
  })();
  return {
    ...{ kind: 'rows', shareRead: undefined, framed: true, marked: true, notes: [] },
    body: Object.assign(body, { destroy: () => undefined }),
    ...more,
  };
}

export type Answer = (
  request: DatasetRequest,
  attempt: number,
  signal: AbortSignal,
) => DatasetReply | Promise<DatasetReply>;

export interface SceneOptions extends Partial<RetrievalOptions & RetrievalWork> {
  answer: Answer;
  signal?: AbortSignal;
  dataset?: Partial<Dataset>;
  sink?: Partial<Sink>;
  checkpoint?: Checkpoint;
}

async function textOf(partition: Partition): Promise<string> {
  let text = '';
  for await (const bytes of partition.read(0)) text += Buffer.from(bytes).toString();
  return text;
}

const threeDays = {
  days: { from: '2026-11-01', to: '2026-11-03' },
  windows: [1, 2, 3].map(day),
};

export function sceneOf({ answer, dataset: more, sink: given, checkpoint, ...options }: SceneOptions) {
  const { ranges = [threeDays], earlier, signal = new AbortController().signal, ...chosen } = options;
  const clock = virtualClock();
  const events: ExportEvent[] = [];
  const asked: string[] = [];
  const attempts = new Map<string, number>();
  const committed: { days: Days | undefined; texts: string[]; newest: string | undefined }[] = [];
  const rejected: string[] = [];
  const dataset: Dataset = {
    ...{ name: 'events', identity: {}, encoding: 'csv', columns, idColumn: 'id', timeColumn: 'time' },
    ...{ sources: ['all'], windows: { maxDays: 366, align: 'day' } },
    async open(request, asking) {
      const key = `${request.source} ${request.days?.from ?? ''}..${request.days?.to ?? ''}`;
      const attempt = attempts.get(key) ?? 0;
      attempts.set(key, attempt + 1);
      asked.push(key);
      return answer(request, attempt, asking);
    },
    ...more,
  };
  const sink: Sink = {
    ...{ destination: 'memory', splitByDay: false, acceptsEmptyAnswers: false },
    spool: { directory, named: true },
    open: async () => ({ checkpoint: { ranges: [], first: undefined }, lost: [], keepsRows: false }),
    checkpoint: () => checkpoint ?? { ranges: [], first: undefined },
    async commit({ days, partitions, newest }) {
      const texts = [];
      for (const partition of partitions) texts.push(await textOf(partition));
      committed.push({ days, texts, newest });
      return { files: [], written: texts.length, known: 0, rejected: 0 };
    },
    hasRows: async () => false,
    finish: async () => [],
    close: async () => undefined,
    ...given,
  };
  const rejects: RejectStore = {
    expect: (received) => void rejected.push(`expect ${received}`),
    async append({ header: head, rows, notes, count }) {
      if (rows) rejected.push(`${Buffer.from(head).toString()}${Buffer.from(rows).toString()}`);
      if (notes) rejected.push(Buffer.from(notes).toString());
      if (count > 0) rejected.push(`count ${count}`);
    },
    mark: () => ({ lengths: {}, rows: rejected.length, received: 0 }),
    cutTo: async ({ rows }) => void rejected.splice(rows),
    flush: async () => void rejected.push('flushed'),
  };
  const run = async (): Promise<void> => {
    const stopClock = clock.run();
    await retrieve({
      work: { ranges, earlier },
      reading: { dataset, createReader: createRowReader, required: ['id', 'time'] },
      sink,
      rejects,
      options: { retries: 2, concurrency: 2, keepDuplicates: false, dedupeBytes: 1e9, ...chosen },
      context: {
        machine: { ...clock, random: () => 0, faultPoint: () => undefined },
        signal,
        emit: (event) => void events.push(event),
      },
    }).finally(stopClock);
  };
  const of = <Type extends ExportEvent['type']>(type: Type) =>
    events.filter((event): event is Extract<ExportEvent, { type: Type }> => event.type === type);
  return { run, of, asked, committed, rejected, clock };
}

export const numberOf = ({ days }: DatasetRequest) => Number(days?.from.slice(-1));
export const one = (request: DatasetRequest): DatasetReply =>
  rowsOf([header, row(`id-${numberOf(request)}`, numberOf(request))]);
export const window = (number: number) => ({ ranges: [{ days: day(number), windows: [day(number)] }] });
