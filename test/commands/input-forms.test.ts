/** Files as people have them, beyond what the table of cases says: what must be run twice, or looked at closely. */
import { readdir } from 'node:fs/promises';
import { gunzipSync, gzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { readInput } from '../formats/cases/case.ts';
import { openPlace } from '../machine.ts';

const now = new Date().toISOString();
const row = (n: number) => JSON.stringify({ $package: 'p', $time: now, n });
const zipped = gzipSync(`${row(1)}\n${row(2)}\n`);

function countsOf(stdout: string) {
  const line = stdout.trimEnd().split('\n').at(-1) ?? '';
  const { counts } = JSON.parse(line) as { counts: { read: number; rejected: number } };
  return [counts.read, counts.rejected];
}

test('a pipe is read as what it is, also when its beginning comes in pieces', async () => {
  const { runCli } = await openPlace();
  const text = `{"count":1,\n"data":[${row(1)}`;
  const stdin = (async function* () {
    for (const piece of [text.slice(0, 3), text.slice(3), `,${row(2)}]`, '}']) {
      yield Buffer.from(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
  })();
  const { Readable } = await import('node:stream');
  const { exit, stdout } = await runCli(['import', '-', '--json'], { stdin: Readable.from(stdin) });
  expect(exit).toBe(0);
  expect(countsOf(stdout)).toEqual([2, 0]);
});

test.each<[string, Buffer]>([
  ['bzip2', readInput('containers/bzip2.ndjson.bz2')],
  ['xz', readInput('containers/xz.ndjson.xz')],
  ['zstd', readInput('containers/zstd')],
  ['a ZIP archive', readInput('containers/one-file.zip')],
  ['Parquet', readInput('containers/rows.parquet')],
])('%s is read from a pipe, and nothing of it stays behind', async (_name, stdin) => {
  const { directory, runCli } = await openPlace();
  for (const command of ['check', 'import']) {
    const { exit, stdout } = await runCli([command, '-', '--json'], { stdin });
    expect(exit).toBe(0);
    expect(countsOf(stdout)).toEqual([2, 0]);
  }
  const left = await readdir(directory, { recursive: true });
  expect(left.filter((name) => name.endsWith('packed'))).toEqual([]);
});

test.each<[string, Buffer, string]>([
  ['a ZIP archive with two files', readInput('containers/two-files.zip'), 'unzip -p FILE r.ndjson'],
  ['a ZIP archive that is cut off', readInput('containers/one-file.zip').subarray(0, -30), 'cut off'],
  ['tar', gunzipSync(readInput('containers/tar.tgz')), 'tar -xOf FILE'],
  ['tar in gzip', readInput('containers/tar.tgz'), 'tar -xOf FILE'],
])('%s is refused from a pipe by name', async (name, stdin, says) => {
  const { runCli } = await openPlace();
  for (const command of ['check', 'import']) {
    const { exit, stderr } = await runCli([command, '-'], { stdin });
    expect(exit).toBe(name.includes('cut off') ? 6 : 2);
    expect(stderr).toContain(says);
  }
});

test('numbers of Parquet keep their digits, and its times theirs', async () => {
  const { write, runCli } = await openPlace();
  await write('a.parquet', readInput('containers/rows.parquet'));
  const { stdout } = await runCli(['check', 'a.parquet', '--show', '1', '--fill-id', 'off']);
  expect(stdout).toMatch(/^\{"\$package":"p","\$time":"[\d-]+T[\d:.]+Z","large":9007199254740993\}/);
});

test('gzip with junk behind it is gone on with when it has been mended', async () => {
  const { write, runCli, sandbox } = await openPlace();
  await write('a.ndjson.gz', Buffer.concat([zipped, Buffer.from('junk')]));
  expect((await runCli(['import', 'a.ndjson.gz'])).exit).toBe(6);
  expect((await runCli(['import', 'a.ndjson.gz'])).exit).toBe(6);
  await write('a.ndjson.gz', Buffer.concat([zipped, gzipSync(`${row(3)}\n`)]));
  expect((await runCli(['import', 'a.ndjson.gz'])).exit).toBe(0);
  expect(sandbox.vendors.scarf.counts()).toMatchObject({ stored: 3, received: 3 });
});

test('what is written in another encoding leaves as UTF-8, and a run that was stopped goes on', async () => {
  const { write, runCli, sandbox } = await openPlace();
  const rows = Array.from({ length: 3 }, (_, n) => `p,${now},é${n}\n`).join('');
  await write('a.csv', Buffer.from(`$package,$time,n\n${rows}`, 'latin1'));
  const flags = ['--encoding', 'latin1'];
  const { stdout } = await runCli(['check', 'a.csv', ...flags, '--show', '1', '--fill-id', 'off']);
  expect(stdout).toContain('"n":"é0"');
  expect((await runCli(['import', 'a.csv', ...flags])).exit).toBe(0);
  await write('a.csv', Buffer.from(`$package,$time,n\n${rows}p,${now},ü\n`, 'latin1'));
  expect((await runCli(['import', 'a.csv', ...flags])).exit).toBe(0);
  expect(sandbox.vendors.scarf.counts()).toMatchObject({ stored: 4, received: 4 });
});

test('a decimal comma is one in typed columns only', async () => {
  const { write, runCli } = await openPlace();
  await write('a.csv', `$package;$time;n;v\np;${now};-1.234,5;10.123\n`);
  const { stdout } = await runCli([
    'check',
    'a.csv',
    '--decimal',
    ',',
    '--type',
    'n:number',
    '--show',
    '1',
    '--fill-id',
    'off',
  ]);
  expect(stdout).toContain('"n":-1234.5,"v":"10.123"');
});
