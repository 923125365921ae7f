import { PassThrough } from 'node:stream';
import stringWidth from 'string-width';
import { describe, expect, test } from 'vitest';
import type { List, ListSettings } from '../../../src/report/list/list.ts';
import { viewOf } from '../../../src/report/list/write.ts';
import { calendarTime, relativeTime } from '../../../src/report/terminal/relative-time.ts';
import { writtenTo } from '../../written-to.ts';

interface Row {
  name: string;
  size: number | null;
  made: string;
}

const nowMs = Date.parse('2026-11-26T12:00:00Z');

const list: List<Row> = {
  columns: [
    { name: 'name', value: ({ name }) => name, shrinksTo: 4 },
    { name: 'size', kind: 'count', value: ({ size }) => size, drops: 1 },
    { name: 'made', kind: 'time', value: ({ made }) => made },
    { name: 'length', value: ({ name }) => name.length, isExtra: true },
  ],
  empty: 'Nothing here: make something.',
};

const rows: Row[] = [
  { name: 'events', size: 1234567, made: '2026-11-26T10:00:00Z' },
  { name: '日本語', size: null, made: 'no time' },
];

/** What stands on a terminal of so many columns, or (undefined) in a pipe. */
async function written(
  settings: Partial<ListSettings>,
  { columns, shown = rows }: { columns?: number; shown?: readonly Row[] } = {},
) {
  const stdout = Object.assign(new PassThrough(), columns === undefined ? {} : { isTTY: true, columns });
  const stderr = new PassThrough();
  const machine = { stdout, stderr, environment: { NO_COLOR: '1' }, now: () => nowMs };
  await viewOf(list, { json: false, ...settings }, machine).write(shown, { a: 'document' });
  return { stdout: writtenTo(stdout), stderr: writtenTo(stderr) };
}

describe('a list', () => {
  test('is a table with a header, aligned by display width, with relative times', async () => {
    const { stdout } = await written({});
    expect(stdout.split('\n')).toEqual([
      'NAME         SIZE  MADE',
      'events  1,234,567  2 hours ago',
      '日本語          -  no time',
      '',
    ]);
  });

  test.each([14, 20, 28, 80])('fits %d columns', async (columns) => {
    const { stdout } = await written({}, { columns });
    for (const line of stdout.split('\n')) expect(stringWidth(line)).toBeLessThanOrEqual(columns);
    expect(stdout).toContain('NAME');
    expect(stdout.includes('SIZE')).toBe(columns >= 28);
  });

  test('without rows says so, and what to do', async () => {
    expect(await written({}, { shown: [] })).toEqual({
      stdout: '',
      stderr: 'Nothing here: make something.\n',
    });
    expect((await written({ output: 'json' }, { shown: [] })).stdout).toBe('[]\n');
    expect((await written({ output: 'csv' }, { shown: [] })).stdout).toBe('name,size,made,length\n');
  });

  test('is JSON or CSV with the very values', async () => {
    expect(JSON.parse((await written({ output: 'json' })).stdout)).toEqual([
      { name: 'events', size: 1234567, made: '2026-11-26T10:00:00Z', length: 6 },
      { name: '日本語', size: null, made: 'no time', length: 3 },
    ]);
    expect((await written({ output: 'csv', columns: ['size', 'Name'] })).stdout).toBe(
      'size,name\n1234567,events\n,日本語\n',
    );
  });

  test('has the columns that are chosen, in their order, whatever the form', async () => {
    expect((await written({ columns: ['length', 'name'] })).stdout).toBe(
      'LENGTH  NAME\n6       events\n3       日本語\n',
    );
    expect((await written({ json: true, columns: ['size'] })).stdout).toBe(
      '[{"size":1234567},{"size":null}]\n',
    );
  });

  test('prints with --json the document that it always printed', async () => {
    expect((await written({ json: true })).stdout).toBe('{"a":"document"}\n');
  });

  test('goes through jq, texts without quotes', async () => {
    expect((await written({ jq: '.[].name' })).stdout).toBe('events\n日本語\n');
    expect((await written({ json: true, jq: '.a' })).stdout).toBe('document\n');
    expect((await written({ jq: 'map(.size)' })).stdout).toBe('[1234567,null]\n');
  });

  test('on a terminal lets jq print nothing that could steer it', async () => {
    expect((await written({ jq: '"\\u001b[2J"' }, { columns: 80 })).stdout).toBe('\ufffd[2J\n');
  });

  test.each([
    [{ columns: ['nothing'] }, 'there is no column "nothing"'],
    [{ json: true, output: 'csv' }, '--json and --output csv cannot be used together'],
    [{ jq: '.', output: 'table' }, '--jq works on JSON, not on --output table'],
    [{ jq: '.[' }, /^--jq: syntax error.*$/],
    [{ jq: '.[0].name.x' }, /^--jq: .*Cannot index string/],
  ])('refuses %j', async (settings, message) => {
    await expect(written(settings)).rejects.toMatchObject({ kind: 'usage' });
    await expect(written(settings)).rejects.toThrow(message);
  });

  test('ends with the command, whatever its filter does', async () => {
    const giveUp = new AbortController();
    const machine = {
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      environment: {},
      now: () => nowMs,
      signal: giveUp.signal,
    };
    const writing = viewOf(list, { json: false, jq: 'last(range(infinite))' }, machine).write(rows);
    giveUp.abort(new Error('the deadline'));
    await expect(writing).rejects.toThrow('the deadline');
  });
});

describe('times', () => {
  test.each([
    ['2026-11-26T12:00:00Z', 'now'],
    ['2026-11-26T11:59:59Z', '1 second ago'],
    ['2026-11-26T11:58:30Z', '1 minute ago'],
    ['2026-11-26T10:00:00Z', '2 hours ago'],
    ['2026-11-23T10:00:00Z', '3 days ago'],
    ['2026-11-26T12:05:00Z', 'in 5 minutes'],
    ['2025-11-26T10:00:00Z', '2025-11-26'],
    ['yesterday', 'yesterday'],
  ])('%s is %s', (time, text) => expect(relativeTime(time, nowMs)).toBe(text));

  test('of the calendar have their year where it is another one', () => {
    expect(calendarTime('2026-11-26T02:52:00', nowMs)).toBe('26 Nov 02:52');
    expect(calendarTime('2025-01-06T02:52:00', nowMs)).toBe('6 Jan 2025 02:52');
  });
});
