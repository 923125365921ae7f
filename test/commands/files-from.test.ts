/** `--files-from`: the names of inputs in a list. */
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { eventRows, lines, openPlace, storedNumbers, upTo, type Place } from '../machine.ts';

async function placeWithFiles(): Promise<Place> {
  const place = await openPlace();
  await place.write('a.ndjson', lines(eventRows(20)));
  await place.write('b [1]*.ndjson', lines(eventRows(20, { first: 20 })));
  await place.write('c.gz', gzipSync(lines(eventRows(20, { first: 40 }))));
  return place;
}

describe('a list of files', () => {
  test.each([
    ['one a line', 'c.gz\na.ndjson\n\nb [1]*.ndjson\n'],
    ['without an end', 'c.gz\na.ndjson\nb [1]*.ndjson'],
    ['as Windows writes it', 'c.gz\r\na.ndjson\r\nb [1]*.ndjson\r\n'],
    ['as some editors write it', '\uFEFFc.gz\r\na.ndjson\r\nb [1]*.ndjson\r\n'],
    ['as find -print0 writes it', 'c.gz\0./a.ndjson\0b [1]*.ndjson\0'],
  ])('%s', async (_name, list) => {
    const place = await placeWithFiles();
    await place.write('list', list);
    const { exit, report } = await place.importFiles(['--files-from', 'list']);
    expect(exit).toBe(0);
    expect(report.inputs[0]?.path).toBe('c.gz');
    expect(storedNumbers(place.sandbox)).toEqual(upTo(60));
  });

  test('may come on standard input', async () => {
    const place = await placeWithFiles();
    const { exit } = await place.importFiles(['--files-from', '-'], { stdin: 'a.ndjson\nc.gz\n' });
    expect(exit).toBe(0);
    expect(storedNumbers(place.sandbox)).toHaveLength(40);
  });

  test('is divided in the order in which it names them', async () => {
    const place = await placeWithFiles();
    await place.write('list', 'c.gz\nb [1]*.ndjson\na.ndjson\n');
    const first = await place.importFiles(['--files-from', 'list', '--shard', '0/3']);
    expect(first.report.inputs[0]?.path).toBe('c.gz');
    await place.importFiles(['--files-from', 'list', '--shard', '2/3']);
    await place.importFiles(['--files-from', 'list', '--shard', '1/3']);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(60));
  });

  test('is read by check and by check --infer, too', async () => {
    const place = await placeWithFiles();
    await place.write('list', 'a.ndjson\n');
    expect((await place.runCli(['check', '--files-from', 'list', '--json'])).report?.counts.read).toBe(20);
    const { exit, stdout } = await place.runCli(['check', '--infer', '--files-from', 'list']);
    expect(exit).toBe(0);
    expect(stdout).toContain('--files-from list');
  });

  test('need not be there when a run is resumed', async () => {
    const place = await placeWithFiles();
    place.sandbox.faults.append([{ kind: 'status', status: 500, route: 'import' }]);
    const argv = ['--files-from', '-', '--retries', '0'];
    const { report, exit } = await place.importFiles(argv, { stdin: 'a.ndjson\nc.gz\n' });
    expect(exit).toBe(5);
    place.sandbox.faults.clear();
    expect((await place.runCli(['runs', 'resume', report.run])).exit).toBe(0);
    expect(storedNumbers(place.sandbox)).toHaveLength(40);
  });
});

describe('a list is refused', () => {
  test.each<[string, string[], string]>([
    ['beside arguments', ['a.ndjson', '--files-from', 'list'], 'a.ndjson\n'],
    ['when it names standard input', ['--files-from', 'list'], 'a.ndjson\n-\n'],
    ['when it names nothing', ['--files-from', 'list'], '\n\n'],
    ['when it names what is not there, patterns too', ['--files-from', 'list'], '*.ndjson\n'],
    ['when it is also the report', ['--files-from', 'list', '--report', 'list', '--overwrite'], 'a.ndjson\n'],
  ])('%s', async (_name, argv, list) => {
    const place = await placeWithFiles();
    await place.write('list', list);
    expect((await place.runCli(['import', ...argv])).exit).toBe(2);
    expect(storedNumbers(place.sandbox)).toEqual([]);
  });

  test('that is not there, and no input at all', async () => {
    const place = await placeWithFiles();
    expect((await place.runCli(['import', '--files-from', 'nowhere'])).exit).toBe(2);
    expect((await place.runCli(['import'])).exit).toBe(2);
    await place.write('empty', '');
    expect((await place.runCli(['import', '--files-from', 'empty', '--allow-empty'])).exit).toBe(0);
  });
});
