import { execFileSync } from 'node:child_process';
import { chmod, mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { runCli } from '../machine.ts';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'secret-file-'));
  onTestFinished(() => rm(directory, { recursive: true }));
});

/** Lists imports where nobody answers: what is looked at is what came before. */
function list(argv: readonly string[], environment = {}, stdin?: Readable) {
  const nobody = { SCARF_API_URL: 'http://127.0.0.1:9', SCARF_OWNER: 'acme', ...environment };
  const given = ['imports', 'wait', 'x', '--retries', '0', '--token-file', ...argv];
  return runCli(given, { directory, environment: nobody, ...(stdin === undefined ? {} : { stdin }) });
}

describe('a token file that has no end', () => {
  it.each(['/dev/zero', '/dev/urandom'])('%s ends at 64 KiB', async (path) => {
    expect(await list([path])).toMatchObject({ exit: 2 });
  });

  it('endless standard input ends at 64 KiB', async () => {
    const endless = Readable.from(
      (function* () {
        for (;;) yield Buffer.alloc(1000, 'x');
      })(),
    );
    expect(await list(['-'], {}, endless)).toMatchObject({ exit: 2 });
  });

  it('standard input that stays open ends with the deadline', async () => {
    expect(await list(['-', '--deadline', '100ms'], {}, new PassThrough())).toMatchObject({ exit: 5 });
  });

  it.each([
    ['nobody writes', undefined],
    ['somebody writes and does not close', 'token-without-end'],
  ])('a FIFO into which %s ends with the deadline', async (_who, text) => {
    const path = join(directory, 'fifo');
    execFileSync('mkfifo', [path]);
    const writer = text === undefined ? undefined : await open(path, 'r+');
    await writer?.write(text ?? '');
    const outcome = await list([path, '--deadline', '100ms']);
    await writer?.close();
    expect(outcome).toMatchObject({ exit: 5 });
    expect(outcome.stderr).not.toContain('token-without-end');
  });

  it('a FIFO is read to its end', async () => {
    const path = join(directory, 'fifo');
    execFileSync('mkfifo', [path]);
    const listing = list([path, '--deadline', '60s']);
    await writeFile(path, 'a-token-in-a-fifo\n');
    // Nobody answers, but the token was taken.
    expect((await listing).exit).toBe(5);
  });
});

it.each(['two\nlines', 'a\u0000b', 'a\u0007b', 'a\u0085b', 'a\rb'])(
  'a token like %j is refused',
  async (token) => {
    const path = join(directory, 'token');
    await writeFile(path, token, { mode: 0o600 });
    expect(await list([path])).toMatchObject({ exit: 2 });
    const saved = await runCli(['config', 'set', 'scarf', 'token'], {
      directory,
      environment: {},
      stdin: token,
    });
    expect(saved.exit).toBe(2);
  },
);

describe('a file with a secret that others can read', () => {
  const warning = (text: string) => text.split('open to others').length - 1;

  it.each([
    [0o600, 0],
    [0o400, 0],
    [0o640, 1],
    [0o604, 1],
    [0o777, 1],
  ])('with mode %o: %i warnings', async (mode, warnings) => {
    const path = join(directory, 'token');
    await writeFile(path, 'a-token-in-a-file\n');
    await chmod(path, mode);
    const { stderr, stdout } = await list([path]);
    expect(warning(stderr)).toBe(warnings);
    expect(warning(stdout)).toBe(0);
  });

  it('says nothing in a quiet run, and is an event where events are wanted', async () => {
    const path = join(directory, 'token');
    await writeFile(path, 'a-token-in-a-file\n');
    await chmod(path, 0o644);
    const input = join(directory, 'in.ndjson');
    await writeFile(input, '');
    const environment = { SCARF_API_URL: 'http://127.0.0.1:9', SCARF_OWNER: 'acme' };
    const argv = ['import', input, '--retries', '0', '--token-file', path];
    expect(warning((await runCli([...argv, '-q'], { directory, environment })).stderr)).toBe(0);
    const { stderr } = await runCli([...argv, '--progress', 'json'], { directory, environment });
    const events = stderr.split('\n').filter((line) => line.startsWith('{'));
    expect(events.map((line) => JSON.parse(line) as unknown)).toContainEqual(
      expect.objectContaining({ type: 'warned', code: 'open-to-others' }),
    );
  });

  it('warns of saved settings', async () => {
    const set = await runCli(['config', 'set', 'scarf', 'token'], {
      directory,
      environment: {},
      stdin: 'saved-token-1\n',
    });
    expect(set.exit).toBe(0);
    const { stdout } = await runCli(['config', 'path'], { directory, environment: {} });
    const path = stdout.trim();
    const environment = { SCARF_API_URL: 'http://127.0.0.1:9', SCARF_OWNER: 'acme' };
    const look = () => runCli(['imports', 'wait', 'x', '--retries', '0'], { directory, environment });
    expect(warning((await look()).stderr)).toBe(0);
    await chmod(path, 0o644);
    expect(warning((await look()).stderr)).toBe(1);
  });
});
