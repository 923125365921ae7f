/** Parts of one whole, each a run of its own: together they are the run that is not divided. */
import { gzipSync } from 'node:zlib';
import { join } from 'node:path';
import fc from 'fast-check';
import { readFile, rename } from 'node:fs/promises';
import { describe, expect, test } from 'vitest';
import type { Fault } from '../../src/sandbox/faults/plan.ts';
import type { Machine } from '../../src/machine.ts';
import { hastyClock } from '../hasty.ts';
import { eventRows, lines, openPlace, storedNumbers, upTo, type Place, type Report } from '../machine.ts';
import { propertyRuns } from '../property-runs.ts';

const received = (place: Place) => place.sandbox.vendors.scarf.counts()['received'] ?? 0;

/** The rows at the vendor, as they arrived, sorted. */
function stored(place: Place): string[] {
  return place.sandbox.vendors.scarf
    .events()
    .map(({ text }) => text ?? '')
    .sort();
}

/** Runs every part; gives their reports. */
async function importParts(place: Place, argv: readonly string[], of: number): Promise<Report[]> {
  const reports: Report[] = [];
  for (let index = 0; index < of; index++) {
    const { report } = await place.importFiles([...argv, '--shard', `${index}/${of}`]);
    expect(report.errors).toEqual([]);
    reports.push(report);
  }
  return reports;
}

/** Begins an import that waits until it is told to end, with its first request on record and not answered. */
async function holdOpen(place: Place, argv: readonly string[]): Promise<{ end: () => Promise<number> }> {
  let letGo = (): void => undefined;
  const gate = new Promise<void>((resolve) => (letGo = resolve));
  place.sandbox.faults.append([{ kind: 'status', status: 503, route: 'import', times: 1 }]);
  let first: ReturnType<Place['importFiles']> | undefined;
  await new Promise<void>((resolve) => {
    const sleep: Machine['sleep'] = async (ms, signal) => {
      resolve();
      await gate;
      return hastyClock.sleep(ms, signal);
    };
    first = place.importFiles(argv, { machine: { sleep } });
  });
  return {
    end: async () => {
      letGo();
      return (await first)?.exit ?? -1;
    },
  };
}

const sum = (reports: readonly Report[], name: keyof Report['counts']) =>
  reports.reduce((total, { counts }) => total + counts[name], 0);

interface File {
  name: string;
  content: string | Uint8Array;
}

/** What a delivery of the files would send, and what it would count, if nothing were divided. */
async function undivided(place: Place, files: readonly File[]) {
  for (const { name, content } of files) await place.write(name, content);
  const names = files.map(({ name }) => name);
  const { report, stdout, exit } = await place.runCli(['check', ...names, '--show', '100000', '--json']);
  const rows = stdout.split('\n').filter((line) => line.startsWith('{"$'));
  return { rows: rows.sort(), report: report!, exit };
}

const broken = (rows: readonly string[]) => rows.map((row, index) => (index % 7 === 3 ? `${row}}` : row));

describe('parts of one whole', () => {
  test('are the whole: rows, ids, counts and the lines of rejects', async () => {
    const files = [
      { name: 'a.ndjson', content: lines(broken(eventRows(300))) },
      { name: 'b.ndjson.gz', content: gzipSync(lines(eventRows(100, { first: 300 }))) },
      { name: 'c.ndjson', content: lines(broken(eventRows(500, { first: 400 }))) },
    ];
    const place = await openPlace();
    const whole = await undivided(place, files);
    const reports = await importParts(place, ['*.ndjson*'], 5);
    expect(stored(place)).toEqual(whole.rows);
    expect(sum(reports, 'accepted')).toBe(whole.rows.length);
    for (const name of ['read', 'rejected', 'skipped'] as const)
      expect(sum(reports, name)).toBe(whole.report.counts[name]);
    const places = (some: readonly Report[]) =>
      some.flatMap(({ rejects }) => rejects.reasons.flatMap(({ places: shown }) => shown));
    const bad = places(reports).map(({ path, line }) => `${path}:${line}`);
    expect(bad.length).toBeGreaterThan(20);
    for (const where of bad) {
      const [path, line] = where.split(':');
      const text = await readFile(join(place.directory, path!), 'utf8');
      expect(text.split('\n')[Number(line) - 1]).toMatch(/\}\}$/);
    }
  });

  test('send nothing when they run again, and neither does the whole then', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(400)));
    await importParts(place, ['a.ndjson'], 3);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(400));
    const again = await importParts(place, ['a.ndjson'], 3);
    expect(again.every(({ alreadyDelivered }) => alreadyDelivered !== null)).toBe(true);
    const { report } = await place.importFiles(['a.ndjson']);
    expect(report.counts).toMatchObject({ read: 400, accepted: 400 });
    expect(report.thisRun.read).toBe(0);
    expect(received(place)).toBe(400);
  });

  test('are cut elsewhere and still send what is missing only', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(broken(eventRows(400))));
    await place.importFiles(['a.ndjson', '--shard', '1/4']);
    await place.importFiles(['a.ndjson', '--shard', '0/3']);
    const { report } = await place.importFiles(['a.ndjson']);
    expect(received(place)).toBe(400 - 57);
    expect(report.rejects.reasons[0]?.places.every(({ line }) => line % 7 === 4)).toBe(true);
  });

  test('go on where they were interrupted, by the same command and by runs resume', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(600)));
    const small = ['--chunk-size', '4KiB', '--retries', '0'];
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 2 }]);
    const first = await place.importFiles(['a.ndjson', '--shard', '1/2', ...small]);
    const second = await place.importFiles(['a.ndjson', '--shard', '0/2', ...small]);
    expect([first.exit, second.exit]).toEqual([5, 5]);
    place.sandbox.faults.clear();
    const resumed = await place.runCli(['runs', 'resume', first.report.run, '--json']);
    expect(resumed.exit).toBe(0);
    expect(resumed.report?.counts).toMatchObject({ unsent: 0, pending: 0, unknown: 0 });
    const { report, exit } = await place.importFiles(['a.ndjson', '--shard', '0/2', ...small]);
    expect([exit, report.run]).toEqual([0, second.report.run]);
    expect(report.counts.accepted + resumed.report!.counts.accepted).toBe(600);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(600));
    expect(received(place)).toBe(600);
  });

  test('go on where they were interrupted in a file that was moved', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(600)));
    const small = ['--chunk-size', '4KiB', '--retries', '0'];
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 2 }]);
    const { exit, report } = await place.importFiles(['a.ndjson', '--shard', '1/2', ...small]);
    place.sandbox.faults.clear();
    await rename(join(place.directory, 'a.ndjson'), join(place.directory, 'moved.ndjson'));
    const resume = ['runs', 'resume', report.run, '--json', '--input', 'moved.ndjson'];
    expect((await place.runCli([...resume, '--input', 'moved.ndjson'])).exit).toBe(2);
    const resumed = await place.runCli(resume);
    expect([exit, resumed.exit, resumed.report?.run]).toEqual([5, 0, report.run]);
    const rest = await place.importFiles(['moved.ndjson', '--shard', '0/2']);
    expect(rest.report.counts.accepted + resumed.report!.counts.accepted).toBe(600);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(600));
  });

  test('run side by side on one state directory', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(400)));
    const exits = await Promise.all(
      [0, 1, 2, 3].map(
        async (index) => (await place.importFiles(['a.ndjson', '--shard', `${index}/4`])).exit,
      ),
    );
    expect(exits).toEqual([0, 0, 0, 0]);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(400));
    const { stdout } = await place.runCli(['runs', 'list', '--json']);
    const runs = JSON.parse(stdout) as { part: { index: number; of: number } | null; state: string }[];
    expect(runs.map(({ part }) => part?.index).sort()).toEqual([0, 1, 2, 3]);
    expect(runs.every(({ state }) => state === 'finished')).toBe(true);
  });

  test('keep the whole, another number of parts and another list out while they run', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(400)));
    await place.write('b.ndjson', lines(eventRows(40, { first: 400 })));
    const inFlight = await holdOpen(place, ['a.ndjson', '--shard', '0/2']);
    for (const argv of [
      ['a.ndjson'],
      ['a.ndjson', '--shard', '2/3'],
      ['a.ndjson', 'b.ndjson', '--shard', '1/2'],
    ]) {
      const { exit, report } = await place.importFiles(argv);
      expect(exit).toBe(9);
      expect(report.errors[0]?.message).toContain('a.ndjson (one of 2 parts of list ');
    }
    expect((await place.importFiles(['a.ndjson', '--shard', '0/2'])).exit).toBe(9);
    expect((await place.importFiles(['b.ndjson', '--shard', '0/3'])).exit).toBe(0);
    expect((await place.importFiles(['a.ndjson', '--shard', '1/2'])).exit).toBe(0);
    expect(await inFlight.end()).toBe(0);
    expect((await place.importFiles(['a.ndjson', 'b.ndjson'])).exit).toBe(0);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(440));
    expect(received(place)).toBe(440);
  });

  test('wait for the whole', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(400)));
    const inFlight = await holdOpen(place, ['a.ndjson']);
    const { exit, report } = await place.importFiles(['a.ndjson', '--shard', '0/2']);
    expect([exit, report.errors[0]?.kind]).toEqual([9, 'locked']);
    expect(await inFlight.end()).toBe(0);
    expect((await place.importFiles(['a.ndjson', '--shard', '0/2'])).exit).toBe(0);
    expect(received(place)).toBe(400);
  });

  test('leave a copy out once, and count it as the whole does', async () => {
    const rows = lines(eventRows(200));
    const files = ['a', 'b', 'c'].map((name) => ({ name: `${name}.ndjson`, content: rows }));
    const place = await openPlace();
    const whole = await undivided(place, files);
    const reports = await importParts(place, ['*.ndjson'], 3);
    expect(sum(reports, 'skipped')).toBe(2 * whole.rows.length);
    expect(received(place)).toBe(200);
  });

  test('may have nothing', async () => {
    const place = await openPlace();
    await place.write(
      'a.csv',
      `$package,$time,n\n${eventRows(3)
        .map((_, n) => `p,2126-11-21T08:00:00Z,${n}`)
        .join('\n')}\n`,
    );
    const reports = await importParts(place, ['a.csv'], 3);
    expect(reports.map(({ counts }) => counts.read)).toEqual([3, 0, 0]);
  });

  test('know the names that others have, and refuse those that none has', async () => {
    const place = await openPlace();
    await place.write('a.csv', '$package,$time,x\np,2126-11-21T08:00:00Z,1\n');
    await place.write('b.csv', '$package,$time,y\np,2126-11-21T08:00:00Z,1\n');
    const reports = await importParts(place, ['*.csv', '--map', 'x=a', '--map', 'y=b'], 2);
    expect(sum(reports, 'accepted')).toBe(2);
    const { exit } = await place.importFiles(['*.csv', '--map', 'z=a', '--shard', '0/2']);
    expect(exit).toBe(2);
  });
});

describe('--shard is refused', () => {
  test('for standard input and for what is no part', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(3)));
    for (const argv of [
      ['-', '--shard', '0/2'],
      ['a.ndjson', '--shard', '2/2'],
      ['a.ndjson', '--shard', 'auto'],
    ]) {
      expect((await place.runCli(['import', ...argv], { stdin: lines(eventRows(1)) })).exit).toBe(2);
      expect((await place.runCli(['check', ...argv], { stdin: lines(eventRows(1)) })).exit).toBe(2);
    }
  });

  test('when a part of another list was left', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(400)));
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 2 }]);
    await place.importFiles(['a.ndjson', '--shard', '0/2', '--chunk-size', '4KiB', '--retries', '0']);
    place.sandbox.faults.clear();
    await place.write('b.ndjson', lines(eventRows(10)));
    const { exit, report } = await place.importFiles(['*.ndjson', '--shard', '1/2']);
    expect(exit).toBe(2);
    expect(report.errors[0]?.message).toContain('another list');
  });
});

test('check says of parts what it says of the whole', async () => {
  const place = await openPlace();
  await place.write('a.ndjson', lines(broken(eventRows(200))));
  const reports: Report[] = [];
  for (const index of [0, 1, 2]) {
    const { report } = await place.runCli(['check', 'a.ndjson', '--shard', `${index}/3`, '--json']);
    reports.push(report!);
  }
  const whole = (await place.runCli(['check', 'a.ndjson', '--json'])).report!;
  expect(sum(reports, 'read')).toBe(200);
  expect(sum(reports, 'rejected')).toBe(whole.counts.rejected);
  const places = reports.flatMap(({ rejects }) => rejects.reasons.flatMap((reason) => reason.places));
  expect(places.every(({ line }) => line % 7 === 4)).toBe(true);
});

const contents = fc.array(
  fc.record({ rows: fc.integer({ min: 1, max: 60 }), packing: fc.constantFrom('plain', 'gzip', 'csv') }),
  { minLength: 1, maxLength: 4 },
);

/** What happens to a part before it comes to its end. */
const troubles: readonly (readonly Fault[])[] = [
  [],
  [{ kind: 'status', status: 500, route: 'import', skip: 1 }],
  [{ kind: 'reset', at: 'after', route: 'import' }],
  [{ kind: 'status', status: 401 }],
];

test('any files, number of parts, order, chunk size and outages: the parts are the whole', async () => {
  await fc.assert(
    fc.asyncProperty(
      contents,
      fc.array(fc.tuple(fc.nat(), fc.constantFrom(...troubles)), { minLength: 1, maxLength: 5 }),
      fc.constantFrom('1KiB', '4KiB', '32MiB'),
      fc.constantFrom('bytes', 'size'),
      async (given, parts, chunkSize, way) => {
        let first = 0;
        const files = given.map(({ rows, packing }, index) => {
          const plain = eventRows(rows, { first });
          const table = `$package,$time,n\n${plain.map((_, n) => `p,2126-11-21T08:00:00Z,${first + n}\n`).join('')}`;
          first += rows;
          if (packing === 'csv') return { name: `${index}.csv`, content: table };
          return packing === 'gzip'
            ? { name: `${index}.ndjson.gz`, content: gzipSync(lines(plain)) }
            : { name: `${index}.ndjson`, content: lines(plain) };
        });
        const place = await openPlace();
        const whole = await undivided(place, files);
        const order = parts.map(([key, trouble], index) => ({ index, key, trouble }));
        order.sort((one, other) => one.key - other.key);
        const names = files.map(({ name }) => name);
        const argv = [...names, '--chunk-size', chunkSize, '--shard-by', way, '--retries', '0'];
        for (const isTroubled of [true, false]) {
          for (const { index, trouble } of order) {
            place.sandbox.faults.clear();
            if (isTroubled) place.sandbox.faults.append([...trouble]);
            const { exit } = await place.importFiles([...argv, '--shard', `${index}/${parts.length}`]);
            if (!isTroubled) expect(exit).toBe(0);
          }
        }
        expect(stored(place)).toEqual(whole.rows);
      },
    ),
    { ...propertyRuns(5), endOnFailure: true },
  );
}, 240_000);
