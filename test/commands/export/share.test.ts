/** The share and the time left of an export, from the length of replies to the line that people read. */
import { gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import type { ExportEvent } from '../../../src/events.ts';
import { showExport } from '../../../src/report/export/display.ts';
import { ExportTallyKeeper } from '../../../src/report/export/tally.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { makeEvents } from './event-rows.ts';
import { startExportServer, tableFor } from './export-server.ts';
import { runCli } from './run-cli.ts';

const plan = { from: '2026-11-01', to: '2026-11-02', perDay: 5_000 };
const options = { rows: () => makeEvents(plan) };

/** The events of an export of one window whose reply has these bytes and headers. */
async function exported(encode: (table: string) => { bytes: Buffer; headers: Record<string, string> }) {
  const directory = await temporaryDirectory();
  const { url } = await startExportServer({
    ...options,
    misbehave: ({ from, to }, response) => {
      const { bytes, headers } = encode(tableFor(options, from, to));
      response.writeHead(200, { 'content-type': 'text/csv', ...headers }).end(bytes);
      return true;
    },
  });
  const range = ['--from', plan.from, '--to', plan.to];
  const output = ['--output', 'events.csv', '--progress', 'json'];
  const { exit, stderr } = await runCli(['export', 'events', ...range, ...output], { url, directory });
  expect(exit).toBe(0);
  const lines = stderr.split('\n').filter((line) => line.startsWith('{'));
  return lines.map((line) => JSON.parse(line) as ExportEvent);
}

/** The line after each piece that was received, a second apart. */
function linesOf(events: readonly ExportEvent[]): string[] {
  let elapsedMs = 0;
  const keeper = new ExportTallyKeeper();
  const showing = showExport(keeper.tally, { elapsedMs: () => elapsedMs });
  showing.line();
  return events.flatMap((event) => {
    keeper.add(event);
    if (event.type !== 'rows-received') return [];
    elapsedMs += 1000;
    return [showing.line()];
  });
}

test.each<[string, (table: string) => { bytes: Buffer; headers: Record<string, string> }]>([
  [
    'plain',
    (table) => ({ bytes: Buffer.from(table), headers: { 'content-length': `${Buffer.byteLength(table)}` } }),
  ],
  [
    'gzip',
    (table) => {
      const bytes = gzipSync(table);
      return { bytes, headers: { 'content-length': `${bytes.length}`, 'content-encoding': 'gzip' } };
    },
  ],
])('one window, %s, says how far it is and how long it takes', async (_name, encode) => {
  const lines = linesOf(await exported(encode));
  expect(lines.length).toBeGreaterThan(2);
  expect(lines[0]).toMatch(/^events · [1-9]\d % · 0 of 1 window · .* left · 1\.0 s elapsed$/);
  expect(lines.at(-1)).toMatch(/^events · finishing · 0 of 1 window · /);
  expect(lines.at(-1)).not.toContain('left');
});

test('one window whose reply says no length has no time left', async () => {
  const lines = linesOf(await exported((table) => ({ bytes: Buffer.from(table), headers: {} })));
  expect(lines.length).toBeGreaterThan(2);
  for (const line of lines) expect(line).not.toMatch(/%|left|finishing/);
});
