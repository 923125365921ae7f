/** Outputs that are no files take the rows as they are, and are the same things afterwards. */
import { execFile, spawn } from 'node:child_process';
import { lstat, mkdir, readdir, readFile, readlink, symlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { Writable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { promisify } from 'node:util';
import { describe, expect, it } from 'vitest';
import { eventRows, lines, openPlace, type Place, type Report } from '../machine.ts';

const bad = 'not json';

/** Two good rows and a bad one. */
async function openWithBadRow(): Promise<Place> {
  const place = await openPlace();
  await place.write('events.ndjson', `${lines(eventRows(2, { ids: true }))}${bad}\n`);
  return place;
}

const importing = ['import', 'events.ndjson', '--progress', 'none', '-q'];

describe('rejects', () => {
  it.each(['/dev/stdout', '/dev/fd/1', '/proc/self/fd/1', '-'])('into %s', async (path) => {
    const { runCli, directory } = await openWithBadRow();
    const { exit, stdout } = await runCli([...importing, '--rejects', path]);
    expect(exit).toBe(3);
    expect(stdout).toBe(`${bad}\n`);
    expect(await names(directory)).toEqual(['events.ndjson']);
  });

  it('into /dev/stdout, while the JSON document goes to standard error', async () => {
    const { runCli } = await openWithBadRow();
    const { stdout, stderr } = await runCli([...importing, '--json', '--rejects', '/dev/stdout']);
    expect(stdout).toBe(`${bad}\n`);
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ exit: 3 });
  });

  it('into /dev/null, with their descriptions in the directory of the run', async () => {
    const { importFiles, directory } = await openWithBadRow();
    const before = await readdir('/dev');
    const { exit, report } = await importFiles(['events.ndjson', '--rejects', '/dev/null']);
    expect(exit).toBe(3);
    expect((await lstat('/dev/null')).isCharacterDevice()).toBe(true);
    expect(await readdir('/dev')).toEqual(before);
    const run = join(directory, '.local', 'state', 'scarf-cli', 'runs', report.run);
    expect(await readFile(join(run, 'rejects.ndjson.meta.ndjson'), 'utf8')).toContain('not-json');
  });

  it('into a FIFO, through a link', async () => {
    const { runCli, directory } = await openWithBadRow();
    await promisify(execFile)('mkfifo', [join(directory, 'fifo')]);
    await symlink('fifo', join(directory, 'link'));
    const reader = text(spawn('cat', [join(directory, 'fifo')]).stdout);
    expect((await runCli([...importing, '--rejects', 'link'])).exit).toBe(3);
    expect(await reader).toBe(`${bad}\n`);
    expect((await lstat(join(directory, 'fifo'))).isFIFO()).toBe(true);
    expect(await readlink(join(directory, 'link'))).toBe('fifo');
  });

  it('into a dangling link make the file that it names', async () => {
    const { runCli, directory } = await openWithBadRow();
    await symlink('kept', join(directory, 'link'));
    expect((await runCli([...importing, '--rejects', 'link'])).exit).toBe(3);
    expect(await readFile(join(directory, 'kept'), 'utf8')).toBe(`${bad}\n`);
    expect(await readlink(join(directory, 'link'))).toBe('kept');
  });
});

describe('replies', () => {
  const ingesting = ['ingest', 'sumatra', 'events.ndjson', '--progress', 'none', '-q', '--output'];

  it.each(['-', '/dev/stdout'])('into %s, as exports go', async (path) => {
    const { runCli, write, directory } = await openPlace();
    await write('events.ndjson', '{"_type":"signup"}\n{"_type":"login"}\n');
    const { exit, stdout, stderr } = await runCli([...ingesting, path, '--json']);
    expect(exit).toBe(0);
    const replies = stdout.trimEnd().split('\n');
    expect(replies.map((line) => JSON.parse(line) as unknown)).toMatchObject([{ line: 1 }, { line: 2 }]);
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ exit: 0 });
    expect(await names(directory)).toEqual(['events.ndjson']);
  });

  it('go on without a reader: the delivery is whole, and nobody is told', async () => {
    const { runCli, write, sandbox } = await openPlace();
    await write('events.ndjson', '{"_type":"signup"}\n'.repeat(5));
    const machine = { stdout: failing('EPIPE') };
    const { exit, stderr } = await runCli([...ingesting, '-'], { machine });
    expect(exit).toBe(0);
    expect(stderr).toBe('');
    expect(sandbox.vendors.sumatra.counts().received).toBe(5);
  });
});

describe('reports', () => {
  it.each(['/dev/stderr', '/dev/fd/2'])('into %s', async (path) => {
    const { runCli } = await openWithBadRow();
    const { stderr } = await runCli([...importing, '--report', path]);
    expect(JSON.parse(stderr.trimEnd().split('\n').at(-1) ?? '')).toMatchObject({ exit: 3 });
  });

  it('into a link go to its target', async () => {
    const { runCli, directory } = await openWithBadRow();
    await mkdir(join(directory, 'elsewhere'));
    await symlink('elsewhere/report.json', join(directory, 'link'));
    await runCli([...importing, '--report', 'link']);
    expect(await readdir(join(directory, 'elsewhere'))).toEqual(['report.json']);
    expect(await readlink(join(directory, 'link'))).toBe('elsewhere/report.json');
  });

  it('on a full disk: the document says the exit code of the process, and the message names the file', async () => {
    const { importFiles, write } = await openPlace();
    await write('good.ndjson', lines(eventRows(2, { ids: true })));
    const { exit, report, stderr } = await importFiles(['good.ndjson', '--report', '/dev/full']);
    expect(exit).toBe(6);
    expect(report.exit).toBe(6);
    expect(report.errors).toMatchObject([
      { kind: 'local', message: 'cannot write /dev/full: the disk is full (ENOSPC)' },
    ]);
    expect(stderr).toContain('cannot write /dev/full: the disk is full (ENOSPC)');
  });

  it('say so when standard output could not be written', async () => {
    const { runCli, directory, write } = await openPlace();
    await write('good.ndjson', lines(eventRows(2, { ids: true })));
    const argv = ['import', 'good.ndjson', '--json', '--report', 'report.json'];
    const { exit, stderr } = await runCli(argv, { machine: { stdout: failing('ENOSPC') } });
    expect(exit).toBe(6);
    const report = JSON.parse(await readFile(join(directory, 'report.json'), 'utf8')) as Report;
    expect(report.exit).toBe(6);
    expect(stderr).toContain('cannot write standard output: the disk is full (ENOSPC)');
  });
});

describe('refused before anything is read, exit 2', () => {
  it.each([
    ['--rejects', '/'],
    ['--rejects', '.'],
    ['--rejects', 'events.ndjson/'],
    ['--rejects', '/dev/null/'],
    ['--report', '/'],
    ['--report', '.'],
    ['--report', 'socket'],
    ['--rejects', 'socket'],
  ])('%s %s', async (flag, path) => {
    const { importFiles, directory, sandbox } = await openWithBadRow();
    const before = await readFile(join(directory, 'events.ndjson'), 'utf8');
    await socketAt(join(directory, 'socket'));
    const { exit, report } = await importFiles(['events.ndjson', flag, path]);
    expect(exit).toBe(2);
    expect(report).toMatchObject({ exit: 2, requests: 0 });
    expect(report.errors).toHaveLength(1);
    expect(await readFile(join(directory, 'events.ndjson'), 'utf8')).toBe(before);
    expect(sandbox.vendors.scarf.events()).toEqual([]);
    expect((await lstat(join(directory, 'socket'))).isSocket()).toBe(true);
  });

  it.each(['/', '.', 'directory'])('ingest sumatra --output %s', async (path) => {
    const { runCli, write, directory } = await openPlace();
    await mkdir(join(directory, 'directory'));
    await write('events.ndjson', '{"_type":"signup"}\n');
    const { exit } = await runCli(['ingest', 'sumatra', 'events.ndjson', '--output', path]);
    expect(exit).toBe(2);
  });
});

it.each([['--help'], ['limits'], ['help', 'exit-codes']])(
  'standard output that is full is an error for %s, and one that nobody reads is none',
  async (...argv) => {
    const { runCli } = await openPlace();
    const full = await runCli(argv, { machine: { stdout: failing('ENOSPC') } });
    expect(full.exit).toBe(6);
    expect(full.stderr).toBe('error: cannot write standard output: the disk is full (ENOSPC)\n');
    const unread = await runCli(argv, { machine: { stdout: failing('EPIPE') } });
    expect(unread).toMatchObject({ exit: 0, stderr: '' });
  },
);

it('a file that replaces another keeps the mode, behind a link as well', async () => {
  const { runCli, directory } = await openWithBadRow();
  await writeFile(join(directory, 'report.json'), 'old', { mode: 0o640 });
  await symlink('report.json', join(directory, 'link'));
  await runCli([...importing, '--report', 'link', '--overwrite']);
  expect((await lstat(join(directory, 'report.json'))).mode & 0o777).toBe(0o640);
  expect(await readFile(join(directory, 'report.json'), 'utf8')).toContain('"schema":1');
});

async function names(directory: string): Promise<string[]> {
  return (await readdir(directory)).filter((name) => name !== '.local').sort();
}

/** Standard output that cannot be written. */
function failing(code: string): Writable {
  return new Writable({
    write: (_chunk: Buffer, _encoding, done) =>
      done(Object.assign(new Error(code), { code, syscall: 'write' })),
  });
}

async function socketAt(path: string): Promise<void> {
  const { createServer } = await import('node:net');
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(path, resolve));
  server.unref();
}
