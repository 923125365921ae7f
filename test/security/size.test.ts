/** What is large comes through in bounded memory: 200 MB, whatever the input. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { gunzipSync, gzipSync } from 'node:zlib';
import { describe, expect, it, onTestFinished } from 'vitest';
import { run } from '../child.ts';
import { eventRows, lines, openPlace, PACKAGE, type Place, type Report } from '../machine.ts';

const program = join(import.meta.dirname, '../../bin/scarf-cli.js');
const maxPeakKb = 200_000;

/**
 * Prints the peak of its own memory in kilobytes. On Linux `maxRSS` counts that of the process that started it as well,
 * which may have run a hundred files of tests.
 */
const tellPeak = `
import { existsSync, readFileSync } from 'node:fs';
const status = '/proc/self/status';
process.on('exit', () => {
  const own = existsSync(status) && /^VmHWM:\\s+(\\d+) kB/m.exec(readFileSync(status, 'utf8'))?.[1];
  console.error('\\npeak=' + (own || process.resourceUsage().maxRSS));
});`;

/** The built command, with its peak of memory as the system counts it, in kilobytes. */
async function measured(place: Place, argv: readonly string[], environment: Record<string, string> = {}) {
  const all = {
    ...place.sandbox.environment,
    SCARF_STATE_DIR: join(place.directory, 'state'),
    ...environment,
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(tellPeak)}`,
  };
  const variables = Object.entries(all).map(([name, value]) => `${name}=${String(value)}`);
  const command = ['bash', '-c', 'exec "$0" "$@" 2>&1', process.execPath, program, ...argv, '--json'];
  const { lines: printed } = await run(['env', ...variables, ...command], place.directory);
  const report = JSON.parse(printed.find((line) => line.startsWith('{"schema"')) ?? '{}') as Report;
  const peakKb = Number(printed.find((line) => line.startsWith('peak='))?.slice('peak='.length));
  return { report, peakKb };
}

describe('memory stays bounded', () => {
  it('with a gzip file of 1000:1', async () => {
    const place = await openPlace({ scarf: { keepEvents: false } });
    const row = `{"$package":"${PACKAGE}","$time":"2126-11-21T08:00:00Z","text":"${'a'.repeat(100_000)}"}\n`;
    await place.write('bomb.gz', gzipSync(row.repeat(500), { level: 9 }));
    const { report, peakKb } = await measured(place, ['import', 'bomb.gz']);
    expect(report.counts).toMatchObject({ read: 500, accepted: 500 });
    expect(peakKb).toBeLessThan(maxPeakKb);
  });

  it('with a line of fifty megabytes, which is a reject and kept', async () => {
    const place = await openPlace();
    const file = createWriteStream(join(place.directory, 'line.ndjson'));
    file.write(`${eventRows(1).join('')}\n{"x":"`);
    const megabyte = 'a'.repeat(1_000_000);
    for (let count = 0; count < 50; count += 1) if (!file.write(megabyte)) await once(file, 'drain');
    file.end('"}\n');
    await once(file, 'close');
    const { report, peakKb } = await measured(place, ['import', 'line.ndjson', '--rejects', 'bad.ndjson']);
    expect(report.counts).toMatchObject({ read: 2, accepted: 1, rejected: 1 });
    expect(peakKb).toBeLessThan(maxPeakKb);
  });

  it('with thirty thousand rejects among good rows', async () => {
    const place = await openPlace();
    const good = eventRows(100);
    const rows = good.flatMap((row) => [row, ...Array.from({ length: 300 }, (_, n) => `bad ${n}`)]);
    await place.write('bad.ndjson', lines(rows));
    const { report, peakKb } = await measured(place, ['import', 'bad.ndjson']);
    expect(report.counts).toMatchObject({ accepted: 100, rejected: 30_000 });
    expect(peakKb).toBeLessThan(maxPeakKb);
  });

  it('with a log that refuses 180,000 rows, each in words of its own', async () => {
    const place = await openPlace();
    const rows = 180_000;
    await place.write('events.ndjson', '{"$time":"2126-11-25T00:00:00Z","$package":"p"}\n'.repeat(rows));
    const environment = { SCARF_API_URL: await startRefusingServer() };
    const argv = ['import', 'events.ndjson', '--rejects', 'bad.ndjson'];
    const { report, peakKb } = await measured(place, argv, environment);
    expect(report.counts).toMatchObject({ read: rows, accepted: 0, rejected: rows });
    expect(peakKb).toBeLessThan(maxPeakKb);
  });
});

/** A Scarf whose imports are done at once, with every row refused. */
async function startRefusingServer(): Promise<string> {
  const jobs: Record<string, unknown>[] = [];
  const server = createServer((request, response) => {
    void refuse(jobs, request, response);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

async function refuse(
  jobs: Record<string, unknown>[],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of request) parts.push(part as Buffer);
  const { method, url = '' } = request;
  if (method === 'POST') {
    const failed = gunzipSync(Buffer.concat(parts)).toString('latin1').split('\n').length - 1;
    jobs.unshift({
      id: `i-${jobs.length}`,
      status: 'done',
      events_total: failed,
      events_failed_to_import: failed,
    });
    response.end(JSON.stringify({ ...jobs[0], status: 'importing', events_successfully_imported: 0 }));
  } else if (url.endsWith('/log')) {
    const total = jobs.find(({ id }) => url.includes(`/${String(id)}/`))?.['events_total'] as number;
    for (let line = 1; line <= total; line++) {
      const entry = {
        class: 'error',
        type: 'bad',
        line,
        human_friendly_message: `line ${line} is not as it should be`,
      };
      if (!response.write(`${JSON.stringify(entry)}\n`)) await once(response, 'drain');
    }
    response.end();
  } else {
    response.end(JSON.stringify({ event_imports: url.includes('status=importing') ? [] : jobs }));
  }
}
