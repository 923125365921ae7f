/** Tables in text form: CSV and TSV. Each record is a row; its cells are texts. */
import type { Format } from '../../contracts/format.ts';
import { headerOf } from './first-record.ts';
import type { HeaderCache } from './header.ts';
import { divisible } from './plain-table.ts';
import { TableScanner } from './scanner.ts';
import type { TableOptions } from './table-options.ts';

export function createTableFormat(options: TableOptions): Format {
  const cache: HeaderCache = {};
  return {
    name: options.name,
    delimiter: options.dialect.delimiter,
    notes: options.notes ?? [],
    scanner: (start) => new TableScanner(options, start, cache),
    ...divisible(options),
    rearranged: (arrange) => createTableFormat({ ...options, arrange }),
    preamble: (head) => headerOf(options, head),
  };
}
