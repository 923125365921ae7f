/** What a retrieval is given: how the rows of a dataset are read, and the options of fetching them. */
import type { Dataset } from '../../../contracts/dataset.ts';
import type { CreateRowReader } from '../../../contracts/reader.ts';
import { createRowReader } from '../../../replies/readers/readers.ts';
import type { DatasetReading, RetrievalOptions } from '../../../retrieval/retrieval.ts';
import type { ExportSettings } from '../../options/export.ts';
import { rowCheckOf } from './output.ts';
import type { Output, ResolvedExport } from './resolved-export.ts';

/** The default memory for ids. */
const defaultDedupeBytes = 512 * 1024 * 1024;

/** Rows are checked as their output demands. */
export function readingOf({ dataset, output, settings }: ResolvedExport): DatasetReading {
  const check = rowCheckOf(output, settings);
  const createReader: CreateRowReader = (options) => createRowReader({ ...options, ...check });
  return { dataset, createReader, required: requiredColumns(dataset, settings, output) };
}

export function retrievalOptions(settings: ExportSettings): RetrievalOptions {
  return {
    retries: settings.retries,
    concurrency: settings.concurrency ?? 1,
    keepDuplicates: settings.keepDuplicates ?? false,
    dedupeBytes: settings.dedupeMemory ?? defaultDedupeBytes,
  };
}

/** Rows are identified by their id (in PostgreSQL even when duplicates are kept) and placed by their time. */
function requiredColumns(dataset: Dataset, settings: ExportSettings, output: Output): string[] {
  const isTold = settings.keepDuplicates !== true || output.form.kind === 'postgres';
  const isPlaced = settings.incremental === true || settings.split === 'day';
  const needed = [isTold ? dataset.idColumn : undefined, isPlaced ? dataset.timeColumn : undefined];
  return needed.filter((name) => name !== undefined);
}
