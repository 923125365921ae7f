import { existsSync } from 'node:fs';
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { eventRows, lines, openPlace, type Place } from '../machine.ts';

const unset = { SCARF_API_TOKEN: '' };

/** A place with the true token in a file, and a wrong one in another. */
async function prepare(): Promise<
  Place & { list: (flags: string[], environment?: object) => Promise<number> }
> {
  const place = await openPlace();
  const { SCARF_API_TOKEN: token } = place.sandbox.environment;
  for (const [name, text] of [
    ['right', token],
    ['wrong', 'a-wrong-token'],
  ]) {
    await chmod(await place.write(name ?? '', `${text}\nuser: me\n`), 0o600);
  }
  await chmod(await place.write('token', `${token}\n`), 0o600);
  const list = async (flags: string[], environment: object = {}) =>
    (await place.runCli(['imports', 'list', ...flags], { environment: { ...unset, ...environment } })).exit;
  return { ...place, list };
}

const right = ['--token-command', 'cat right'];
const wrong = ['--token-command', 'cat wrong'];

describe('a command for the token', () => {
  test.each([
    ['the flag', right, {}, 0],
    ['the flag with a wrong one', wrong, {}, 4],
    ['the variable', [], { SCARF_API_TOKEN_COMMAND: 'cat right' }, 0],
    ['the flag before the variable of the token', wrong, { SCARF_API_TOKEN: 'RIGHT' }, 4],
    ['the flag before the variable of a command', right, { SCARF_API_TOKEN_COMMAND: 'cat wrong' }, 0],
    [
      'the token in a variable before a command in one',
      [],
      { SCARF_API_TOKEN: 'RIGHT', SCARF_API_TOKEN_COMMAND: 'cat wrong' },
      0,
    ],
    [
      'a file before a command in a variable',
      ['--token-file', 'token'],
      { SCARF_API_TOKEN_COMMAND: 'cat wrong' },
      0,
    ],
    ['a file and a command', ['--token-file', 'token', ...right], {}, 2],
    ['a program that is not there', ['--token-command', 'no-such-program'], {}, 2],
    ['a command that fails', ['--token-command', 'false'], {}, 4],
    ['a command without end, and a deadline', ['--token-command', 'sleep 60', '--deadline', '2s'], {}, 5],
  ])('%s', async (_name, flags, environment: Record<string, string>, exit) => {
    const { list, sandbox } = await prepare();
    const named = Object.entries(environment).map(([name, value]) => [
      name,
      value === 'RIGHT' ? sandbox.environment['SCARF_API_TOKEN'] : value,
    ]);
    expect(await list(flags, Object.fromEntries(named) as object)).toBe(exit);
  });

  test('may be saved, and then goes before a saved token and behind the environment', async () => {
    const { list, runCli, sandbox } = await prepare();
    await runCli(['config', 'set', 'scarf', 'token'], { stdin: 'a-wrong-token' });
    expect(await list([])).toBe(4);
    await runCli(['config', 'set', 'scarf', 'token-command', 'cat right']);
    expect(await list([])).toBe(0);
    expect(await list([], { SCARF_API_TOKEN: 'another-wrong-token' })).toBe(4);
    await runCli(['config', 'set', '--profile', 'work', 'scarf', 'token-command', 'cat wrong']);
    expect(await list(['--profile', 'work'])).toBe(4);
    expect(
      await list(['--profile', 'work'], { SCARF_API_TOKEN: sandbox.environment['SCARF_API_TOKEN'] }),
    ).toBe(0);
  });

  test('is not run where no token is needed', async () => {
    const { directory, runCli, importFiles, write } = await prepare();
    await write('a.ndjson', lines(eventRows(2)));
    await runCli(['config', 'set', 'scarf', 'token-command', 'touch ran; cat right']);
    const environment = unset;
    expect((await runCli(['check', 'a.ndjson'], { environment })).exit).toBe(0);
    expect((await importFiles(['a.ndjson', '--dry-run'], { environment })).exit).toBe(0);
    expect(existsSync(join(directory, 'ran'))).toBe(false);
    expect((await importFiles(['a.ndjson'], { environment })).exit).toBe(0);
    expect(existsSync(join(directory, 'ran'))).toBe(true);
  });

  test('gives a token that is masked, and is no part of the recipe', async () => {
    const { importFiles, runCli, write } = await prepare();
    await write('a.ndjson', lines(eventRows(2)));
    const first = await importFiles(['a.ndjson', ...right], { environment: unset });
    const second = await importFiles(['a.ndjson', '--token-command', 'cat right; true'], {
      environment: unset,
    });
    expect(second.report.run).toBe(first.report.run);
    const failed = await runCli(['imports', 'list', '--token-command', 'echo [a-wrong-token]; exit 1']);
    expect(failed.stdout + failed.stderr).not.toContain('a-wrong-token');
  });

  test('is for the password of Log Insight too', async () => {
    const { runCli, sandbox, write } = await prepare();
    await write('a.ndjson', '{"text":"hello"}\n');
    await chmod(await write('password', `${sandbox.environment['LOGINSIGHT_PASSWORD']}\n`), 0o600);
    const send = (command: string) =>
      runCli(['ingest', 'loginsight', 'a.ndjson', '--again', '--password-command', command], {
        environment: {
          LOGINSIGHT_PASSWORD: '',
          LOGINSIGHT_USERNAME: sandbox.environment['LOGINSIGHT_USERNAME'] ?? '',
        },
      });
    expect((await send('cat password')).exit).toBe(0);
    expect((await send('echo another')).exit).toBe(4);
  });
});

describe('runs resume', () => {
  test('takes the secrets from the profile that the run had, whichever is in use since', async () => {
    const { importFiles, runCli, sandbox, write } = await prepare();
    await write('a.ndjson', lines(eventRows(2)));
    const token = sandbox.environment['SCARF_API_TOKEN'] ?? '';
    await runCli(['config', 'set', 'scarf', 'token'], { stdin: 'a-wrong-token' });
    await runCli(['config', 'set', '--profile', 'work', 'scarf', 'token'], { stdin: token });
    const environment = unset;
    const { report } = await importFiles(['a.ndjson', '--no-wait', '--profile', 'work'], { environment });
    const resume = (...flags: string[]) => runCli(['runs', 'resume', report.run, ...flags], { environment });
    expect((await resume('--profile', 'default')).exit).toBe(4);
    expect((await resume('--profile', 'nobody')).exit).toBe(2);
    expect((await resume()).exit).toBe(0);
  });
});
