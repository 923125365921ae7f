import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startScriptedServer } from '../../http/scripted-server.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents, writeCsv } from './event-rows.ts';
import { startExportServer, tableFor } from './export-server.ts';
import { readTable } from './read-back.ts';
import { runCli } from './run-cli.ts';

const mark = '\ufeff';
const rows = makeEvents({ from: '2026-10-01', to: '2026-11-05', perDay: 3 });
/** Two windows. */
const range = ['--from', '2026-10-01', '--to', '2026-11-05'];

/** Each answer begins with a mark, and with a quoted name where one is asked for. */
async function exportMarked(argv: readonly string[], { quotesNames = false } = {}) {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({
    rows: () => rows,
    misbehave: ({ from, to }, response) => {
      const table = tableFor({ rows: () => rows }, from, to);
      response.end(`${mark}${quotesNames ? table.replace('id', '"id"') : table}`);
      return true;
    },
  });
  const run = await runCli(['export', 'events', ...range, ...argv], { url, directory });
  return { ...run, path: (name: string) => join(directory, name) };
}

test('of a reply is in no CSV file that was not asked to begin with one', async () => {
  const { exit, path } = await exportMarked(['--output', 'events.csv']);
  expect(exit).toBe(0);
  expect(await readFile(path('events.csv'), 'utf8')).toBe(writeCsv(rows));
});

test('of a reply is in no rows on standard output', async () => {
  expect((await exportMarked([])).stdout.toString()).toBe(writeCsv(rows));
});

test('is there once where it is asked for', async () => {
  const { path } = await exportMarked(['--output', 'events.csv', '--bom']);
  expect(await readFile(path('events.csv'), 'utf8')).toBe(`${mark}${writeCsv(rows)}`);
});

test('before a quoted name leaves the name as it is', async () => {
  const { exit, path } = await exportMarked(['--output', 'events.ndjson'], { quotesNames: true });
  expect(exit).toBe(0);
  const [first] = await readTable(path('events.ndjson'));
  expect(Object.keys(first ?? {})[0]).toBe('id');
  expect((await readTable(path('events.ndjson'))).map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
});

test.each([
  ['lines', [], (text: string) => text],
  [
    'one document',
    ['--breakdown', 'by-company-size', '--rollup', 'total'],
    (text: string) => `{"data":[${text}]}`,
  ],
])('before aggregates in %s costs no row', async (_how, argv, written) => {
  const directory = await temporaryDirectory();
  const server = await startScriptedServer(() => ({
    status: 200,
    body: `${mark}${written('{"date":"2026-11-01","artifact":"a","total":7}\n')}`,
  }));
  onTestFinished(() => server.close());
  const dates = ['--from', '2026-11-01', '--to', '2026-11-01'];
  const { exit, stdout } = await runCli(
    ['export', 'aggregates', ...dates, ...argv, '--columns', 'date,total'],
    { url: server.url, directory },
  );
  expect([exit, stdout.toString()]).toEqual([0, 'date,total\r\n2026-11-01,7\r\n']);
});
