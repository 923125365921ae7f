/** Rows in doubt that are sent again on purpose are counted once, wherever that is interrupted. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPlace, type CliRun, type Place } from '../machine.ts';

const rows = Array.from({ length: 12 }, (_, nth) => (nth % 4 === 1 ? `bad ${nth}` : '{"_type":"signup"}'));
const bad = rows.filter((row) => row.startsWith('bad')).join('\n');
const command = ['ingest', 'sumatra', 'rows.ndjson', '--rejects', 'bad.ndjson', '--output', 'out.ndjson'];

/** The process ends at a step, the nth time that it comes to it. */
function endsAt(step: string, nth: number) {
  let left = nth;
  return {
    faultPoint: (name: string) => {
      if (name === step && (left -= 1) <= 0) throw new Error('the process ends here');
    },
  };
}

async function send(place: Place, flags: string[], step?: [string, number]): Promise<CliRun> {
  const machine = step === undefined ? {} : endsAt(...step);
  return place.runCli([...command, ...flags, '--json'], { machine });
}

const again = ['--on-unknown', 'resend'];

test.each<[string, [string[], [string, number]][]]>([
  ['while it is recorded that they are in doubt', [[again, ['rejects-kept', 1]]]],
  ['before the first was sent', [[again, ['intent', 1]]]],
  [
    'behind some of them',
    [
      [
        [...again, '--batch-events', '2'],
        ['answered', 2],
      ],
    ],
  ],
  [
    'twice, in other requests',
    [
      [
        [...again, '--batch-events', '2'],
        ['answered', 2],
      ],
      [
        [...again, '--batch-events', '3'],
        ['answered', 2],
      ],
    ],
  ],
])('ended %s', async (_name, ends) => {
  const place = await openPlace();
  await place.write('rows.ndjson', `${rows.join('\n')}\n`);
  await send(place, ['--batch'], ['answered', 1]);
  for (const [flags, step] of ends) await send(place, ['--batch', ...flags], step);

  const stopped = await send(place, ['--batch']);
  const { accepted = -1, unknown = -1 } = stopped.report?.counts ?? {};
  expect(stopped).toMatchObject({ exit: 8, report: { counts: { read: 12, rejected: 3, unsent: 0 } } });
  expect(accepted + unknown).toBe(9);
  const repeated = await send(place, ['--batch']);
  expect(repeated.report?.counts).toEqual(stopped.report?.counts);
  expect((await linesOf(place)).filter((line) => line.includes('"unknown":true'))).toHaveLength(unknown);

  const last = await send(place, ['--batch', ...again]);
  expect(last).toMatchObject({ exit: 3, report: { counts: { read: 12, accepted: 9, rejected: 3 } } });
  expect(await linesOf(place)).toHaveLength(9);
  expect(await readFile(join(place.directory, 'bad.ndjson'), 'utf8')).toBe(`${bad}\n`);
});

/** Replies, in the order of rows. */
async function linesOf(place: Place): Promise<string[]> {
  const text = await readFile(join(place.directory, 'out.ndjson'), 'utf8');
  const lines = text.split('\n').filter((line) => line !== '');
  const numbers = lines.map((line) => (JSON.parse(line) as { line: number }).line);
  expect(numbers).toEqual([...numbers].sort((one, other) => one - other));
  return lines;
}
