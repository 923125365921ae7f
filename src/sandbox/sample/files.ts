/** The files that the examples of README.md use, with events of the last minutes. */
import { gzipSync } from 'node:zlib';

/** The package that the events belong to. @internal */
export const SAMPLE_PACKAGE = '970493a1-4ca0-4a4d-a085-fdce578e5a08';

/** Contents by file name. The last event is at `nowMs`. */
export function sampleFiles(nowMs: number): Readonly<Record<string, string | Uint8Array>> {
  return {
    'events.ndjson': events(1000, nowMs),
    'more-events.gz': gzipSync(events(20_000, nowMs - 3_600_000)),
    'stream.ndjson': events(500, nowMs - 7_200_000),
    'damaged.ndjson': damagedEvents(nowMs),
    'downloads.csv': downloads(200, nowMs),
    'calls.ndjson': calls(300, nowMs),
    'scarf-events.ndjson': lines(SCARF_EVENTS),
    'sumatra-signups.ndjson': lines(SIGNUPS),
    'loginsight-events.ndjson': lines(LOG_EVENTS),
  };
}

function events(count: number, lastMs: number): string {
  return Array.from({ length: count }, (_, index) => event(index, lastMs - 100 * (count - 1 - index))).join(
    '',
  );
}

function event(index: number, timeMs: number): string {
  return `${JSON.stringify({
    $package: SAMPLE_PACKAGE,
    $time: new Date(timeMs).toISOString(),
    $remote_address: `203.0.113.${1 + (index % 250)}`,
    $version: `1.${index % 7}.0`,
    channel: index % 3 === 0 ? 'beta' : 'stable',
  })}\n`;
}

/** Ten rows, three of them bad: one is not JSON, one has no time, one is an array. */
function damagedEvents(nowMs: number): string {
  const rows = Array.from({ length: 10 }, (_, index) => event(index, nowMs - 1000 * index));
  rows[2] = 'not json\n';
  rows[5] = `{"$package":"${SAMPLE_PACKAGE}","channel":"stable"}\n`;
  rows[8] = '["an","array"]\n';
  return rows.join('');
}

/** A table with its own column names, and cells that need a parser that understands quotes. */
function downloads(count: number, nowMs: number): string {
  const rows = Array.from({ length: count }, (_, index) => {
    const when = new Date(nowMs - 1000 * index).toISOString();
    return `${when},203.0.113.${1 + index},"a comma, ""quotes"" and\na second line",007\n`;
  });
  return `when,ip,note,build\n${rows.join('')}`;
}

/** API calls for Moesif, recent because it refuses those older than thirty days. */
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

/** The example of Scarf's own page ("Scarf docs, Importing events", 2026-06). */
const SCARF_EVENTS = [
  {
    $package: SAMPLE_PACKAGE,
    $remote_address: '152.241.796.177',
    $time: '2024-06-04T00:00:00Z',
    $unique_id: 'c20b1271-fb3f-abfa-df12-ef3cda4b2aa0',
  },
  {
    $package: SAMPLE_PACKAGE,
    $remote_address: '600.188.717.651',
    $time: '2024-06-01T00:00:00Z',
    $unique_id: '9053a19a-15a9-3695-bd37-b055a45949c1',
  },
  {
    $package: SAMPLE_PACKAGE,
    $remote_address: '665.921.984.205',
    $time: '2024-06-25T00:00:00Z',
    $unique_id: '09b5b69a-0af0-8002-2c2b-39df3d5685a4',
  },
];

const SIGNUPS = [
  { _type: 'signup', email: 'ada@example.org', ip: '203.0.113.7' },
  { _type: 'signup', email: 'grace@example.org', ip: '203.0.113.8' },
  { _type: 'signup', email: 'edsger@example.org', ip: '203.0.113.9' },
];

const LOG_EVENTS = [
  {
    text: 'user 7 signed in from 203.0.113.7',
    timestamp: 1763712000000,
    fields: [
      { name: 'user', startPosition: 5, length: 1 },
      { name: 'service', content: 'web' },
    ],
  },
  {
    text: 'user 8 changed the password',
    timestamp: 1763712001000,
    fields: [{ name: 'user', startPosition: 5, length: 1 }],
  },
  { text: 'user 7 signed out', timestamp: 1763712002000 },
];

function lines(rows: readonly object[]): string {
  return rows.map((row) => `${JSON.stringify(row)}\n`).join('');
}
