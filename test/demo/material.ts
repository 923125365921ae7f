/** The files that the demo needs fresh: events of the last minutes, whatever the day it is run. */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/** The package that the demo's events belong to. */
export const PACKAGE = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

/** Writes the fresh files into `directory`. The last event happened at `nowMs`. */
export async function writeMaterial(directory: string, nowMs: number): Promise<void> {
  const write = (name: string, content: string | Uint8Array) => writeFile(join(directory, name), content);
  await write('events.ndjson', events(1000, nowMs));
  await write('more-events.gz', gzipSync(events(20_000, nowMs - 3_600_000)));
  await write('stream.ndjson', events(500, nowMs - 7_200_000));
  await write('damaged.ndjson', damagedEvents(nowMs));
  await write('downloads.csv', downloads(200, nowMs));
  await write('calls.ndjson', calls(300, nowMs));
}

function events(count: number, lastMs: number): string {
  return Array.from({ length: count }, (_, index) => event(index, lastMs - 100 * (count - 1 - index))).join(
    '',
  );
}

function event(index: number, timeMs: number): string {
  return `${JSON.stringify({
    $package: PACKAGE,
    $time: new Date(timeMs).toISOString(),
    $remote_address: `203.0.113.${1 + (index % 250)}`,
    $version: `1.${index % 7}.0`,
    channel: index % 3 === 0 ? 'beta' : 'stable',
  })}\n`;
}

/** Ten rows, three of them bad: one that is no JSON, one without a time, one that is an array. */
function damagedEvents(nowMs: number): string {
  const rows = Array.from({ length: 10 }, (_, index) => event(index, nowMs - 1000 * index));
  rows[2] = 'not json\n';
  rows[5] = `{"$package":"${PACKAGE}","channel":"stable"}\n`;
  rows[8] = '["an","array"]\n';
  return rows.join('');
}

/** A table with a header of its own, and cells that only a reader of quotes gets right. */
function downloads(count: number, nowMs: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const when = new Date(nowMs - 1000 * index).toISOString();
    return `${when},203.0.113.${1 + index},"a comma, ""quotes"" and\na second line",007\n`;
  });
  return `when,ip,note,build\n${rows.join('')}`;
}

/** API calls as Moesif takes them: it refuses what is older than thirty days. */
function calls(count: number, nowMs: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const timeMs = nowMs - 1000 * index;
    return JSON.stringify({
      request: {
        time: new Date(timeMs).toISOString(),
        uri: `https://api.example.org/items/${index}`,
        verb: 'GET',
        headers: { 'User-Agent': 'example/1.0' },
        ip_address: '203.0.113.7',
      },
      response: { time: new Date(timeMs + 90).toISOString(), status: 200, headers: {} },
      user_id: String(index % 20),
    });
  });
  return `${rows.join('\n')}\n`;
}
