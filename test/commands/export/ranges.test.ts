/** Progress is a set of ranges, and never says more than is there. */
import { createHash } from 'node:crypto';
import { readdir, readFile, rm, truncate, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { idsOf, later, startDayServer, type DayServer } from './day-server.ts';
import { readTable } from './read-back.ts';
import { runCli } from './run-cli.ts';

const file = ['--output', 'ev.csv'];
const directory = ['--output', 'days/', '--split', 'day'];
const places: [string, string[]][] = [
  ['a file', file],
  ['compressed NDJSON', ['--output', 'ev.ndjson.gz']],
  ['a directory by day', directory],
  ['a directory in the layout of Hive', [...directory, '--layout', 'hive', '--format', 'ndjson']],
];

interface Report {
  ranges: unknown;
  gaps: unknown;
  nothingNewThrough: string | null;
  columnsLeftOut: string[];
  notices: { code: string; message: string }[];
  errors: { message: string }[];
}

async function setUp(output: string[], given: Partial<DayServer> = {}) {
  const vendor = await startDayServer(given);
  const home = await temporaryDirectory();
  const run = async (...argv: string[]) => {
    const done = await runCli(['export', 'events', ...output, '--incremental', '--json', ...argv], {
      url: vendor.url,
      directory: home,
      now: `${vendor.today}T12:00:00Z`,
    });
    return { ...done, report: JSON.parse(done.stdout.toString()) as Report };
  };
  const ids = async () => (await readIds(home)).sort();
  return { vendor, home, run, ids };
}

/** Of all tables below a directory. */
async function readIds(home: string): Promise<string[]> {
  const names = await readdir(home, { recursive: true });
  const tables = names.filter((name) => /(?<!\.scarf-cli)\.(csv|ndjson)(\.gz)?$/.test(name));
  const rows = await Promise.all(tables.map((name) => readTable(join(home, name))));
  return rows.flat().map(({ id = '' }) => id);
}

const days = (from: string, to: string) => ({ from, to });

describe.each(places)('into %s', (_, output) => {
  test('a later range, an earlier one, then without dates: everything is there', async () => {
    const { ids, run, vendor } = await setUp(output);
    await run('--from', '2026-11-10', '--to', '2026-11-20');
    const second = await run('--from', '2026-11-01', '--to', '2026-11-02');
    expect(second.report.gaps).toEqual([days('2026-11-03', '2026-11-09')]);
    expect(second.stderr).toContain('2026-11-03 to 2026-11-09');
    expect(await ids()).toEqual([
      ...idsOf(vendor, '2026-11-01', '2026-11-02'),
      ...idsOf(vendor, '2026-11-10', '2026-11-20'),
    ]);
    const third = await run();
    expect(third.exit).toBe(0);
    expect(third.report.gaps).toEqual([]);
    expect(third.report.ranges).toEqual([days('2026-11-01', '2026-11-21')]);
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-01', '2026-11-21'));
    expect(vendor.asked.slice(2)).toEqual(['2026-11-03..2026-11-09', '2026-11-17..2026-11-21']);
    const fourth = await run();
    expect(fourth.stderr).toContain('Nothing new');
    expect(fourth.stderr).toContain('2026-11-01 to 2026-11-21');
    expect(vendor.asked).toHaveLength(4);
  });

  test('rows that came late are there though every run was on the same day', async () => {
    const { ids, run, vendor } = await setUp(output);
    vendor.quietDays.add('2026-11-08');
    await run('--from', '2026-11-01', '--to', '2026-11-10');
    vendor.quietDays.clear();
    await run('--from', '2026-11-01', '--to', '2026-11-14');
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-01', '2026-11-14'));
  });

  test('"Nothing new" is not said of a range with a hole in it', async () => {
    const { ids, run, vendor } = await setUp(output);
    await run('--from', '2026-11-01', '--to', '2026-11-02');
    await run('--from', '2026-11-10', '--to', '2026-11-20');
    const { report } = await run('--from', '2026-11-02', '--to', '2026-11-11');
    expect(report.nothingNewThrough).toBeNull();
    expect(vendor.asked.slice(2)).toEqual(['2026-11-03..2026-11-09']);
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-01', '2026-11-20'));
  });

  test('one run with a clock 60 days fast does not stop the sync, and is mended', async () => {
    const { home, ids, run, vendor } = await setUp(output);
    await run('--from', '2026-11-10');
    const fast = await runCli(['export', 'events', ...output, '--incremental'], {
      url: vendor.url,
      directory: home,
      now: '2027-01-21T12:00:00Z',
    });
    expect(fast.exit).toBe(0);
    vendor.today = '2026-12-04';
    const next = await run();
    expect(next.exit).toBe(0);
    expect(next.report.notices.map(({ code }) => code)).toContain('checkpoint-ahead');
    expect(next.report.ranges).toEqual([days('2026-11-10', '2026-12-03')]);
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-10', '2026-12-03'));
    expect((await run()).report.notices).toEqual([]);
  });

  test('a state ahead of the clock is mended by a run that fetches nothing', async () => {
    const { home, ids, run, vendor } = await setUp(output, { today: '2026-11-06' });
    await run('--from', '2026-11-01');
    await runCli(['export', 'events', ...output, '--incremental'], {
      url: vendor.url,
      directory: home,
      now: '2026-11-10T12:00:00Z',
    });
    const idle = await run('--from', '2026-11-01', '--to', '2026-11-01');
    expect(idle.report.notices.map(({ code }) => code)).toContain('checkpoint-ahead');
    // The day has come up to which the fast clock read, so that nothing looks wrong any more.
    vendor.today = '2026-11-10';
    await run();
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-01', '2026-11-09'));
  });

  test('rows that come late are read again at the end of each range', async () => {
    const { ids, run, vendor } = await setUp(output, { today: '2026-11-05' });
    await run('--from', '2026-11-01');
    vendor.today = '2026-11-20';
    await run('--from', '2026-11-19', '--to', '2026-11-19');
    vendor.today = '2026-11-21';
    await run();
    expect(vendor.asked.at(-1)).toBe('2026-11-01..2026-11-20');
    vendor.today = '2026-12-01';
    await run();
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-01', '2026-11-30'));
  });
});

describe('files that are not as they were left', () => {
  test('a day file that is missing or shorter is fetched again by an open run', async () => {
    const { home, ids, run, vendor } = await setUp(directory);
    await run('--from', '2026-11-10');
    await rm(join(home, 'days', 'events-2026-11-12.csv'));
    await truncate(join(home, 'days', 'events-2026-11-14.csv'), 100);
    const { report } = await run();
    expect(vendor.asked.slice(1)).toEqual(['2026-11-12..2026-11-12', '2026-11-14..2026-11-14']);
    expect(report.notices.map(({ code }) => code)).toEqual(['output-changed']);
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-10', '2026-11-21'));
  });

  test('a file that is gone is fetched from where it began', async () => {
    const { home, ids, run, vendor } = await setUp(file);
    await run('--from', '2026-09-10', '--to', '2026-11-20');
    await rm(join(home, 'ev.csv'));
    await run();
    expect(await ids()).toEqual(idsOf(vendor, '2026-09-10', '2026-11-21'));
  });

  test('a file without a state keeps its rows, and its days are fetched again', async () => {
    const { home, ids, run, vendor } = await setUp(file);
    const argv = ['export', 'events', ...file, '--from', '2026-10-01', '--to', '2026-10-05'];
    await runCli(argv, { url: vendor.url, directory: home });
    await run('--from', '2026-11-20', '--to', '2026-11-20');
    expect(await ids()).toEqual([
      ...idsOf(vendor, '2026-10-01', '2026-10-05'),
      ...idsOf(vendor, '2026-11-20', '2026-11-20'),
    ]);
    const { report } = await run();
    expect(report.ranges).toEqual([days('2026-10-01', '2026-11-21')]);
    expect(await ids()).toEqual(idsOf(vendor, '2026-10-01', '2026-11-21'));
  });

  test('a file that an export without --incremental made anew is not taken for the old one', async () => {
    const { home, ids, run, vendor } = await setUp(file);
    await run('--from', '2026-11-01');
    const argv = ['export', 'events', ...file, '--from', '2026-11-05', '--to', '2026-11-06'];
    await runCli(argv, { url: vendor.url, directory: home });
    await run();
    expect(await ids()).toEqual(idsOf(vendor, '2026-10-22', '2026-11-21'));
    expect(vendor.asked.at(-1)).toBe('2026-10-22..2026-11-21');
  });

  test('day files that an export without --incremental wrote are fetched again', async () => {
    const { home, ids, run, vendor } = await setUp(directory);
    await run('--from', '2026-11-01');
    const argv = ['export', 'events', ...directory, '--columns', 'id,time', '--from', '2026-11-05'];
    await runCli([...argv, '--to', '2026-11-06'], { url: vendor.url, directory: home });
    await run();
    expect(vendor.asked.at(-1)).toBe('2026-11-05..2026-11-06');
    const table = await readTable(join(home, 'days', 'events-2026-11-05.csv'));
    expect(table[0]).toHaveProperty('origin_country');
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-01', '2026-11-21'));
  });
});

test('a file that a run leaves as long as it was is not fetched from its beginning again', async () => {
  const { run, vendor } = await setUp([...file, '--lag', '0']);
  await run('--from', '2026-11-01');
  vendor.quietDays.add('2026-11-22');
  vendor.rowsPerDay = 3;
  vendor.today = '2026-11-23';
  await run('--from', '2026-11-22');
  vendor.today = '2026-11-24';
  await run('--from', '2026-11-22');
  expect(vendor.asked.slice(1)).toEqual(['2026-11-22..2026-11-22', '2026-11-22..2026-11-23']);
  expect((await run()).stderr).toContain('Nothing new');
});

describe('a state of version 0.1', () => {
  const writtenAt = new Date('2026-11-22T11:00:00Z');

  /** What version 0.1 wrote beside its output: a first day and a last one, whatever is between. */
  async function makeOld(home: string, stem: string, from: string, through: string) {
    const path = join(home, `${stem}.scarf-cli.json`);
    const { identity } = JSON.parse(await readFile(path, 'utf8')) as { identity: unknown };
    await writeFile(path, JSON.stringify({ schema: 1, identity, from, through }));
    // Files were written by the clock of the test.
    for (const name of await readdir(join(home, stem, '..'))) {
      await utimes(join(home, stem, '..', name), writtenAt, writtenAt);
    }
  }

  test('is believed of a file as far as the file has rows; the hole that it left is filled', async () => {
    const { home, ids, run, vendor } = await setUp(file);
    await run('--from', '2026-11-01', '--to', '2026-11-02');
    await run('--from', '2026-11-17', '--to', '2026-11-20');
    await makeOld(home, '.ev.csv', '2026-11-01', '2026-11-20');
    await run();
    expect(vendor.asked.slice(2)).toEqual(['2026-11-01..2026-11-21']);
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-01', '2026-11-21'));
  });

  test('is believed of a directory where there are files', async () => {
    const { home, ids, run, vendor } = await setUp(directory);
    await run('--from', '2026-10-01', '--to', '2026-10-31');
    await rm(join(home, 'days', 'events-2026-10-12.csv'));
    await makeOld(home, join('days', '.events'), '2026-10-01', '2026-10-31');
    await run();
    expect(vendor.asked.slice(1)[0]).toBe('2026-10-12..2026-10-12');
    expect(await ids()).toEqual(idsOf(vendor, '2026-10-01', '2026-11-21'));
  });

  test.each([
    ['a file', file, '.ev.csv'],
    ['a directory', directory, join('days', '.events')],
  ])('that is ahead of the clock does not stop %s', async (_, output, stem) => {
    const { home, ids, run, vendor } = await setUp(output);
    await run('--from', '2026-11-10', '--to', '2026-11-20');
    await makeOld(home, stem, '2026-11-10', '2027-01-20');
    vendor.today = later(vendor.today, 3);
    const { exit, report } = await run();
    expect(exit).toBe(0);
    expect(report.notices.map(({ code }) => code)).toContain('checkpoint-ahead');
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-10', '2026-11-24'));
  });
});

describe('columns', () => {
  test('a new one is named under --quiet and in --json, and left out of a CSV file', async () => {
    const { home, run, vendor } = await setUp(file);
    await run('--from', '2026-11-10', '--to', '2026-11-20');
    vendor.columns.push('mood');
    const { exit, report, stderr } = await run('--quiet');
    expect(exit).toBe(0);
    expect(stderr).toContain('"mood"');
    expect(report.columnsLeftOut).toEqual(['mood']);
    expect(Object.keys((await readTable(join(home, 'ev.csv')))[0] ?? {})).not.toContain('mood');
  });

  test.each(['ev.csv', 'ev.csv.gz'])('--evolve gives it to %s: rows before are empty there', async (name) => {
    const { home, ids, run, vendor } = await setUp(['--output', name]);
    await run('--from', '2026-11-10', '--to', '2026-11-20');
    vendor.columns.splice(2, 0, 'mood, "inner"');
    const { report } = await run('--evolve');
    expect(report.columnsLeftOut).toEqual([]);
    const table = await readTable(join(home, name));
    expect(Object.keys(table[0] ?? {}).at(-1)).toBe('mood, "inner"');
    expect(table.map((row) => row['mood, "inner"'] !== '')).toEqual(
      table.map(({ time = '' }) => time > '2026-11-17'),
    );
    expect(new Set(table.map((row) => row['package']))).toEqual(new Set(['p, q']));
    expect(await ids()).toEqual(idsOf(vendor, '2026-11-10', '2026-11-21'));
    vendor.today = '2026-11-23';
    const next = await run('--quiet');
    expect(next.stderr).toBe('');
  });

  test.each(['ev.csv', 'ev.ndjson', 'ev.parquet'])(
    'that never came are not said to be late (%s)',
    async (name) => {
      const { home, vendor } = await setUp([]);
      const argv = [
        'export',
        'events',
        '--output',
        name,
        '--from',
        '2026-11-10',
        '--to',
        '2026-11-12',
        '--quiet',
      ];
      const { exit, stderr } = await runCli(argv, { url: vendor.url, directory: home });
      expect([exit, stderr]).toEqual([0, '']);
    },
  );

  test('one that is gone is named, once', async () => {
    const { run, vendor } = await setUp(directory);
    await run('--from', '2026-11-10');
    vendor.columns.pop();
    vendor.today = '2026-11-23';
    expect((await run('--quiet')).stderr).toContain('"origin_country"');
    vendor.today = '2026-11-24';
    expect((await run('--quiet')).stderr).toBe('');
  });

  test.each([
    ['renamed', 'event_id'],
    ['missing', undefined],
  ])('an id column that is %s stops the run with 3, and nothing is replaced', async (_, name) => {
    const { home, run, vendor } = await setUp(file);
    await run('--from', '2026-11-10', '--to', '2026-11-20');
    const before = await readFile(join(home, 'ev.csv'));
    vendor.columns = [...(name === undefined ? [] : [name]), ...vendor.columns.slice(1)];
    const { exit, report } = await run();
    expect(exit).toBe(3);
    expect(report.errors[0]?.message).toContain('"id"');
    expect(await readFile(join(home, 'ev.csv'))).toEqual(before);
  });

  test('a time column that is gone stops a run that goes on by it', async () => {
    const { run, vendor } = await setUp(directory);
    vendor.columns = vendor.columns.filter((column) => column !== 'time');
    expect((await run('--from', '2026-11-10')).exit).toBe(3);
  });
});

describe('--manifest', () => {
  interface Manifest {
    rows: number;
    ranges: unknown;
    files: { path: string; rows: number; bytes: number; sha256: string }[];
  }

  const readManifest = async (path: string) => JSON.parse(await readFile(path, 'utf8')) as Manifest;

  /** Holds every entry against the file that it names. */
  async function expectTrue(home: string, name: string): Promise<Manifest> {
    const manifest = await readManifest(join(home, name));
    for (const entry of manifest.files) {
      const bytes = await readFile(join(home, name, '..', entry.path));
      expect(bytes.length).toBe(entry.bytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(entry.sha256);
    }
    return manifest;
  }

  test('lists all that is there: after a run without it, and after "Nothing new"', async () => {
    const { home, run } = await setUp(directory);
    await run('--from', '2026-11-18', '--to', '2026-11-19', '--manifest');
    await run('--from', '2026-11-10', '--to', '2026-11-11');
    await expectTrue(home, 'days/_events.manifest.json');
    await run();
    await run('--manifest');
    const manifest = await expectTrue(home, 'days/_events.manifest.json');
    expect(manifest.files).toHaveLength(12);
    expect(manifest.ranges).toEqual([days('2026-11-10', '2026-11-21')]);
  });

  test('says nothing of a file that was changed', async () => {
    const { home, run } = await setUp(directory);
    await run('--from', '2026-11-18', '--manifest');
    await writeFile(join(home, 'days', 'events-2026-11-19.csv'), 'id\n');
    await run('--from', '2026-11-18', '--to', '2026-11-18', '--manifest');
    const manifest = await expectTrue(home, 'days/_events.manifest.json');
    expect(manifest.files.map(({ path }) => path)).not.toContain('events-2026-11-19.csv');
  });

  test('of one file', async () => {
    const { home, run } = await setUp(file);
    await run('--from', '2026-11-18', '--to', '2026-11-19', '--manifest');
    await run();
    const manifest = await expectTrue(home, 'ev.csv.manifest.json');
    expect(manifest.files).toMatchObject([{ path: 'ev.csv' }]);
    expect(manifest.ranges).toEqual([days('2026-11-18', '2026-11-21')]);
  });

  test('made by exports without --incremental lists the files of both', async () => {
    const { home, vendor } = await setUp(directory);
    const argv = ['export', 'events', ...directory, '--manifest'];
    const context = { url: vendor.url, directory: home };
    await runCli([...argv, '--from', '2026-11-01', '--to', '2026-11-02'], context);
    await runCli([...argv, '--from', '2026-11-05', '--to', '2026-11-05'], context);
    const manifest = await expectTrue(home, 'days/_events.manifest.json');
    expect(manifest.files.map(({ path }) => path)).toEqual(
      ['01', '02', '05'].map((day) => `events-2026-11-${day}.csv`),
    );
  });
});
