/** Outputs in a directory of their own: real files, locks and states; rows as retrieval gives them. */
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Days } from '../../../src/contracts/dataset.ts';
import type { Committed, Notice, OpenedSink, WrittenFile } from '../../../src/contracts/sink.ts';
import type { Partition, PulledWindow } from '../../../src/contracts/window.ts';
import { createOutputFormat, outputKindNamed, type OutputKind } from '../../../src/encoders/outputs.ts';
import { realMachine } from '../../../src/real-machine.ts';
import type { DirectorySink } from '../../../src/sinks/file/daily-files.ts';
import type {
  FileOutputOptions,
  OutputContext,
  OutputLocation,
  WritingOptions,
} from '../../../src/sinks/file/output-state.ts';
import { diskPlace } from '../../../src/sinks/file/places/disk.ts';
import type { FileSink } from '../../../src/sinks/file/single-file.ts';
import { partitionOf, untold } from '../../encoders/encode.ts';

export const today = '2026-11-10';
export const identity = { source: 'here' };

/** `2026-11-03`, or with a second number the days from the one to the other. */
export const day = (number: number): string => `2026-11-${String(number).padStart(2, '0')}`;
export const days = (from: number, to = from): Days => ({ from: day(from), to: day(to) });

/** Differences from the usual output, whichever record of its options they belong to. */
export type Overrides = Partial<
  OutputLocation & WritingOptions & OutputContext & Pick<FileOutputOptions, 'incremental'>
>;

/** What every output needs, and the notices that it gives. */
export function optionsOf(path: string, more: Overrides = {}) {
  const notices: Notice[] = [];
  const format = createOutputFormat(outputKindNamed('csv') as OutputKind, {
    ...{ excelSafe: false, byteOrderMark: false },
    ...untold,
  });
  const { place, dataset, part, incremental, ...others } = {
    ...{ place: diskPlace, dataset: 'events', part: undefined, incremental: { identity } },
    ...more,
  };
  const writing: WritingOptions = {
    ...{ format, columns: [{ name: 'id', type: 'text' }], digest: false, manifest: false, evolve: false },
    ...others,
  };
  const context: OutputContext = {
    clock: { today, lagDays: 0 },
    onNotice: (notice) => void notices.push(notice),
    readRowDays: async (file) => daysIn(await readFile(file, 'utf8')),
    machine: { ...realMachine(), faultPoint: () => undefined },
    ...others,
  };
  const options = { location: { path, place, dataset, part }, writing, incremental, context };
  return { options, notices };
}

/** The days that stand in a text, as a reader of rows would find them. */
function daysIn(text: string): string[] {
  return [...new Set(text.match(/2026-\d\d-\d\d/g) ?? [])].sort();
}

/** Rows of one day under one header, `id` and `time`. */
export function rowsOf(number: number, ...ids: string[]): Partition {
  const lines = ids.map((id) => `${id},${day(number)}\n`).join('');
  return { ...partitionOf('csv', `id,time\n${lines}`, ['id', 'time']), day: day(number) };
}

export function windowOf(range: Days, ...partitions: Partition[]): PulledWindow {
  return { days: range, partitions, newest: range.to, unread: [], bare: [] };
}

/** One run over the sink: opens it, commits the windows, finishes and closes it. */
export async function runOf(sink: FileSink | DirectorySink, ...windows: PulledWindow[]): Promise<RunOfSink> {
  try {
    const opened = await sink.open();
    const committed = [];
    for (const window of windows) committed.push(await sink.commit(window));
    return { opened, committed, finished: await sink.finish() };
  } finally {
    await sink.close();
  }
}

interface RunOfSink {
  opened: OpenedSink;
  committed: Committed[];
  finished: readonly WrittenFile[];
}

/** The names and texts of all files of a directory and below, hidden ones by name only. */
export async function treeOf(directory: string): Promise<Record<string, string>> {
  const files: Record<string, string> = {};
  for (const entry of await readdir(directory, { withFileTypes: true, recursive: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const isText = !entry.name.startsWith('.') && !entry.name.startsWith('_');
    files[path.slice(directory.length + 1)] = isText ? await readFile(path, 'utf8') : '';
  }
  return files;
}

/** What stands in a state or a manifest. */
export async function readJson(path: string): Promise<Record<string, unknown>> {
  return JSON.parse(await readFile(path, 'utf8')) as Record<string, unknown>;
}

/** A state of version 0.1, which knew a span only. */
export async function writeLegacyState(path: string, span: Days): Promise<void> {
  await writeFile(path, JSON.stringify({ schema: 1, identity, from: span.from, through: span.to }));
}
