/** The first record of a table, and what precedes it: skipped lines, comments, blank lines. */
import { isBlank } from '../blank.ts';
import { markLength } from '../encoding.ts';
import type { Dialect } from './dialect.ts';
import { namesOf } from './header.ts';
import { NEWLINE, newlineIn } from './line-ends.ts';
import { PLAIN, RecordReader, UNCLEAN } from './records.ts';
import type { TableOptions } from './table-options.ts';

/** The names in the first record, after what the dialect skips; empty when there is none. */
export function readHeaderNames(head: Buffer, dialect: Dialect): readonly string[] {
  const record = new RecordReader(dialect);
  if (readFirst(record, head, { dialect, final: true }) < 0) return [];
  return namesOf('first', head, record);
}

/** Reads the first record that is not blank. Returns its offset, or -1 when the bytes do not contain all of it. */
export function readFirst(
  record: RecordReader,
  bytes: Buffer,
  { dialect, final }: { dialect: Dialect; final: boolean },
): number {
  let at = behindLines(bytes, markLength(bytes), dialect.skipLines);
  while (at >= 0 && at < bytes.length) {
    const behind = endOfComment(bytes, at, bytes.length, dialect.comment);
    if (behind !== at) {
      at = behind;
      continue;
    }
    if (record.read(bytes, { from: at, to: bytes.length, final }) !== 'whole') return -1;
    if (!isBlankRecord(bytes, record)) return at;
    at = record.next;
  }
  return -1;
}

/** The offset after this many lines, or -1 when there are fewer. */
function behindLines(bytes: Buffer, from: number, count: number): number {
  let at = from;
  for (let line = 0; line < count; line++) {
    const newline = bytes.indexOf(NEWLINE, at);
    if (newline < 0) return -1;
    at = newline + 1;
  }
  return at;
}

/** The offset after the comment at `at`; `at` itself when there is none, -1 when the comment is incomplete. */
export function endOfComment(bytes: Buffer, at: number, to: number, comment: string | undefined): number {
  if (
    comment === undefined ||
    bytes.toString('utf8', at, Math.min(to, at + Buffer.byteLength(comment))) !== comment
  )
    return at;
  const newline = newlineIn(bytes, at, to);
  return newline < 0 ? -1 : newline + 1;
}

/** Whether the record is nothing but white space, or nothing but delimiters. */
export function isBlankRecord(bytes: Buffer, record: RecordReader): boolean {
  for (let field = 0; field < record.fields; field++) {
    const from = record.from[field]!;
    const to = record.to[field]!;
    if ((record.writing[field]! & ~UNCLEAN) !== PLAIN) return false;
    if (from !== to && (record.fields > 1 || !isBlank(bytes, from, to))) return false;
  }
  return true;
}

/** The header as it is, with one newline; nothing where the user names the columns. */
export function headerOf({ dialect, header, fieldsLine }: TableOptions, head: Uint8Array): Uint8Array {
  if (fieldsLine !== undefined) return Buffer.from(`${fieldsLine}\n`);
  if (header !== 'first') return new Uint8Array(0);
  const bytes = Buffer.from(head);
  const record = new RecordReader(dialect);
  const from = readFirst(record, bytes, { dialect, final: true });
  // The same number of lines precedes the header, so that reading the file again skips them.
  const skipped = '\n'.repeat(dialect.skipLines);
  return Buffer.concat([Buffer.from(skipped), bytes.subarray(from, record.end), Buffer.from('\n')]);
}
