/** A file of rejects holds rows of one format and one header: inputs that differ get a file each. */
import { spawn } from 'node:child_process';
import { appendFile, readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { describe, expect, test } from 'vitest';
import { eventRows, lines, openPlace, PACKAGE, type Place } from '../machine.ts';

const time = new Date().toISOString();
const read = (place: Place, name: string) => readFile(join(place.directory, name), 'utf8');
const isThere = (place: Place, name: string) =>
  stat(join(place.directory, name)).then(
    () => true,
    () => false,
  );

/** Good rows, and one bad row in the middle, of a table; two tables begin with other rows. */
function table(header: string, bad: string, rows = 2): string {
  const good = (at: number) => `${new Date(Date.parse(time) + at).toISOString()},${PACKAGE}\n`;
  const ahead = bad.charCodeAt(4);
  return `${header}\n${good(ahead)}${good(0).repeat(rows)}${bad}\n${good(ahead)}`;
}

const first = '$time,$package';
const second = '$time,$tracking_pixel';

async function mixed(rows = 2): Promise<Place> {
  const place = await openPlace({
    scarf: {
      artifacts: [
        { kind: 'package', id: PACKAGE },
        { kind: 'pixel', id: PACKAGE },
      ],
    },
  });
  await place.write('a.ndjson', lines([...eventRows(rows), 'bad a', ...eventRows(rows, { first: 900 })]));
  await place.write('b.csv', table(first, 'bad b', rows));
  await place.write('c.csv', table(second, 'bad c', rows));
  await place.write('d.csv', table(first, 'bad d', rows + 1));
  return place;
}

const INPUTS = ['a.ndjson', 'b.csv', 'c.csv', 'd.csv'];
const HELD: Record<string, string> = {
  'bad.ndjson': 'bad a\n',
  'bad.2.csv': `${first}\nbad b\nbad d\n`,
  'bad.3.csv': `${second}\nbad c\n`,
};

async function expectHeld(place: Place, held = HELD): Promise<void> {
  for (const [name, text] of Object.entries(held)) {
    expect([name, await read(place, name)]).toEqual([name, text]);
    const meta = (await read(place, `${name}.meta.ndjson`)).trimEnd().split('\n');
    expect(meta).toHaveLength(text.split('\n').filter((line) => line.startsWith('bad')).length);
  }
}

describe('inputs that differ', () => {
  test('have files beside the one that was named, which the report and the next step name', async () => {
    const place = await mixed();
    const { exit, report, stderr } = await place.importFiles([...INPUTS, '--rejects', 'bad.ndjson']);
    expect(exit).toBe(3);
    await expectHeld(place);
    const files = Object.keys(HELD).map((name) => join(place.directory, name));
    expect(report.rejects).toMatchObject({
      path: files[0],
      state: 'present',
      files: files.map((path) => ({ path, state: 'present' })),
    });
    for (const file of files) expect(stderr).toContain(`rejects: ${file}\n`);
    expect(stderr).toMatch(/next: .* those files/);
  });

  test('are mended and given again together', async () => {
    const place = await mixed();
    await place.importFiles([...INPUTS, '--rejects', 'bad.ndjson']);
    for (const [name, text] of Object.entries(HELD)) {
      const row =
        name === 'bad.ndjson' ? `{"$time":"${time}","$package":"${PACKAGE}"}` : `${time},${PACKAGE}`;
      await place.write(name, text.replaceAll(/^bad .*$/gm, row));
    }
    const { exit, report } = await place.importFiles(Object.keys(HELD));
    expect([exit, report.counts.accepted]).toEqual([0, 4]);
  });

  test('have files in the directory of the run', async () => {
    const place = await mixed();
    const { report } = await place.importFiles(INPUTS);
    const directory = join(report.rejects.path ?? '', '..');
    const names = (await readdir(directory)).filter((name) => /^rejects.*(csv|ndjson)$/.test(name));
    expect(names.filter((name) => !name.includes('meta')).sort()).toEqual([
      'rejects.2.csv',
      'rejects.3.csv',
      'rejects.ndjson',
    ]);
  });

  test('of one directory have a file each, as before', async () => {
    const place = await mixed();
    const { report } = await place.importFiles([...INPUTS, '--rejects', 'out/']);
    expect(report.rejects.path).toBe(join(place.directory, 'out/'));
    expect(await read(place, 'out/b.csv')).toBe(`${first}\nbad b\n`);
  });

  test('by the delimiter alone, where no header tells it', async () => {
    const place = await openPlace();
    const flags = ['--header', 'none', '--map', 'column1=$time', '--map', 'column2=$package'];
    await place.write('a.csv', `${time},${PACKAGE}\n${time},${PACKAGE}\nbad a\n`);
    await place.write('b.csv', `${time};${PACKAGE}\n${time};${PACKAGE}\nbad b\n`);
    await place.importFiles(['a.csv', 'b.csv', ...flags, '--rejects', 'bad']);
    expect([await read(place, 'bad'), await read(place, 'bad.2.csv')]).toEqual(['bad a\n', 'bad b\n']);
  });

  test('an input that stands where one of the files would go is not touched', async () => {
    const place = await mixed();
    await place.write('bad.2.csv', table(first, 'bad e'));
    for (const more of [[], ['--append'], ['--overwrite']]) {
      const argv = ['a.ndjson', 'bad.2.csv', '--rejects', 'bad.ndjson', ...more];
      expect((await place.importFiles(argv)).exit).toBe(2);
      expect(await read(place, 'bad.2.csv')).toBe(table(first, 'bad e'));
    }
    expect(place.sandbox.vendors.scarf.events()).toEqual([]);
  });

  test("somebody else's file there is not touched either", async () => {
    const place = await mixed();
    await place.write('bad.2.csv', 'mine');
    expect((await place.importFiles([...INPUTS, '--rejects', 'bad.ndjson'])).exit).toBe(2);
    expect([await read(place, 'bad.2.csv'), await isThere(place, 'bad.ndjson')]).toEqual(['mine', false]);
  });
});

describe('a later run', () => {
  test('says what has become of each file', async () => {
    const place = await mixed();
    await place.importFiles([...INPUTS, '--rejects', 'bad.ndjson']);
    await rm(join(place.directory, 'bad.2.csv'));
    await appendFile(join(place.directory, 'bad.3.csv'), 'x\n');
    const { exit, report } = await place.importFiles([...INPUTS, '--rejects', 'bad.ndjson']);
    expect(exit).toBe(3);
    expect(report.rejects).toMatchObject({
      state: 'changed',
      files: [{ state: 'present' }, { state: 'gone' }, { state: 'changed' }],
    });
  });

  test('adds to the file of its kind what an input has grown by', async () => {
    const place = await mixed();
    await place.importFiles([...INPUTS, '--rejects', 'bad.ndjson']);
    await appendFile(join(place.directory, 'c.csv'), 'bad 2\n');
    expect((await place.importFiles(['c.csv', '--rejects', 'bad.ndjson'])).exit).toBe(3);
    await expectHeld(place, { ...HELD, 'bad.3.csv': `${second}\nbad c\nbad 2\n` });
  });

  test('adds with --append only to what has its header', async () => {
    const place = await mixed();
    await place.write('bad.csv', `${first}\nolder\n`);
    await place.importFiles(['b.csv', 'c.csv', '--rejects', 'bad.csv', '--append']);
    expect(await read(place, 'bad.csv')).toBe(`${first}\nolder\nbad b\n`);
    expect(await read(place, 'bad.2.csv')).toBe(`${second}\nbad c\n`);
  });
});

describe('a run that goes on', () => {
  test.each([
    ['with all inputs', INPUTS],
    ['with its inputs in another order', [...INPUTS].reverse()],
  ])('%s keeps each kind in its file', async (_, inputs) => {
    const place = await mixed(300);
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 2 }]);
    const flags = ['--rejects', 'bad.ndjson', '--chunk-size', '4KiB', '--retries', '0'];
    expect((await place.importFiles([...INPUTS, ...flags])).exit).toBe(5);
    place.sandbox.faults.clear();
    const { exit, report } = await place.importFiles([...inputs, ...flags]);
    expect(exit).toBe(3);
    expect(report.counts.rejected).toBe(4);
    for (const [name, text] of Object.entries(HELD)) {
      expect([...(await read(place, name)).split('\n')].sort()).toEqual(text.split('\n').sort());
    }
  });

  test('after kill -9, again and again, has each reject once in its file', async () => {
    const place = await mixed(500);
    const program = join(process.cwd(), 'bin/scarf-cli.js');
    const flags = ['--rejects', 'bad.ndjson', '--chunk-size', '8KiB', '--json', '--progress', 'none'];
    const environment = { ...process.env, ...place.sandbox.environment, HOME: place.directory };
    let ended: number | null = null;
    for (let attempt = 1; ended === null; attempt++) {
      const child = spawn('node', [program, 'import', ...INPUTS, ...flags], {
        cwd: place.directory,
        env: environment,
        stdio: 'ignore',
      });
      const closed = new Promise<number | null>((resolve) => child.once('close', resolve));
      const before = place.sandbox.vendors.scarf.imports().length;
      void (async () => {
        const enough = before + 7 * attempt;
        while (child.exitCode === null && place.sandbox.vendors.scarf.imports().length < enough)
          await wait(5);
        child.kill('SIGKILL');
      })();
      ended = await closed;
    }
    expect(ended).toBe(3);
    for (const [name, text] of Object.entries(HELD)) {
      expect([...(await read(place, name)).split('\n')].sort()).toEqual(text.split('\n').sort());
    }
  });
});

test('rejects of text in another encoding are read by the same options', async () => {
  const place = await openPlace();
  const flags = ['--encoding', 'windows-1252', '--package', PACKAGE, '--map', 'when=$time'];
  await place.write('a.csv', Buffer.from(`when,name\nnever,Müller\n${time},Jäger\n`, 'latin1'));
  await place.importFiles(['a.csv', ...flags, '--rejects', 'bad.csv']);
  expect(await read(place, 'bad.csv')).toBe('\uFEFFwhen,name\nnever,Müller\n');
  await place.write('bad.csv', (await read(place, 'bad.csv')).replace('never', time));
  expect((await place.importFiles(['bad.csv', ...flags])).exit).toBe(0);
  expect(place.sandbox.vendors.scarf.events().map(({ text }) => text)).toMatchObject([
    expect.stringContaining('Jäger'),
    expect.stringContaining('Müller'),
  ]);
});
