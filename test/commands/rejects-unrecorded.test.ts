/** Rejects that were written before their length was on record do not count, and are taken out again. */
import { readFile, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { openPlace, type Place } from '../machine.ts';

const state = '.local/state/scarf-cli/runs';
const row = '{"_type":"signup"}\n';

/** Ends the run between its first rejects and the record of their lengths. */
const dies = {
  faultPoint: (name: string) => {
    if (name === 'rejects-kept') throw new Error('the process ends here');
  },
};

async function openRefusal(times: number): Promise<Place> {
  const fault = { kind: 'status', status: 400, vendor: 'sumatra', route: 'event', times } as const;
  const place = await openPlace({ faults: [fault] });
  await place.write('rows.ndjson', row);
  return place;
}

async function rejectsOfRun(place: Place): Promise<string> {
  const [run = ''] = await readdir(join(place.directory, state));
  return join(place.directory, state, run, 'rejects.ndjson');
}

const outputs: [string, string[], (place: Place) => Promise<string>][] = [
  [
    'the file of --rejects',
    ['--rejects', 'bad.ndjson'],
    async ({ directory }) => join(directory, 'bad.ndjson'),
  ],
  ['the directory of the run', [], rejectsOfRun],
];

test.each(outputs)('in %s', async (_name, flags, find) => {
  const place = await openRefusal(1);
  const command = ['ingest', 'sumatra', 'rows.ndjson', ...flags, '--json'];
  await place.runCli(command, { machine: dies });
  const path = await find(place);
  expect(await readFile(path, 'utf8')).toBe(row);

  const next = await place.runCli(command);
  expect(next).toMatchObject({ exit: 8, report: { counts: { read: 1, unknown: 1, rejected: 0 } } });
  expect(await readFile(path, 'utf8')).toBe('');
  expect(await readFile(`${path}.meta.ndjson`, 'utf8')).toBe('');
});

test('but what was in a file to be added to stays, wherever the run ended', async () => {
  for (const last of ['owned', 'files']) {
    const place = await openRefusal(2);
    const before = 'of another run\n';
    const path = await place.write('bad.ndjson', before);
    const command = ['ingest', 'sumatra', 'rows.ndjson', '--rejects', 'bad.ndjson', '--append', '--json'];
    await place.runCli(command, { machine: dies });
    const [run = ''] = await readdir(join(place.directory, state));
    const ledger = join(place.directory, state, run, 'ledger.ndjson');
    const records = (await readFile(ledger, 'utf8')).split('\n');
    const end = records.findIndex((record) => record.includes(`"type":"${last}"`));
    await writeFile(ledger, `${records.slice(0, end + 1).join('\n')}\n`);
    await writeFile(path, before);

    expect((await place.runCli(command)).exit).toBe(3);
    expect(await readFile(path, 'utf8')).toBe(before + row);
  }
});

test('and what another run added since stays when the run goes on', async () => {
  const place = await openRefusal(3);
  const command = ['ingest', 'sumatra', 'rows.ndjson', '--rejects', 'bad.ndjson', '--json'];
  await place.runCli(command, { machine: dies });
  const other = '{"_type":"other"}\n';
  await place.write('others.ndjson', other);
  const append = ['ingest', 'sumatra', 'others.ndjson', '--rejects', 'bad.ndjson', '--append', '--json'];
  expect((await place.runCli(append)).exit).toBe(3);
  expect((await place.runCli([...command, '--on-unknown', 'resend'])).exit).toBe(3);
  const kept = (await readFile(join(place.directory, 'bad.ndjson'), 'utf8')).split('\n');
  expect(kept).toContain(other.trimEnd());
});
