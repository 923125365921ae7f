/** An existing single-file output whose rows can be read again. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { OutputPlace } from '../../../contracts/place.ts';
import type { Sink } from '../../../contracts/sink.ts';
import { Failure } from '../../../failure.ts';
import { createRowReader } from '../../../replies/readers/readers.ts';
import { readRowDays, type PriorFile } from '../../../replies/dedupe/retained-rows.ts';
import type { ResolvedExport, SinkContext } from './resolved-export.ts';

/**
 * The file at the output; undefined when the output is not a file. Throws a Failure `usage` when its rows
 * have no date.
 */
export function priorFile(resolved: ResolvedExport, place: OutputPlace): PriorFile | undefined {
  const { form, path } = resolved.output;
  if (form.kind !== 'file' || path === undefined) return undefined;
  return fileAt(path, resolved, place);
}

function fileAt(
  path: string,
  { dataset, output: { kind }, settings }: ResolvedExport,
  place: OutputPlace,
): PriorFile {
  const { timeColumn } = dataset;
  if (timeColumn === undefined || settings.columns?.includes(timeColumn) === false) {
    throw new Failure('usage', `--incremental finds the days in ${path} by the column "${timeColumn}"`, {
      hint: 'add it to --columns, or use --split day',
    });
  }
  return {
    path,
    encoding: kind.name === 'csv' ? 'csv' : 'ndjson',
    columns: dataset.columns,
    ...(dataset.idColumn === undefined ? {} : { idColumn: dataset.idColumn }),
    timeColumn,
    open: () => {
      const file = place.read(path);
      // An error of the file surfaces to the reader of the stream.
      return kind.gzip ? pipeline(Readable.from(file), createGunzip(), () => undefined) : file;
    },
  };
}

/** Reads the days that occur in the rows of a file of this export. */
export function rowDaysReader(
  resolved: ResolvedExport,
  { place, signal }: Pick<SinkContext, 'place' | 'signal'>,
): (path: string, spool: Sink['spool']) => Promise<readonly string[]> {
  return async (path, spool) => {
    const reading = { createReader: createRowReader, spool, seen: undefined, signal };
    return readRowDays(fileAt(path, resolved, place), reading);
  };
}
