/** The reports of all parts become one outcome, and say what is missing. */
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventRows, lines, openPlace, type Place, type Report } from '../machine.ts';

interface Merged extends Omit<Report, 'rejects'> {
  merged: { of: number; missing: number[]; parts: { index: number; exit: number; report: string }[] };
  rejects: Report['rejects'] & { files: { path: string }[] };
}

const broken = (rows: readonly string[]) => rows.map((row, index) => (index % 7 === 3 ? `${row}}` : row));

/** Runs parts with reports and rejects of their own. */
async function runParts(
  place: Place,
  argv: readonly string[],
  { of, only }: { of: number; only?: number[] },
) {
  for (const index of only ?? Array.from({ length: of }, (_, part) => part)) {
    const own = [
      '--shard',
      `${index}/${of}`,
      '--report',
      `report-${index}.json`,
      '--rejects',
      `bad-${index}.ndjson`,
    ];
    await place.importFiles([...argv, ...own]);
  }
}

async function merge(place: Place, argv: readonly string[] = []) {
  const outcome = await place.runCli(['runs', 'merge', 'report-*.json', '--json', ...argv]);
  return { ...outcome, report: outcome.report as unknown as Merged };
}

describe('runs merge', () => {
  test('sums what the parts say to what the whole says', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(broken(eventRows(150))));
    await place.write('b.ndjson', lines(broken(eventRows(150, { first: 150 }))));
    await runParts(place, ['a.ndjson', 'b.ndjson'], { of: 4 });
    const { exit, report } = await merge(place);
    const whole = await place.importFiles(['a.ndjson', 'b.ndjson', '--again']);
    expect(exit).toBe(3);
    expect(report.counts).toEqual(whole.report.counts);
    expect(report.inputs).toEqual(whole.report.inputs);
    expect(report.rejects.reasons).toEqual(whole.report.rejects.reasons);
    expect(report.changes).toEqual(whole.report.changes);
    expect(report.merged.missing).toEqual([]);
    expect(report.merged.parts.map(({ index }) => index)).toEqual([0, 1, 2, 3]);
  });

  test('names the parts that are missing, and ends with 5', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(100)));
    await runParts(place, ['a.ndjson'], { of: 5, only: [3, 0, 1] });
    const { exit, report } = await merge(place);
    expect(exit).toBe(5);
    expect(report.merged.missing).toEqual([2, 4]);
    const { stdout } = await place.runCli(['runs', 'merge', 'report-0.json', 'report-1.json']);
    expect(stdout).toContain('2, 3, 4');
  });

  test('ends with the worst exit code, also of a part that failed before its first row', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(100)));
    await runParts(place, ['a.ndjson'], { of: 2, only: [0] });
    await runParts(place, ['a.ndjson', '--overwrite', '--append'], { of: 2, only: [1] });
    const { exit, report } = await merge(place);
    expect(exit).toBe(2);
    expect(report.merged.parts.map(({ exit: code }) => code)).toEqual([0, 2]);
    expect(report.errors).toHaveLength(1);
  });

  test('is 0 when all went well, and says so to people', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(100)));
    await runParts(place, ['a.ndjson'], { of: 3 });
    const { exit, stdout } = await place.runCli(['runs', 'merge', 'report-*.json']);
    expect(exit).toBe(0);
    expect(stdout).toContain('3 of 3 parts');
    expect(stdout).toContain('read 100 = accepted 100');
  });

  test('refuses reports that are not of one whole, a part twice, and what is no report', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(eventRows(100)));
    await place.write('b.ndjson', lines(eventRows(30)));
    await runParts(place, ['a.ndjson'], { of: 2, only: [0] });
    const other = async (name: string, argv: readonly string[]) => {
      await place.importFiles([...argv, '--report', name]);
      return (await place.runCli(['runs', 'merge', 'report-0.json', name])).exit;
    };
    expect(await other('list.json', ['a.ndjson', 'b.ndjson', '--shard', '1/2'])).toBe(2);
    expect(await other('recipe.json', ['a.ndjson', '--shard', '1/2', '--salt', 'x'])).toBe(2);
    expect(await other('number.json', ['a.ndjson', '--shard', '1/3'])).toBe(2);
    expect(await other('twice.json', ['a.ndjson', '--shard', '0/2'])).toBe(2);
    expect(await other('whole.json', ['a.ndjson'])).toBe(2);
    expect(await other('fine.json', ['a.ndjson', '--shard', '1/2'])).toBe(0);
    await place.write('text.json', 'no JSON');
    const fine = await readFile(join(place.directory, 'fine.json'), 'utf8');
    for (const index of [2, -1, 0.5, null])
      await place.write(`part ${index}.json`, fine.replace('"index":1,', `"index":${index},`));
    for (const index of [2, -1, 0.5, null])
      expect((await place.runCli(['runs', 'merge', 'report-0.json', `part ${index}.json`])).exit).toBe(2);
    await place.write('empty.json', '');
    for (const name of ['text.json', 'empty.json', 'a.ndjson', 'nowhere.json', '.'])
      expect((await place.runCli(['runs', 'merge', name])).exit).toBe(2);
  });
});

describe('the rejects of all parts', () => {
  test('come into one file of each format, in order, with one header and all descriptions', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(broken(eventRows(100))));
    const table = (first: number) =>
      `$package,$time,n\n${Array.from({ length: 20 }, (_, n) => `p,${n % 5 === 0 ? 'never' : '2126-11-21T08:00:00Z'},${first + n}\n`).join('')}`;
    await place.write('b.csv', table(0));
    await place.write('c.csv', table(20));
    const of = 4;
    await runParts(place, ['a.ndjson', 'b.csv', 'c.csv'], { of });
    const { exit, report } = await merge(place, ['--rejects', 'bad.ndjson']);
    expect(exit).toBe(3);
    const files = await Promise.all(report.rejects.files.map(({ path }) => readFile(path, 'utf8')));
    const rows = files.flatMap((text) => text.trimEnd().split('\n'));
    expect(rows.filter((row) => row.startsWith('$package')).length).toBe(1);
    expect(rows).toHaveLength(report.counts.rejected + 1);
    const described = await Promise.all(
      report.rejects.files.map(({ path }) => readFile(`${path}.meta.ndjson`, 'utf8')),
    );
    const places = described.flatMap((text) =>
      text
        .trimEnd()
        .split('\n')
        .map((line) => JSON.parse(line) as { file: string; line: number }),
    );
    expect(places).toHaveLength(report.counts.rejected);
    const ours = places.filter(({ file }) => file === 'a.ndjson').map(({ line }) => line);
    expect(ours).toEqual(Array.from({ length: 14 }, (_, nth) => 7 * nth + 4));
  });

  test('are found beside the reports of other machines', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(broken(eventRows(60))));
    await runParts(place, ['a.ndjson'], { of: 2 });
    await mkdir(join(place.directory, 'gathered'));
    for (const index of [0, 1]) {
      for (const name of [`report-${index}.json`, `bad-${index}.ndjson`, `bad-${index}.ndjson.meta.ndjson`])
        await rename(join(place.directory, name), join(place.directory, 'gathered', name));
    }
    const argv = ['runs', 'merge', 'gathered/*.json', '--rejects', 'bad.ndjson', '--json'];
    expect((await place.runCli(argv)).exit).toBe(3);
    expect((await readFile(join(place.directory, 'bad.ndjson'), 'utf8')).trimEnd().split('\n')).toHaveLength(
      9,
    );
    await rm(join(place.directory, 'gathered', 'bad-0.ndjson'));
    expect((await place.runCli([...argv, '--overwrite'])).exit).toBe(6);
  });

  test('may have stayed on other machines where nobody asks for them', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(broken(eventRows(60))));
    await runParts(place, ['a.ndjson'], { of: 2 });
    await rm(join(place.directory, 'bad-0.ndjson'));
    const { exit, report } = await merge(place);
    expect([exit, report.counts.rejected, report.merged.missing]).toEqual([3, 9, []]);
    expect(report.rejects.files).toMatchObject([
      { path: join(place.directory, 'bad-0.ndjson'), state: 'gone' },
      { state: 'present' },
    ]);
    const { exit: ofText } = await place.runCli(['runs', 'merge', 'report-*.json']);
    expect(ofText).toBe(3);
  });

  test('are missed though a report itself says that they are gone', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(broken(eventRows(60))));
    await runParts(place, ['a.ndjson'], { of: 2 });
    await rename(join(place.directory, 'bad-0.ndjson'), join(place.directory, 'moved'));
    await place.importFiles(['a.ndjson', '--shard', '0/2', '--report', 'report-0.json']);
    const { report } = await merge(place);
    expect(report.rejects.files).toMatchObject([{ state: 'gone' }, { state: 'present' }]);
    const argv = ['runs', 'merge', 'report-*.json', '--rejects', 'bad.ndjson'];
    const { exit, stderr } = await place.runCli(argv);
    expect([exit, stderr]).toEqual([6, expect.stringContaining('the rejects of part 0 are not there')]);
    await rename(join(place.directory, 'moved'), join(place.directory, 'bad-0.ndjson'));
    expect((await place.runCli(argv)).exit).toBe(3);
    const merged = await readFile(join(place.directory, 'bad.ndjson'), 'utf8');
    expect(merged.trimEnd().split('\n')).toHaveLength(9);
  });

  test('replace nothing that is there, least of all what is read', async () => {
    const place = await openPlace();
    await place.write('a.ndjson', lines(broken(eventRows(60))));
    await runParts(place, ['a.ndjson'], { of: 2 });
    const before = await readFile(join(place.directory, 'bad-0.ndjson'), 'utf8');
    for (const name of ['bad-0.ndjson', 'report-0.json'])
      expect((await merge(place, ['--rejects', name, '--overwrite'])).exit).toBe(2);
    expect(await readFile(join(place.directory, 'bad-0.ndjson'), 'utf8')).toBe(before);
    await place.write('bad.ndjson', 'mine\n');
    expect((await merge(place, ['--rejects', 'bad.ndjson'])).exit).toBe(2);
    expect((await merge(place, ['--rejects', 'bad.ndjson', '--overwrite'])).exit).toBe(3);
  });
});
