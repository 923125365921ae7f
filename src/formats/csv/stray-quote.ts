/** Says what is wrong with a record whose quotes are not balanced. */
import type { RowProblem } from '../../contracts/format.ts';
import type { RecordReader } from './records.ts';

const NEWLINE = 0x0a;

/** `from`: where the record begins, which is behind a byte order mark. */
export function describeQuote(bytes: Buffer, from: number, record: RecordReader): RowProblem {
  const { quoteAt } = record;
  const lineStart = Math.max(from, quoteAt === 0 ? 0 : bytes.lastIndexOf(NEWLINE, quoteAt - 1) + 1);
  const column = [...bytes.toString('utf8', lineStart, quoteAt)].length + 1;
  if (record.quoteClosed && record.lines === record.linesBeforeQuote) {
    return { column, reason: 'text-after-quote', message: 'unexpected text after a quoted field' };
  }
  return { column, reason: 'unclosed-quote', message: 'unclosed quote' };
}
