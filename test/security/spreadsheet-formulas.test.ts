import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, it, onTestFinished } from 'vitest';
import { runCli } from '../commands/export/run-cli.ts';
import { startScriptedServer } from '../http/scripted-server.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';

const mark = '\ufeff';
const header = "id,time,'=HYPERLINK(A1),'@name";

/** Exports of two days from a server whose columns are named like formulas. */
async function openScene() {
  const server = await startScriptedServer(({ url }) => {
    const day = new URL(url, 'http://x').searchParams.get('end_date') ?? '';
    const row = `e-${day},${day}T08:00:00Z,=cmd|'/c calc'!A1,-1+2`;
    return {
      status: 200,
      headers: { 'content-type': 'text/csv' },
      body: `id,time,=HYPERLINK(A1),@name\r\n${row}\r\n`,
    };
  });
  onTestFinished(() => server.close());
  const directory = await temporaryDirectory();
  const run = (...argv: string[]) => runCli(['export', 'events', ...argv], { url: server.url, directory });
  return { run, file: (name: string) => readFile(join(directory, name)) };
}

const oneDay = ['--from', '2026-11-02', '--to', '2026-11-02'];

it('names of columns and cells get an apostrophe, and the file a byte order mark', async () => {
  const { run, file } = await openScene();
  expect((await run(...oneDay, '--excel-safe', '--output', 'events.csv')).exit).toBe(0);
  const row = "e-2026-11-02,2026-11-02T08:00:00Z,'=cmd|'/c calc'!A1,'-1+2";
  expect((await file('events.csv')).toString()).toBe(`${mark}${header}\r\n${row}\r\n`);
});

it.each([[['--excel-safe']], [['--bom']]])(
  'an incremental file with %j has one mark, and each column once',
  async (flags) => {
    const { run, file } = await openScene();
    const argv = [...flags, '--incremental', '--output', 'events.csv'];
    for (const day of ['2026-11-02', '2026-11-03', '2026-11-04']) {
      const outcome = await run('--from', day, '--to', day, ...argv);
      expect(outcome.stderr).not.toMatch(/came too late|no column/);
      expect(outcome.exit).toBe(0);
    }
    const text = (await file('events.csv')).toString();
    expect(text.lastIndexOf(mark)).toBe(0);
    const [first = '', ...rows] = text.slice(1).trimEnd().split('\r\n');
    expect(first.replaceAll("'", '')).toBe(header.replaceAll("'", ''));
    expect(rows.map((row) => row.slice(0, 12))).toEqual(['e-2026-11-02', 'e-2026-11-03', 'e-2026-11-04']);
  },
);

it('--bom alone leaves everything else as it came, in each file, compressed or not', async () => {
  const { run, file } = await openScene();
  await run(...oneDay, '--output', 'plain.csv');
  const plain = (await file('plain.csv')).toString();
  await run(...oneDay, '--bom', '--output', 'marked.csv');
  expect((await file('marked.csv')).toString()).toBe(mark + plain);
  await run(...oneDay, '--bom', '--output', 'marked.csv.gz');
  expect(gunzipSync(await file('marked.csv.gz')).toString()).toBe(mark + plain);
  await run(...oneDay, '--bom', '--split', 'day', '--output', 'days/');
  expect((await file('days/events-2026-11-02.csv')).toString()).toBe(mark + plain);
  const { stdout } = await run(...oneDay, '--bom');
  expect(stdout.toString()).toBe(mark + plain);
});

it.each(['ndjson', 'parquet'])('--bom is refused for %s', async (format) => {
  const { run } = await openScene();
  expect((await run(...oneDay, '--bom', '--output', `events.${format}`)).exit).toBe(2);
});
