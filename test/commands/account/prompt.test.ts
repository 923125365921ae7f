import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import { startSandbox } from '../../../src/sandbox/index.ts';

const program = join(import.meta.dirname, '../../../bin/scarf-cli.js');

/** Runs a command on a terminal; each answer is typed when its question shows. */
async function onTerminal(
  argv: readonly string[],
  answers: readonly (readonly [question: string, keys: string])[],
  environment: Record<string, string> = {},
) {
  const home = await mkdtemp(join(tmpdir(), 'home-'));
  const sandbox = await startSandbox({ clock: () => Date.now(), random: Math.random });
  onTestFinished(async () => {
    await sandbox.close();
    await rm(home, { recursive: true });
  });
  const { SCARF_API_URL, SCARF_OWNER, LOGINSIGHT_URL } = sandbox.environment;
  const own = { PATH: process.env['PATH'], HOME: home, TERM: 'xterm-256color', LANG: 'C.UTF-8' };
  const env = { ...own, SCARF_API_URL, SCARF_OWNER, LOGINSIGHT_URL, ...environment };
  const line = [process.execPath, program, ...argv].map((word) => `'${word}'`).join(' ');
  const script = ['--quiet', '--return', '--command', `stty cols 80 rows 24; ${line}`, '/dev/null'];
  const ended = new Promise<{ code: number; text: string }>((resolve) => {
    const waiting = [...answers];
    let text = '';
    const child = execFile('script', script, { cwd: home, env }, () =>
      resolve({ code: child.exitCode ?? -1, text }),
    );
    child.stdout?.on('data', (part: string) => {
      text += part;
      const [question = '', keys = ''] = waiting[0] ?? [];
      if (waiting.length === 0 || !text.includes(question)) return;
      waiting.shift();
      child.stdin?.write(keys);
    });
  });
  const { code, text } = await ended;
  const saved = await readFile(join(home, '.config/scarf-cli/profiles.json'), 'utf8').catch(() => '{}');
  return { code, text, saved: JSON.parse(saved) as object };
}

const question = 'API token of Scarf:';

// `script` is util-linux's; that of macOS takes other arguments.
const onLinux = test.runIf(process.platform === 'linux');

onLinux('the token that is typed is not shown, and is saved', async () => {
  const { code, text, saved } = await onTerminal(['login'], [[question, 'sandbox-token\r']]);
  expect({ code, saved }).toEqual({ code: 0, saved: { scarf: { token: 'sandbox-token' } } });
  expect(text).not.toContain('sandbox');
  expect(text).not.toContain('\u{fffd}');
});

onLinux('a wrong one ends with 4, Ctrl-C and Ctrl-D with 130, and nothing is saved', async () => {
  for (const [keys, exit] of [
    ['wrong\r', 4],
    ['sandbox\u0003', 130],
    ['\u0004', 130],
    ['\r', 2],
  ] as const) {
    const { code, saved } = await onTerminal(['login'], [[question, keys]]);
    expect({ keys, code, saved }).toEqual({ keys, code: exit, saved: {} });
  }
});

onLinux('on a dumb terminal, the user of Log Insight is asked for too, and is shown', async () => {
  const answers = [
    ['User of Log Insight:', 'admin\r'],
    ['Password of Log Insight:', 'sandbox-password\r'],
  ] as const;
  const { code, text, saved } = await onTerminal(['login', 'loginsight'], answers, { TERM: 'dumb' });
  expect(saved).toEqual({ loginsight: { username: 'admin', password: 'sandbox-password' } });
  expect(text).toContain('admin');
  expect(text).not.toContain('sandbox-password');
  expect(code).toBe(0);
});

onLinux('a deadline ends the question', async () => {
  expect((await onTerminal(['login', '--deadline', '1s'], [])).code).toBe(5);
});
