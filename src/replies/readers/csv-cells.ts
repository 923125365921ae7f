/** Splits one CSV row into the texts of its cells. */

const quoteCharacter = '"';

/** The cells of the row in `bytes[from, to)`, without its line end. */
export function decodeCsvRow(bytes: Buffer, from: number, to: number): string[] {
  return splitCsvRow(bytes.toString('utf8', from, to));
}

/** The cells of one row. A quoted cell may contain commas, line ends and doubled quotes. */
export function splitCsvRow(text: string): string[] {
  const end = text.length - lineEndLength(text);
  const cells: string[] = [];
  let at = 0;
  for (;;) {
    if (text[at] === quoteCharacter) {
      const close = closingQuote(text, at + 1, end);
      const next = nextComma(text, close, end);
      // What stands between the closing quote and the comma is kept, as lenient readers do.
      const inside = text.slice(at + 1, close).replaceAll('""', quoteCharacter);
      cells.push(inside + text.slice(Math.min(close + 1, next), next));
      at = next;
    } else {
      const next = nextComma(text, at, end);
      cells.push(text.slice(at, next));
      at = next;
    }
    if (at >= end) return cells;
    at++;
  }
}

function lineEndLength(text: string): number {
  if (text.endsWith('\r\n')) return 2;
  return text.endsWith('\n') ? 1 : 0;
}

function nextComma(text: string, from: number, end: number): number {
  const found = text.indexOf(',', from);
  return found < 0 || found > end ? end : found;
}

function closingQuote(text: string, from: number, end: number): number {
  let at = text.indexOf(quoteCharacter, from);
  while (at >= 0 && at < end && text[at + 1] === quoteCharacter) {
    at = text.indexOf(quoteCharacter, at + 2);
  }
  return at < 0 || at > end ? end : at;
}
