/** The readers of what vendors give. */
import type { CreateRowReader } from '../../contracts/reader.ts';
import { CsvRowReader } from './csv-rows.ts';
import { NdjsonRowReader } from './ndjson-rows.ts';

/** A reader for one reply. */
export const createRowReader: CreateRowReader = (options) =>
  options.encoding === 'csv' ? new CsvRowReader(options) : new NdjsonRowReader(options);
