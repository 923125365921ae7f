/** Records with another number of fields than there are columns. */
import type { RowProblem } from '../../contracts/format.ts';
import type { Dialect } from './dialect.ts';
import type { Columns } from './header.ts';
import type { RecordReader } from './records.ts';

/** Whether such a record is a row all the same; it is then padded or truncated. */
export function fitsColumns(
  record: RecordReader,
  { count, endsNameless }: Columns,
  { ragged }: Dialect,
): boolean {
  const isTrailing = record.fields === count + 1 && record.from[count] === record.to[count];
  const lacksNameless = record.fields === count - 1 && endsNameless;
  const isTaken =
    ragged === 'fit' ||
    (record.fields < count ? ragged === 'pad' || lacksNameless : ragged === 'truncate' || isTrailing);
  if (isTaken) record.fitTo(count);
  return isTaken;
}

/** Says why it is not. */
export function describeRagged({ fields }: RecordReader, { count }: Columns): RowProblem {
  return {
    reason: 'ragged-row',
    message: `the record has ${fields} fields where there are ${count} columns`,
  };
}
