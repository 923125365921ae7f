import { execFile } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';

const program = join(import.meta.dirname, '../../../bin/scarf-cli.js');
const rows = Array.from(
  { length: 500 },
  (_, row) => `{"$time":"2026-11-26T00:00:00Z","$pixel":"p","$unique_id":"${row}"}\n`,
);

/** What a person sees, colours and cursor movements included, who runs the command on a terminal of so many columns. */
async function onTerminal(columns: number, argv: readonly string[], environment: Record<string, string>) {
  const home = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
  onTestFinished(() => rm(home, { recursive: true, force: true }));
  await writeFile(join(home, 'ev.ndjson'), [...rows, 'no row\n'].join(''));
  const command = [process.execPath, program, 'sandbox', 'exec', '--', process.execPath, program, ...argv];
  const quoted = command.map((word) => `'${word}'`).join(' ');
  const env = {
    PATH: process.env['PATH'],
    HOME: home,
    TERM: 'xterm-256color',
    LANG: 'C.UTF-8',
    ...environment,
  };
  return new Promise<{ code: number; text: string }>((resolve) => {
    const line = `stty cols ${columns} rows 40; ${quoted}`;
    const child = execFile(
      'script',
      ['--quiet', '--return', '--command', line, '/dev/null'],
      { cwd: home, env },
      (_, stdout) => resolve({ code: child.exitCode ?? -1, text: stdout }),
    );
    child.stdin?.end();
  });
}

const withoutColours = (text: string) => text.replaceAll(/\u001b\[[\d;]*m/g, '');

// `script` is util-linux's; that of macOS takes other arguments.
test.skipIf(process.platform !== 'linux').each([
  ['20 columns', 20, {}],
  ['80 columns', 80, {}],
  ['200 columns', 200, {}],
  ['a dumb terminal', 80, { TERM: 'dumb' }],
  ['NO_COLOR', 80, { NO_COLOR: '1' }],
])('an import on a terminal ends whole and readable: %s', async (_, columns, environment) => {
  const { code, text } = await onTerminal(columns, ['import', 'ev.ndjson'], environment);
  expect(text).not.toContain('\u{fffd}');
  expect(withoutColours(text)).toContain('accepted 500 + rejected 1');
  expect(text.includes('\u001b[3')).toBe(Object.keys(environment).length === 0);
  expect(code).toBe(3);
});
