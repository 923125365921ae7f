import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { createOutputFormat, outputKindNamed, type OutputKind } from '../../src/encoders/outputs.ts';
import { widenCsv } from '../../src/encoders/widen-csv.ts';
import { piecesOf, readAll, untold } from './encode.ts';

const more = [
  { name: 'c', type: 'text' as const },
  { name: 'say "d", e', type: 'text' as const },
];

async function widened(text: string, pieceBytes: number): Promise<string> {
  return (await readAll(widenCsv(piecesOf(Buffer.from(text), pieceBytes), more))).toString();
}

describe('a table gets columns at its end, its cells stay as they are', () => {
  test.each([
    ['rows', 'id,b\n1,x\n2,y\n', 'id,b,c,"say ""d"", e"\n1,x,,\n2,y,,\n'],
    ['line ends of Windows', 'id\r\n1\r\n', 'id,c,"say ""d"", e"\r\n1,,\r\n'],
    ['cells over several lines', 'id\n"1\n2"\n', 'id,c,"say ""d"", e"\n"1\n2",,\n'],
    ['a header alone', 'id\n', 'id,c,"say ""d"", e"\n'],
    ['nothing', '', ''],
  ])('%s', async (_what, text, wide) => {
    for (const pieceBytes of [1, 3, 1_000]) expect(await widened(text, pieceBytes)).toBe(wide);
  });
});

test('a compressed table is one again; another format cannot be widened', async () => {
  const format = (name: string) =>
    createOutputFormat(outputKindNamed(name) as OutputKind, {
      excelSafe: false,
      byteOrderMark: false,
      ...untold,
    });
  async function* members() {
    yield gzipSync('id\n1\n');
    yield gzipSync('2\n');
  }
  const wide = await readAll(format('csv.gz').widen(members(), [{ name: 'c', type: 'text' }]));
  expect(gunzipSync(wide).toString()).toBe('id,c\n1,\n2,\n');
  expect(() => format('ndjson').widen(members(), more)).toThrow(expect.objectContaining({ kind: 'bug' }));
});
