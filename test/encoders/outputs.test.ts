import { expect, test } from 'vitest';
import { createOutputFormat, outputKindNamed, outputKindOf } from '../../src/encoders/outputs.ts';

test.each([
  ['a.csv', 'csv', '.csv'],
  ['a.csv.gz', 'csv', '.csv.gz'],
  ['a.jsonl', 'ndjson', '.jsonl'],
  ['a.ndjson.gz', 'ndjson', '.ndjson.gz'],
  ['a.parquet', 'parquet', '.parquet'],
])('%s is %s', (path, name, suffix) => {
  const kind = outputKindOf(path);
  expect(kind).toBeDefined();
  if (kind === undefined) return;
  const format = createOutputFormat(kind, {
    excelSafe: false,
    byteOrderMark: false,
    onLeftOut: () => undefined,
    onMissing: () => undefined,
  });
  expect(format).toMatchObject({ name, suffix });
});

test('names that say nothing', () => {
  expect([outputKindOf('a.txt'), outputKindOf('csv'), outputKindNamed('xml')]).toEqual([
    undefined,
    undefined,
    undefined,
  ]);
});
