/** A run that goes on touches no reply, and no row, that is not its own. */
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPlace, type Place } from '../machine.ts';

const rowsOf = (name: string) =>
  `{"_type":"signup","of":"${name}","n":1}\n{"_type":"signup","of":"${name}","n":2}\n`;

/** A run whose second row was refused together with its token; one reply is in its output. */
async function openStopped(): Promise<Place> {
  const place = await openPlace({
    faults: [{ kind: 'status', status: 401, vendor: 'sumatra', route: 'event', skip: 1, times: 1 }],
  });
  await place.write('a.ndjson', rowsOf('a'));
  const { exit } = await place.runCli([...ingest('a.ndjson'), '--output', 'out.ndjson']);
  expect(exit).toBe(4);
  return place;
}

const ingest = (input: string) => ['ingest', 'sumatra', input, '--json'];
const linesIn = async ({ directory }: Place, name: string) =>
  (await readFile(join(directory, name), 'utf8')).split('\n').filter((line) => line !== '');

test('what its new output held before stays, also when it goes on once more', async () => {
  const place = await openStopped();
  await place.write('mine.ndjson', '{"mine":1}\n');
  const again = [...ingest('a.ndjson'), '--output', 'mine.ndjson'];
  const dies = {
    faultPoint: (name: string) => {
      if (name === 'rejects-kept') throw new Error('the process ends here');
    },
  };
  await place.runCli([...again, '--append'], { machine: dies });
  expect((await place.runCli([...again, '--on-unknown', 'resend'])).exit).toBe(0);

  const [mine, ...replies] = await linesIn(place, 'mine.ndjson');
  expect(mine).toBe('{"mine":1}');
  expect(replies).toMatchObject([
    expect.stringContaining('"line":1,"reply"'),
    expect.stringContaining('"line":2,"reply"'),
  ]);
  expect(await linesIn(place, 'out.ndjson')).toHaveLength(1);
});

test('what another run has added to its output stays: it asks for another one, and sends nothing', async () => {
  const place = await openStopped();
  await place.write('b.ndjson', rowsOf('b'));
  expect((await place.runCli([...ingest('b.ndjson'), '--output', 'out.ndjson', '--append'])).exit).toBe(0);
  const before = await linesIn(place, 'out.ndjson');

  const refused = await place.runCli([...ingest('a.ndjson'), '--output', 'out.ndjson']);
  expect(refused).toMatchObject({ exit: 2 });
  expect(refused.stderr).toContain('another run has added to');
  expect(await linesIn(place, 'out.ndjson')).toEqual(before);

  expect((await place.runCli([...ingest('a.ndjson'), '--output', 'other.ndjson'])).exit).toBe(0);
  expect(await linesIn(place, 'other.ndjson')).toHaveLength(2);
  expect(await linesIn(place, 'out.ndjson')).toEqual(before);
});
