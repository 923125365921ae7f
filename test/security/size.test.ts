/** What is large comes through in bounded memory: 200 MB, whatever the input. */
import { createWriteStream } from 'node:fs';
import { join } from 'node:path';
import { once } from 'node:events';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { run } from '../child.ts';
import { eventRows, lines, openPlace, PACKAGE, type Place, type Report } from '../machine.ts';

const program = join(import.meta.dirname, '../../bin/scarf-cli.js');
const maxPeakKb = 200_000;

/** The built command, with its peak of memory as the system counts it, in kilobytes. */
async function measured(place: Place, argv: readonly string[]) {
  const tellPeak = 'process.on("exit",()=>console.error("\\npeak="+process.resourceUsage().maxRSS))';
  const all = {
    ...place.sandbox.environment,
    SCARF_STATE_DIR: join(place.directory, 'state'),
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
});
