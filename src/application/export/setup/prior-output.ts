/** An existing single-file output whose rows can be read again. */
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { Sink } from '../../../contracts/sink.ts';
import { Failure } from '../../../failure.ts';
import { createRowReader } from '../../../replies/readers/readers.ts';
import { readRowDays, type PriorFile } from '../../../replies/dedupe/retained-rows.ts';
import type { SinkParts } from './sink-parts.ts';

type FileParts = Pick<SinkParts, 'dataset' | 'output' | 'place' | 'settings'>;

/**
 * The file at the output; undefined when the output is not a file. Throws a Failure `usage` when its rows
 * have no date.
 */
export function priorFile(parts: FileParts): PriorFile | undefined {
  const { form, path } = parts.output;
  if (form.kind !== 'file' || path === undefined) return undefined;
  return fileAt(path, parts);
}

function fileAt(path: string, { dataset, output, place, settings }: FileParts): PriorFile {
  const { kind } = output;
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

/** The days that occur in the file's rows. */
export async function readDaysOf(
  parts: FileParts & Pick<SinkParts, 'signal'>,
  path: string,
  spool: Sink['spool'],
): Promise<readonly string[]> {
  const { signal } = parts;
  const earlier = fileAt(path, parts);
  return readRowDays(earlier, { createReader: createRowReader, spool, seen: undefined, signal });
}
