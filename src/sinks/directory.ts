/** A file a day in one directory; each window's files appear when the window is whole. */
import { join } from 'node:path';
import type { Committed, Lane, PulledWindow, Sink, Standing, WrittenFile } from '../contracts-export.ts';
import { OutputFile } from './output-file.ts';
import { FilePlace, type FilePlaceOptions } from './place.ts';

/** `flat`: `events-2026-11-01.csv`. `hive`: `date=2026-11-01/events.csv`, which table engines read as a column. */
export type Layout = 'flat' | 'hive';

export interface DirectorySinkOptions extends FilePlaceOptions {
  layout: Layout;
}

export class DirectorySink implements Sink {
  readonly place: string;
  readonly splitByDay = true;
  readonly #options: DirectorySinkOptions;
  readonly #place: FilePlace;

  constructor(options: DirectorySinkOptions) {
    const { dataset, path } = options;
    this.place = path;
    this.#options = options;
    this.#place = new FilePlace(options, {
      stem: join(path, dataset),
      // Table engines pass over names that begin with an underscore.
      manifest: join(path, `_${dataset}.manifest.json`),
    });
  }

  /** From `open` on. */
  get spool(): Sink['spool'] {
    return { directory: this.#place.partsDirectory, named: true };
  }

  open(): Promise<Standing> {
    return this.#place.open();
  }

  async commit(window: PulledWindow): Promise<Committed> {
    const outputs = new Map(daysOf(window).map((day) => [day, this.#output(day)]));
    const counts = { rows: 0, rejected: 0 };
    const files: WrittenFile[] = [];
    try {
      for (const lane of window.lanes) await outputs.get(dayOfLane(lane))?.add(lane);
      for (const output of outputs.values()) {
        files.push(await output.publish());
        counts.rows += output.counts().rows;
        counts.rejected += output.counts().rejected;
      }
    } finally {
      for (const output of outputs.values()) await output.abandon();
    }
    this.#place.noteWritten(files);
    await this.#place.commitDays(window.days);
    return { files, written: counts.rows, known: 0, rejected: counts.rejected };
  }

  async finish(): Promise<readonly WrittenFile[]> {
    await this.#place.writeManifest();
    return [];
  }

  close(): Promise<void> {
    return this.#place.close();
  }

  #output(day: string): OutputFile {
    const { columns, dataset, digest, format, layout, manifest, path } = this.#options;
    const name =
      layout === 'hive'
        ? join(`date=${day}`, `${dataset}${format.suffix}`)
        : `${dataset}-${day}${format.suffix}`;
    return new OutputFile({
      path: join(path, name),
      partPath: () => this.#place.partPath(`${day}${format.suffix}`),
      format,
      columns,
      day,
      digest: digest || manifest,
    });
  }
}

/** Every day of the window: one without rows gets a file too, which says that there were none. */
function daysOf({ days, lanes }: PulledWindow): string[] {
  if (days === undefined) return lanes.map(dayOfLane);
  const found: string[] = [];
  for (let ms = Date.parse(days.from); ; ms += 86_400_000) {
    const day = new Date(ms).toISOString().slice(0, 10);
    if (day > days.to) return found;
    found.push(day);
  }
}

function dayOfLane(lane: Lane): string {
  return lane.day ?? '';
}
