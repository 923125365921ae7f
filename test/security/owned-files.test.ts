/** A file of rejects or replies belongs to the run that made it: no other run deletes, empties or shortens it. */
import { link, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventRows, lines, openPlace, type Place } from '../machine.ts';

const bad = 'bad.ndjson';
const meta = 'bad.ndjson.meta.ndjson';
const read = (place: Place, name: string) => readFile(join(place.directory, name), 'utf8');
const isThere = (place: Place, name: string) =>
  stat(join(place.directory, name)).then(
    () => true,
    () => false,
  );

/** A run that left a file of rejects, and inputs for others. */
async function withRejects(): Promise<Place & { left: string }> {
  const place = await openPlace();
  await place.write('first.ndjson', lines(['bad 1', ...eventRows(3)]));
  await place.write('clean.ndjson', lines(eventRows(3, { first: 10 })));
  await place.write('dirty.ndjson', lines(['bad 2', ...eventRows(3, { first: 20 })]));
  expect((await place.importFiles(['first.ndjson', '--rejects', bad])).exit).toBe(3);
  return { ...place, left: await read(place, bad) };
}

describe('the rejects of an earlier run stay', () => {
  test.each([['clean.ndjson'], ['dirty.ndjson'], ['clean.ndjson --no-ledger'], ['first.ndjson --salt x']])(
    'when another run names them: %s',
    async (command) => {
      const place = await withRejects();
      const before = await read(place, meta);
      const arrived = place.sandbox.vendors.scarf.events().length;
      const { exit, report } = await place.importFiles([...command.split(' '), '--rejects', bad]);
      expect(exit).toBe(2);
      expect(report.errors[0]?.hint).toMatch(/--append.*--overwrite/);
      expect(await read(place, bad)).toBe(place.left);
      expect(await read(place, meta)).toBe(before);
      expect(place.sandbox.vendors.scarf.events()).toHaveLength(arrived);
      const { stdout } = await place.runCli(['runs', 'list', '--json']);
      expect(JSON.parse(stdout)).toHaveLength(1);
    },
  );

  test.each([[[]], [['--overwrite']], [['--append']]])('when the token is wrong: %j', async (flags) => {
    const place = await withRejects();
    const environment = { SCARF_API_TOKEN: 'wrong' };
    const command = ['clean.ndjson', '--rejects', bad, ...flags];
    const { exit } = await place.importFiles(command, { environment });
    expect(exit).toBe(flags.length === 0 ? 2 : 4);
    expect(await read(place, bad)).toBe(place.left);
  });

  test('when only the descriptions are in the way', async () => {
    const place = await withRejects();
    await rm(join(place.directory, bad));
    const before = await read(place, meta);
    expect((await place.importFiles(['dirty.ndjson', '--rejects', bad])).exit).toBe(2);
    expect(await read(place, meta)).toBe(before);
    expect(await isThere(place, bad)).toBe(false);
  });

  test('also those of somebody else, in a directory of rejects', async () => {
    const place = await withRejects();
    await place.write('rejects', '');
    await rm(join(place.directory, 'rejects'));
    await place.importFiles(['dirty.ndjson', '--rejects', 'out/']);
    const before = await read(place, 'out/dirty.ndjson');
    const { exit } = await place.importFiles(['dirty.ndjson', '--salt', 'x', '--rejects', 'out/']);
    expect(exit).toBe(2);
    expect(await read(place, 'out/dirty.ndjson')).toBe(before);
  });
});

test('a file that a run was to add to, and did not, is not told of as its own', async () => {
  const place = await openPlace();
  await place.write('bad.ndjson', 'of somebody\n');
  await place.write('clean.ndjson', lines(eventRows(2)));
  const { exit, report } = await place.importFiles(['clean.ndjson', '--rejects', bad, '--append']);
  expect(exit).toBe(0);
  expect(report.rejects).toEqual({ path: null, state: null, files: [], rows: 0, reasons: [] });
  expect(await read(place, bad)).toBe('of somebody\n');
});

describe('two runs over different inputs, started together', () => {
  test.each([[[]], [['--append']], [['--overwrite']]])(
    'fill one file of rejects one by one: %j',
    async (flags) => {
      const place = await openPlace();
      await place.write('one.ndjson', lines(['bad 1', ...eventRows(3)]));
      await place.write('other.ndjson', lines(['bad 2', ...eventRows(3, { first: 10 })]));
      const names = ['one.ndjson', 'other.ndjson'];
      const runs = names.map((name) => place.importFiles([name, '--rejects', bad, ...flags]));
      const exits = (await Promise.all(runs)).map(({ exit }) => exit);
      expect(exits.toSorted()).toEqual([3, 9]);
      expect(await read(place, bad)).toBe(`bad ${exits.indexOf(3) + 1}\n`);
      expect(place.sandbox.vendors.scarf.events()).toHaveLength(3);
    },
  );

  test('fill one file of replies one by one: the second sends nothing', async () => {
    const place = await openPlace();
    const names = ['one.ndjson', 'other.ndjson'];
    for (const name of names) await place.write(name, lines([`{"_type":"signup","n":"${name}"}`]));
    const argv = ['ingest', 'sumatra', '--output', 'replies.ndjson', '--json', '--progress', 'none'];
    const { environment } = place.sandbox;
    const runs = names.map((name) => place.runCli([...argv, name], { environment }));
    const exits = (await Promise.all(runs)).map(({ exit }) => exit);
    expect(exits.toSorted()).toEqual([0, 9]);
    expect((await read(place, 'replies.ndjson')).trim().split('\n')).toHaveLength(1);
  });

  test('may fill a file each in one directory', async () => {
    const place = await openPlace();
    await place.write('one.ndjson', 'bad 1\n');
    await place.write('other.ndjson', 'bad 2\n');
    const names = ['one.ndjson', 'other.ndjson'];
    const runs = names.map((name) => place.importFiles([name, '--rejects', 'bad/']));
    expect((await Promise.all(runs)).map(({ exit }) => exit)).toEqual([3, 3]);
  });
});

describe('with a word they do not', () => {
  test('--append adds to them', async () => {
    const place = await withRejects();
    expect((await place.importFiles(['dirty.ndjson', '--rejects', bad, '--append'])).exit).toBe(3);
    expect(await read(place, bad)).toBe('bad 1\nbad 2\n');
    expect((await read(place, meta)).trim().split('\n')).toHaveLength(2);
  });

  test('--overwrite replaces them, and other names of the file keep what it held', async () => {
    const place = await withRejects();
    await link(join(place.directory, bad), join(place.directory, 'kept'));
    expect((await place.importFiles(['dirty.ndjson', '--rejects', bad, '--overwrite'])).exit).toBe(3);
    expect(await read(place, bad)).toBe('bad 2\n');
    expect(await read(place, 'kept')).toBe('bad 1\n');
  });

  test('--overwrite leaves nothing where nothing was rejected', async () => {
    const place = await withRejects();
    expect((await place.importFiles(['clean.ndjson', '--rejects', bad, '--overwrite'])).exit).toBe(0);
    expect(await isThere(place, bad)).toBe(false);
    expect(await isThere(place, meta)).toBe(false);
  });

  test('both at once are refused', async () => {
    const place = await withRejects();
    const flags = ['--rejects', bad, '--overwrite', '--append'];
    expect((await place.importFiles(['dirty.ndjson', ...flags])).exit).toBe(2);
    expect(await read(place, bad)).toBe(place.left);
  });

  test('an empty file is nobody’s', async () => {
    const place = await withRejects();
    await place.write('empty', '');
    expect((await place.importFiles(['dirty.ndjson', '--rejects', 'empty'])).exit).toBe(3);
    expect(await read(place, 'empty')).toBe('bad 2\n');
  });
});

describe('a run that was interrupted', () => {
  const rows = lines(eventRows(300).flatMap((row, n) => (n % 10 === 0 ? [row, `bad ${n}`] : [row])));
  const refuse = { kind: 'status', status: 500, route: 'import', skip: 2 } as const;

  async function interrupted(flags: readonly string[]): Promise<{ place: Place; command: string[] }> {
    const place = await openPlace();
    await place.write('a.ndjson', rows);
    const command = ['a.ndjson', '--chunk-size', '4KiB', '--rejects', bad, ...flags];
    await place.write('older.ndjson', lines(['older', ...eventRows(1, { first: 900 })]));
    if (flags.length > 0) await place.importFiles(['older.ndjson', '--rejects', bad]);
    place.sandbox.faults.append([refuse]);
    expect((await place.importFiles([...command, '--retries', '0'])).exit).toBe(5);
    place.sandbox.faults.clear();
    return { place, command };
  }

  test.each([[[]], [['--append']], [['--overwrite']]])('goes on with its own file: %j', async (flags) => {
    const { place, command } = await interrupted(flags);
    await writeFile(join(place.directory, bad), 'torn', { flag: 'a' });
    const { exit, report } = await place.importFiles(command);
    expect(exit).toBe(3);
    expect(report.rejects).toMatchObject({ rows: 30, reasons: [{ reason: 'not-json', rows: 30 }] });
    const kept = (await read(place, bad)).trim().split('\n');
    const isAppended = flags.includes('--append');
    expect(kept.filter((line) => line.startsWith('bad'))).toHaveLength(30);
    expect(kept.filter((line) => line === 'older')).toHaveLength(isAppended ? 1 : 0);
    expect(kept).toHaveLength(isAppended ? 31 : 30);
  });

  test('leaves another file under the name of its own alone', async () => {
    const { place, command } = await interrupted([]);
    await rm(join(place.directory, bad));
    await place.write('other', 'mine\n');
    await place.write(bad, 'mine\n');
    expect((await place.importFiles(command)).exit).toBe(2);
    expect(await read(place, bad)).toBe('mine\n');
    expect((await place.importFiles([...command, '--append'])).exit).toBe(3);
    expect(await read(place, bad)).toMatch(/^mine\nbad /);
  });
});

describe('a finished run that is repeated says of its rejects', () => {
  async function stateAfter(change: (path: string) => Promise<void>, flags = ['--rejects', bad]) {
    const place = await openPlace();
    await place.write('a.ndjson', lines(['bad', ...eventRows(3)]));
    const first = await place.importFiles(['a.ndjson', ...flags]);
    const path = first.report.rejects.path ?? '';
    await change(path);
    const { report, stderr } = await place.importFiles(['a.ndjson', '--rejects', 'elsewhere.ndjson']);
    const { path: told, state } = report.rejects as typeof report.rejects & { state: string };
    expect(told).toBe(path);
    return { state, stderr };
  }

  test('that they are there', async () => {
    const { state, stderr } = await stateAfter(async () => undefined);
    expect(state).toBe('present');
    expect(stderr).not.toMatch(/rejects: .*\(/);
  });

  test('that they were changed, also to as many bytes', async () => {
    const { state, stderr } = await stateAfter((path) => writeFile(path, 'BAD\n'));
    expect(state).toBe('changed');
    expect(stderr).toMatch(/rejects: .*changed/);
  });

  test('that they are gone', async () => {
    const { state, stderr } = await stateAfter((path) => rm(path));
    expect(state).toBe('gone');
    expect(stderr).toMatch(/rejects: .*gone/);
  });

  test('also where no place was named', async () => {
    expect((await stateAfter((path) => rm(path), [])).state).toBe('gone');
  });
});

describe('the replies of Sumatra', () => {
  const row = (n: number) =>
    JSON.stringify({ _type: 'login', _id: `id-${n}`, _time: '2126-11-21T08:00:00Z' });
  const command = ['ingest', 'sumatra', 's.ndjson', '--output', 'replies.ndjson'];

  test('of an earlier run stay, and grow with their input', async () => {
    const place = await openPlace();
    await place.write('s.ndjson', lines([row(1)]));
    await place.write('t.ndjson', lines([row(2)]));
    expect((await place.runCli(command)).exit).toBe(0);
    const left = await read(place, 'replies.ndjson');
    const other = await place.runCli(['ingest', 'sumatra', 't.ndjson', '--output', 'replies.ndjson']);
    expect(other.exit).toBe(2);
    expect(await read(place, 'replies.ndjson')).toBe(left);
    await place.write('s.ndjson', lines([row(1), row(3)]));
    expect((await place.runCli(command)).exit).toBe(0);
    expect((await read(place, 'replies.ndjson')).startsWith(left)).toBe(true);
    expect((await read(place, 'replies.ndjson')).trim().split('\n')).toHaveLength(2);
  });
});
