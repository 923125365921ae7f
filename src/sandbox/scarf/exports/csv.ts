import type { Reply } from '../../wire/reply.ts';

const PIECE_CHARACTERS = 65_536;
const SPECIAL = /[",\r\n]/;

/** A row according to RFC 4180, ended by a newline. */
function csvRow(cells: readonly string[]): string {
  let text = '';
  let separator = '';
  for (const cell of cells) {
    text += separator + (SPECIAL.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell);
    separator = ',';
  }
  return `${text}\n`;
}

/** A CSV attachment that is generated while it is sent. */
export function csvReply(
  fileName: string,
  columns: readonly string[],
  rows: Iterable<readonly string[]>,
): Reply {
  async function* write(): AsyncGenerator<string> {
    let text = csvRow(columns);
    for (const row of rows) {
      text += csvRow(row);
      if (text.length < PIECE_CHARACTERS) continue;
      yield text;
      text = '';
    }
    yield text;
  }
  const headers = {
    'Content-Type': 'text/csv;charset=utf-8',
    'Content-Disposition': `attachment; filename="${fileName}"`,
  };
  return { status: 200, headers, body: write() };
}
