/** Text from outside that steers a terminal, in every list. */
import { PassThrough } from 'node:stream';
import { expect, test } from 'vitest';
import type { List } from '../../src/report/list/list.ts';
import { jsonText } from '../../src/report/list/json-text.ts';
import { viewOf } from '../../src/report/list/write.ts';
import { IMPORT_LIST } from '../../src/commands/imports/list.ts';
import { HISTORY_LIST, SCHEDULE_LIST } from '../../src/commands/schedule/list.ts';
import { writtenTo } from '../written-to.ts';

const evil = 'a\u001b[2J\u009b31m\u202eb\r\nc';
/** What a terminal takes for a command, or a row of its own. */
const steering = /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u202a-\u202e]/;

const lists = [
  ['imports', IMPORT_LIST, { id: evil, status: evil, created_at: evil, events_total: evil }],
  ['schedules', SCHEDULE_LIST, { id: evil, package_ids: [evil], cloud_service_spec: { bucket: evil } }],
  ['history', HISTORY_LIST, { export_id: evil, file_name: evil, status: evil }],
] as const;

test.each(lists)('%s: no form on a terminal can steer it', async (_name, list, row) => {
  for (const output of ['table', 'json', 'csv']) {
    const stdout = Object.assign(new PassThrough(), { isTTY: true, columns: 200 });
    const machine = { stdout, stderr: new PassThrough(), environment: { NO_COLOR: '1' }, now: () => 0 };
    await viewOf(list as List<unknown>, { json: false, output }, machine).write([row]);
    const text = writtenTo(stdout);
    expect(text).toContain('a');
    expect(text).not.toMatch(steering);
    if (output === 'table') expect(text.trimEnd().split('\n')).toHaveLength(2);
    if (output === 'json') expect(JSON.parse(text)).toEqual([row]);
  }
});

test('JSON says the same, whatever it escapes', () => {
  expect(JSON.parse(jsonText({ [evil]: evil }))).toEqual({ [evil]: evil });
  expect(jsonText(evil)).not.toMatch(steering);
});
