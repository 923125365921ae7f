import { execFileSync, spawn } from 'node:child_process';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { openPlace } from '../machine.ts';

const good = `${JSON.stringify({ $package: 'p', $time: new Date().toISOString(), n: 1 })}\n`;

describe('check', () => {
  test('says what a dry run says, with the same numbers, and sends nothing', async () => {
    const { write, runCli, sandbox } = await openPlace();
    await write('a.ndjson', `${good}not json\n${good}{"$package":"p"}\n`);
    const checked = await runCli(['check', 'a.ndjson', '--json']);
    const dry = await runCli(['import', 'a.ndjson', '--dry-run', '--json']);
    expect([checked.exit, dry.exit]).toEqual([3, 3]);
    const { counts, rejects, planned, bytesRead } = JSON.parse(checked.stdout) as Record<string, unknown>;
    expect(JSON.parse(dry.stdout)).toMatchObject({ counts, rejects, planned, bytesRead });
    expect(bytesRead).toBe(2 * good.length + 'not json\n{"$package":"p"}\n'.length);
    expect(counts).toMatchObject({ read: 4, rejected: 2, unsent: 2 });
    expect(planned).toMatchObject({ requests: 1, rows: 2 });
    expect(sandbox.vendors.scarf.counts()).toMatchObject({ received: 0 });
  });

  test('needs neither owner nor token', async () => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', good);
    const nobody = { SCARF_OWNER: '', SCARF_API_TOKEN: '', SCARF_API_URL: '' };
    expect((await runCli(['check', 'a.ndjson'], { environment: nobody })).exit).toBe(0);
  });

  test('--show prints the first rows as they would leave', async () => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', good.repeat(3));
    const { stdout } = await runCli(['check', 'a.ndjson', '--show', '2', '--fill-id', 'off']);
    expect(stdout).toBe(good.repeat(2));
  });

  test('--target checks against the rules of another vendor', async () => {
    const { write, runCli } = await openPlace();
    await write('calls.ndjson', '{"request":{"time":"2026-11-20T00:00:00Z","verb":"GET","headers":{}}}\n');
    const { exit, stdout } = await runCli(['check', 'calls.ndjson', '--target', 'moesif', '--json']);
    expect(exit).toBe(3);
    expect(stdout).toContain('request.uri');
  });

  test('--infer reads standard input and a FIFO too, and leaves nothing of their rows behind', async () => {
    const { directory, write, runCli } = await openPlace();
    const row = '{"$time":"2026-11-25T00:00:00Z","$package":"p","n":"1"}\n';
    await write('row', row);
    execFileSync('mkfifo', [join(directory, 'fifo')]);
    const writer = spawn('bash', ['-c', 'cat row > fifo'], { cwd: directory });
    const temporaryDirectory = join(directory, 'tmp');
    await mkdir(temporaryDirectory);
    const machine = { temporaryDirectory };
    const runs = [
      await runCli(['check', '--infer', 'fifo'], { machine }),
      await runCli(['check', '--infer', '-', '--format', 'ndjson'], { machine, stdin: row }),
    ];
    expect(runs.map(({ exit, stdout }) => [exit, stdout.split('\n').at(-2)])).toEqual([
      [0, 'scarf-cli import fifo --type n:int'],
      [0, 'scarf-cli import - --format ndjson --type n:int'],
    ]);
    expect(await readdir(temporaryDirectory)).toEqual([]);
    writer.kill();
  });

  test('an unreadable mapping is a usage error before anything is read', async () => {
    const { write, runCli } = await openPlace();
    await write('a.ndjson', good);
    expect((await runCli(['check', 'a.ndjson', '--map', 'nothing'])).exit).toBe(2);
    expect((await runCli(['check', 'a.ndjson', '--map-file', 'missing.json'])).exit).toBe(2);
  });
});
