/** The same command again: what it goes on with, what it repeats, and where it refuses. */
import { mkdir, readdir, readFile, rename, rm, stat, truncate, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { eventRows, lines, openPlace, storedNumbers, upTo, type Place } from '../machine.ts';

const small = ['--chunk-size', '4KiB', '--retries', '0'];

const imports = (place: Place) => place.sandbox.vendors.scarf.imports().length;
const received = (place: Place) => place.sandbox.vendors.scarf.counts()['received'] ?? 0;

/** An import that stops after a few chunks, since the vendor breaks down. */
async function interrupted(place: Place, argv: readonly string[], chunks = 3) {
  place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: chunks }]);
  const outcome = await place.importFiles([...argv, ...small]);
  place.sandbox.faults.clear();
  expect(outcome.exit).toBe(5);
  expect(outcome.report.counts.unsent).toBeGreaterThan(0);
  expect(imports(place)).toBeGreaterThan(0);
  return outcome;
}

/** The rest arrives, nothing twice. */
async function finished(place: Place, argv: readonly string[], count: number) {
  const outcome = await place.importFiles([...argv, ...small]);
  expect(outcome.report.errors).toEqual([]);
  expect(outcome.exit).toBe(0);
  expect(storedNumbers(place.sandbox)).toEqual(upTo(count));
  expect(received(place)).toBe(count);
  return outcome;
}

describe('an unfinished delivery goes on', () => {
  test('with its counts, in the run that began it', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(500)));
    const before = await interrupted(place, ['a.ndjson']);
    const { report } = await finished(place, ['a.ndjson'], 500);
    expect(report.counts).toMatchObject({ read: 500, accepted: 500 });
    expect(report.run).toBe(before.report.run);
  });

  test('with an input without rows among the others, and without one of the inputs', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(20)));
    await place.write('b.ndjson', '');
    await place.write('c.ndjson', lines(eventRows(20, { first: 20 })));
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import' }]);
    expect((await place.importFiles(['a.ndjson', 'b.ndjson', 'c.ndjson', ...small])).exit).toBe(5);
    place.sandbox.faults.clear();
    expect((await place.importFiles(['b.ndjson', 'c.ndjson', ...small])).exit).toBe(0);
    await finished(place, ['a.ndjson', 'b.ndjson', 'c.ndjson'], 40);
  });

  test('with other chunks', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(500)));
    await interrupted(place, ['a.ndjson']);
    expect((await place.importFiles(['a.ndjson'])).report.counts.accepted).toBe(500);
    expect(received(place)).toBe(500);
  });

  test('when the file was renamed', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(500)));
    await interrupted(place, ['a.ndjson']);
    await rename(join(place.directory, 'a.ndjson'), join(place.directory, 'b.ndjson'));
    await finished(place, ['b.ndjson'], 500);
  });

  test('when the file was compressed', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(500)));
    await interrupted(place, ['a.ndjson']);
    await rm(join(place.directory, 'a.ndjson'));
    await place.write('a.ndjson.gz', gzipSync(lines(eventRows(500))));
    await finished(place, ['a.ndjson.gz'], 500);
  });

  test('when the log was rotated', async () => {
    const place = await openPlace();
    await place.write('events.log', lines(eventRows(500)));
    await interrupted(place, ['events.log']);
    await rename(join(place.directory, 'events.log'), join(place.directory, 'events.log.1'));
    await place.write('events.log', lines(eventRows(100, { first: 500 })));
    const alone = await place.importFiles(['events.log', ...small]);
    expect(alone.exit).toBe(6);
    expect(alone.report.errors[0]?.message).toContain('no longer has the rows');
    await finished(place, ['events.log', 'events.log.1'], 600);
  });

  test('with jobs followed that were taken before', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(50)));
    const first = await place.importFiles(['a.ndjson', '--no-wait']);
    expect(first).toMatchObject({ exit: 0, report: { counts: { read: 50, pending: 50 } } });
    const second = await place.importFiles(['a.ndjson']);
    expect(second).toMatchObject({ exit: 0, report: { counts: { read: 50, accepted: 50, pending: 0 } } });
    expect(second.report.inputs).toEqual(first.report.inputs);
    expect(imports(place)).toBe(1);
  });

  test('unless the bytes were changed: they are new rows', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(20)));
    await place.importFiles(['a.ndjson']);
    await place.write('a.ndjson', lines(eventRows(20, { first: 20 })));
    await finished(place, ['a.ndjson'], 40);
  });

  test('unless rows of the old file would be lost by it', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(500)));
    const { report } = await interrupted(place, ['a.ndjson']);
    await place.write('a.ndjson', lines(eventRows(20, { first: 500 })));
    const refused = await place.importFiles(['a.ndjson']);
    expect(refused.exit).toBe(6);
    expect(refused.report.errors[0]?.hint).toContain(`runs forget ${report.run}`);
    expect((await place.runCli(['runs', 'forget', report.run])).exit).toBe(0);
    expect((await place.importFiles(['a.ndjson'])).exit).toBe(0);
  });

  test('with other options it stops and names the difference', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(500)));
    await interrupted(place, ['a.ndjson']);
    const other = await place.importFiles(['a.ndjson', '--fill-id', 'content']);
    expect(other.exit).toBe(2);
    expect(other.report.errors[0]?.message).toContain('fillId was "position", is "content"');
    expect((await place.importFiles(['a.ndjson', '--salt', 'x'])).exit).toBe(0);
  });
});

describe('a finished delivery', () => {
  test('repeats its outcome and sends nothing', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(['bad', ...eventRows(20)]));
    const first = await place.importFiles(['a.ndjson']);
    const requests = place.sandbox.traffic.list().length;
    const again = await place.importFiles(['a.ndjson']);
    expect(again.exit).toBe(3);
    expect(again.report.counts).toEqual(first.report.counts);
    expect(again.report.thisRun.read).toBe(0);
    expect(again.report.rejects).toEqual(first.report.rejects);
    expect(again.report.inputs).toEqual(first.report.inputs);
    expect(again.report.notices).toEqual([]);
    expect(again.report.alreadyDelivered).toMatchObject({ run: first.report.run });
    expect(place.sandbox.traffic.list()).toHaveLength(requests);
  });

  test('is sent once more with --again, with the same ids', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(20)));
    await place.importFiles(['a.ndjson']);
    expect((await place.importFiles(['a.ndjson', '--again'])).report.counts.accepted).toBe(20);
    expect(place.sandbox.vendors.scarf.counts()).toMatchObject({ received: 40, stored: 20, conflicting: 0 });
    expect((await place.importFiles(['a.ndjson'])).report.thisRun.read).toBe(0);
  });

  test('with --again, interrupted, goes on with --again and without', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(500)));
    await place.importFiles(['a.ndjson']);
    await interrupted(place, ['a.ndjson', '--again']);
    await interrupted(place, ['a.ndjson', '--again'], 1);
    expect((await place.importFiles(['a.ndjson'])).report.counts.accepted).toBe(500);
    expect(received(place)).toBe(1000);
  });

  test('is another one with --salt', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(20)));
    await place.importFiles(['a.ndjson']);
    await place.importFiles(['a.ndjson', '--salt', 'x']);
    expect(place.sandbox.vendors.scarf.counts()).toMatchObject({ received: 40, stored: 40 });
  });

  test.each([
    [['--time-zone', 'Europe/Berlin'], 'timeZone was "UTC", is "Europe/Berlin"'],
    [['--set', 'a=1'], 'set was not set, is ["a=1"]'],
  ])('with %j stops and names the difference, until it is meant', async (options, difference) => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(20)));
    await place.importFiles(['a.ndjson']);
    const requests = place.sandbox.traffic.list().length;
    const other = await place.importFiles(['a.ndjson', ...options]);
    expect(other.exit).toBe(2);
    expect(other.report.errors[0]?.message).toContain(difference);
    expect(place.sandbox.traffic.list()).toHaveLength(requests);
    // Also when the file has grown.
    await place.write('a.ndjson', lines(eventRows(21)));
    expect((await place.importFiles(['a.ndjson', ...options])).exit).toBe(2);
    expect((await place.importFiles(['a.ndjson', ...options, '--salt', 'x'])).exit).toBe(0);
    expect((await place.importFiles(['a.ndjson', ...options, '--again'])).exit).toBe(0);
    // Meant once, it is a delivery of its own, which goes on.
    await place.write('a.ndjson', lines(eventRows(22)));
    expect((await place.importFiles(['a.ndjson', ...options])).report.thisRun.read).toBe(1);
  });

  test('of a pipe, sent with other options, is warned of with its rows', async () => {
    const place = await openPlace();
    const stdin = lines(eventRows(20));
    await place.write('a.ndjson', stdin);
    await place.importFiles(['a.ndjson']);
    const pipe = async (...options: string[]) => {
      const { exit, report } = await place.runCli(['import', '-', ...options, '--json'], { stdin });
      return { exit, notices: report?.notices.map(({ code, message }) => `${code}: ${message}`) };
    };
    const warning = /^sent-before: standard input .* \(fillId was "position", is "content"\): 20 events/;
    expect(await pipe()).toEqual({ exit: 0, notices: [] });
    const repeated = { exit: 0, notices: [expect.stringMatching(warning)] };
    expect(await pipe('--fill-id', 'content')).toEqual(repeated);
    expect(await pipe('--fill-id', 'content', '--chunk-size', '512')).toEqual(repeated);
    expect(await pipe('--fill-id', 'content', '--again')).toEqual({ exit: 0, notices: [] });
  });

  test('of which every row was rejected is sent with other options', async () => {
    const place = await openPlace();
    await place.write('a.csv', 'when,$package\n2026-11-20T00:00:00Z,p-1\n');
    const options = ['--map', 'when=$time', '--type', '$package:int'];
    expect((await place.importFiles(['a.csv', ...options])).exit).toBe(3);
    const mended = await place.importFiles(['a.csv', '--map', 'when=$time']);
    expect(mended.exit).not.toBe(2);
    expect(mended.report.counts.read).toBe(1);
  });

  test('goes to another package without a word', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(['{"$time":"2026-11-20T00:00:00Z"}']));
    const [one, other] = ['970493a1-4ca0-4a4d-a085-fdce578e5a08', '970493a1-4ca0-4a4d-a085-fdce578e5a09'];
    expect((await place.importFiles(['a.ndjson', '--package', one])).exit).not.toBe(2);
    const { report } = await place.importFiles(['a.ndjson', '--package', other]);
    expect(report.errors.map(({ message }) => message).join()).not.toContain('other options');
  });

  test.each([
    [
      'moesif',
      '{"request":{"time":"2126-11-20T00:00:00Z","verb":"GET","uri":"https://a.example/"}}',
      ['--set', 'user_id=7'],
    ],
    ['sumatra', '{"_type":"a"}', ['--set', 'n=1']],
    ['loginsight', '{"text":"a"}', ['--set', 'n=1']],
    ['loginsight', '{"text":"a"}', ['--api', 'v2']],
    ['loginsight', '{"text":"a"}', ['--agent-id', '970493a1-4ca0-4a4d-a085-fdce578e5a08']],
  ])('of %s stops a command with other options too: %s %j', async (vendor, row, options) => {
    const place = await openPlace();
    await place.write('a.ndjson', lines([row]));
    await place.write('b.ndjson', lines([row.replace('}', ',"more":1}')]));
    expect((await place.runCli(['ingest', vendor, 'a.ndjson', '--json'])).exit).toBe(0);
    const other = await place.runCli(['ingest', vendor, 'b.ndjson', 'a.ndjson', ...options, '--json']);
    expect(other).toMatchObject({ exit: 2, report: { counts: { read: 0 } } });
    expect(other.report?.errors[0]?.message).toContain('with other options');
    expect(place.sandbox.vendors[vendor as 'moesif'].counts()).toMatchObject({ stored: 1 });
  });

  test('of which only some is new sends what is new', async () => {
    const place = await openPlace();
    await place.write('a.ndjson.gz', gzipSync(lines(eventRows(20))));
    await place.importFiles(['*.gz']);
    await place.write('b.ndjson.gz', gzipSync(lines(eventRows(20, { first: 20 }))));
    const { report } = await finished(place, ['*.gz'], 40);
    expect(report.counts.read).toBe(40);
    expect(report.thisRun.read).toBe(20);
  });
});

describe('a file that has grown', () => {
  test('sends what is new', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(600)));
    await place.importFiles(['a.ndjson']);
    await place.write('a.ndjson', lines(eventRows(700)));
    const { report } = await finished(place, ['a.ndjson'], 700);
    expect(report.counts).toMatchObject({ read: 700, accepted: 700 });
    expect(report.thisRun).toMatchObject({ read: 100 });
  });

  test.each(['\n', '\r\n'])('behind a last row that had no line end: %j', async (lineEnd) => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(5)).trimEnd());
    await place.importFiles(['a.ndjson']);
    const text = `${lines(eventRows(5)).trimEnd()}${lineEnd}bad\n${lines(eventRows(5, { first: 5 }))}`;
    await place.write('a.ndjson', text);
    const { exit, report } = await place.importFiles(['a.ndjson']);
    expect(exit).toBe(3);
    expect(report.rejects.reasons[0]?.places).toMatchObject([{ line: 6 }]);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(10));
  });

  test('within its last row is refused by name', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines([...eventRows(5), '1']).trimEnd());
    await place.importFiles(['a.ndjson']);
    await place.write('a.ndjson', lines([...eventRows(5), '12']));
    const { exit, report } = await place.importFiles(['a.ndjson']);
    expect(exit).toBe(6);
    expect(report.errors[0]?.message).toContain('a.ndjson:6 was delivered as the last row');
  });

  test('adds its rejects to those that are there', async () => {
    const place = await openPlace();
    const command = ['a.ndjson', '--rejects', 'bad.ndjson'];
    await place.write('a.ndjson', lines([...eventRows(5), 'bad 1']));
    await place.importFiles(command);
    await place.write('a.ndjson', lines([...eventRows(5), 'bad 1', 'bad 2']));
    await place.importFiles(command);
    expect(await readFile(join(place.directory, 'bad.ndjson'), 'utf8')).toBe('bad 1\nbad 2\n');
  });
});

describe('a last row that is not whole', () => {
  const partial = '{"$package":"970493a1-4ca0-4a4d-a085-fdce578e5a08","$ti';
  const old = new Date(Date.now() - 120_000);
  const time = new Date().toISOString();

  test('waits for the next run while the file may grow, and never blocks', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(20)) + partial);
    const first = await place.importFiles(['a.ndjson']);
    expect(first.exit).toBe(0);
    expect(first.report.counts).toMatchObject({ read: 20, accepted: 20, rejected: 0 });
    expect(first.report.notices).toMatchObject([
      { code: 'last-row-held-back', message: expect.stringContaining('a.ndjson:21') as string },
    ]);
    // Nothing has come: it waits on.
    expect((await place.importFiles(['a.ndjson'])).report).toMatchObject({ exit: 0, thisRun: { read: 0 } });
    await place.write('a.ndjson', lines(eventRows(22)));
    await finished(place, ['a.ndjson'], 22);
  });

  test.each<[string, string, (isWhole: boolean) => string | Buffer]>([
    [
      'a table whose quote is open',
      'a.csv',
      (isWhole) => `$package,$time,n\np,${time},0\np,${time},"1${isWhole ? '\n"\n' : ''}`,
    ],
    [
      'an object over several lines',
      'a.json',
      (isWhole) =>
        `{\n"$package":"p","$time":"${time}","n":0}\n{\n"$package":"p","$time":"${time}"${isWhole ? ',"n":1}\n' : ''}`,
    ],
    ['gzip', 'a.gz', (isWhole) => gzipSync(lines(eventRows(2)).slice(0, isWhole ? undefined : -10))],
  ])('the next run begins with it: %s', async (_name, file, content) => {
    const place = await openPlace();
    await place.write(file, content(false));
    const first = await place.importFiles([file]);
    expect(first).toMatchObject({ exit: 0, report: { counts: { read: 1, accepted: 1 } } });
    await place.write(file, content(true));
    const second = await place.importFiles([file]);
    expect(second).toMatchObject({
      exit: 0,
      report: { counts: { read: 2, accepted: 2 }, thisRun: { read: 1 } },
    });
  });

  test.each([
    ['fresh', [], 0],
    ['fresh', ['--last-row', 'wait'], 0],
    ['fresh', ['--last-row', 'send'], 3],
    ['old', [], 3],
    ['old', ['--last-row', 'wait'], 0],
    ['old', ['--last-row', 'send'], 3],
  ])('of a file that is %s, with %j: exit %i in check and delivery', async (age, options, exit) => {
    const place = await openPlace();
    for (const [name, text] of [
      ['a.ndjson', lines(eventRows(3)) + partial],
      ['b.ndjson', lines(eventRows(3)) + partial.slice(0, 1)],
      ['c.csv', '$package,$time,n\n970493a1-4ca0-4a4d-a085-fdce578e5a08,2126-11-21T08:00:00Z,1\n970493a1'],
    ] as const) {
      await place.write(name, text);
      if (age === 'old') await utimes(join(place.directory, name), old, old);
      const checked = await place.runCli(['check', name, ...options]);
      const { exit: ended, report } = await place.importFiles([name, ...options]);
      expect([name, checked.exit, ended]).toEqual([name, exit, exit]);
      expect(report.counts.rejected).toBe(exit === 0 ? 0 : 1);
    }
  });

  test('that parses is sent, and one that parses and is refused is a reject', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', `${eventRows(1).join('')}`);
    await place.write('b.ndjson', '{"n":1}');
    expect((await place.importFiles(['a.ndjson'])).report).toMatchObject({
      exit: 0,
      counts: { accepted: 1 },
    });
    expect((await place.importFiles(['b.ndjson'])).exit).toBe(3);
  });
});

test('a gzip file that was cut gives its whole rows, and goes on when it is whole', async () => {
  const place = await openPlace();
  const path = await place.write('a.gz', gzipSync(lines(eventRows(5000)), { level: 1 }));
  const { size } = await stat(path);
  await truncate(path, Math.floor(size / 2));
  const cut = await place.importFiles(['a.gz']);
  expect(cut.exit).toBe(6);
  expect(cut.report.counts.accepted).toBeGreaterThan(100);
  expect(cut.report.counts.rejected).toBe(0);
  await place.write('a.gz', gzipSync(lines(eventRows(5000)), { level: 1 }));
  await finished(place, ['a.gz'], 5000);
});

describe('standard input', () => {
  test('is always sent', async () => {
    const place = await openPlace();
    await place.importFiles(['-'], { stdin: lines(eventRows(5)) });
    await place.importFiles(['-'], { stdin: lines(eventRows(5)) });
    expect(received(place)).toBe(10);
    expect(await readdir(join(place.directory, '.local/state/scarf-cli/spools'))).toEqual([]);
  });

  test('is continued by its run', async () => {
    const place = await openPlace();
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import', skip: 3 }]);
    const first = await place.importFiles(['-', ...small], { stdin: lines(eventRows(500)) });
    place.sandbox.faults.clear();
    expect(first.exit).toBe(5);
    const resumed = await place.runCli(['runs', 'resume', first.report.run, '--json']);
    expect(resumed.exit).toBe(0);
    expect(resumed.report?.counts).toMatchObject({ read: 500, accepted: 500 });
    expect(storedNumbers(place.sandbox)).toEqual(upTo(500));
    expect(received(place)).toBe(500);
    expect(await readdir(join(place.directory, '.local/state/scarf-cli/spools'))).toEqual([]);
    const finished = await place.runCli(['runs', 'resume', first.report.run]);
    expect([finished.exit, finished.stderr]).toEqual([2, expect.stringContaining('nothing is left')]);
  });
});

describe('without ids', () => {
  const lostReply = { kind: 'reset', at: 'after', route: 'import', times: 1 } as const;
  const command = ['a.ndjson', '--fill-id', 'off', '--rejects', 'bad.ndjson'];

  test('a lost reply leaves rows unknown until they are sent again on purpose, and only those', async () => {
    const place = await openPlace({ faults: [lostReply] });
    await place.write('a.ndjson', lines(['bad', ...eventRows(100)]));
    const first = await place.importFiles([...command, '--chunk-size', '4KiB']);
    expect(first.exit).toBe(8);
    const { unknown, accepted } = first.report.counts;
    expect(unknown).toBeGreaterThan(0);
    expect(accepted).toBe(100 - unknown);
    const repeated = await place.importFiles(command);
    expect(repeated).toMatchObject({ exit: 8, report: { counts: first.report.counts } });
    const resent = await place.importFiles([...command, '--on-unknown', 'resend']);
    expect(resent).toMatchObject({ exit: 3, report: { counts: { accepted: 100, rejected: 1, unknown: 0 } } });
    expect(resent.report.thisRun.accepted).toBe(unknown);
    expect(received(place)).toBe(100 + unknown);
    expect(await readFile(join(place.directory, 'bad.ndjson'), 'utf8')).toBe('bad\n');
    expect((await place.importFiles(command)).exit).toBe(3);
  });

  test('a refused token is no doubt', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(5)));
    place.sandbox.faults.append([{ kind: 'status', status: 401, route: 'import' }]);
    expect((await place.importFiles(command)).exit).toBe(4);
    place.sandbox.faults.clear();
    expect((await place.importFiles(command)).report.counts).toMatchObject({ accepted: 5, unknown: 0 });
    expect(received(place)).toBe(5);
  });

  test('and without a ledger nothing is sent', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(5)));
    const { exit, report } = await place.importFiles([...command, '--no-ledger']);
    expect(exit).toBe(2);
    expect(report.counts.unsent).toBe(5);
    expect(imports(place)).toBe(0);
    expect((await place.importFiles(['a.ndjson', '--no-ledger'])).exit).toBe(0);
    expect(received(place)).toBe(5);
  });
});

describe('rejects', () => {
  const rowsWithBad = lines(eventRows(300).flatMap((row, n) => (n % 10 === 0 ? [row, `bad ${n}`] : [row])));
  const allBad = lines(upTo(30).map((n) => `bad ${n * 10}`));

  test('stand there once, however often the delivery was interrupted', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', rowsWithBad);
    const command = ['a.ndjson', '--rejects', 'out/bad.ndjson'];
    await mkdir(join(place.directory, 'out'));
    for (const chunks of [1, 2, 1]) await interrupted(place, command, chunks);
    const { exit, report } = await place.importFiles(command);
    expect(exit).toBe(3);
    expect(report.counts).toMatchObject({ read: 330, accepted: 300, rejected: 30 });
    const kept = (await readFile(join(place.directory, 'out/bad.ndjson'), 'utf8')).split('\n').sort();
    expect(kept).toEqual(allBad.split('\n').sort());
    const meta = await readFile(join(place.directory, 'out/bad.ndjson.meta.ndjson'), 'utf8');
    expect(meta.trim().split('\n')).toHaveLength(30);
  });

  test('of several inputs go to a directory, a file each', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(['bad a', ...eventRows(5)]));
    await place.write('b.ndjson', lines(['bad b', ...eventRows(5, { first: 5 })]));
    await place.importFiles(['a.ndjson', 'b.ndjson', '--rejects', 'bad/']);
    expect(await readFile(join(place.directory, 'bad/a.ndjson'), 'utf8')).toBe('bad a\n');
    expect(await readFile(join(place.directory, 'bad/b.ndjson'), 'utf8')).toBe('bad b\n');
  });

  test('that were mended are given to the same command', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(['bad', ...eventRows(5)]));
    const { report } = await place.importFiles(['a.ndjson', '--rejects', 'bad.ndjson']);
    await place.write('bad.ndjson', lines(eventRows(1, { first: 5 })));
    expect((await place.importFiles([report.rejects.path ?? ''])).exit).toBe(0);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(6));
  });
});
