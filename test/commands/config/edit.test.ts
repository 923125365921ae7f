import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { checkDocument } from '../../../src/commands/config/check-document.ts';
import { runCli } from '../../machine.ts';

const program = join(import.meta.dirname, '../../../bin/scarf-cli.js');
const saved = '{"scarf":{"owner":"acme","token":"tell-nobody"}}';

/** Edits saved settings on a terminal with a command in the place of an editor. */
async function edit(editor: string, before: string | undefined = saved) {
  const home = await mkdtemp(join(tmpdir(), 'home-'));
  onTestFinished(() => rm(home, { recursive: true }));
  const directory = join(home, '.config/scarf-cli');
  const file = join(directory, 'profiles.json');
  if (before !== '') {
    await mkdir(directory, { recursive: true });
    await writeFile(file, before, { mode: 0o600 });
  }
  const env = { PATH: process.env['PATH'], HOME: home, TERM: 'xterm-256color', EDITOR: editor };
  const line = `'${process.execPath}' '${program}' config edit`;
  const { code, text } = await new Promise<{ code: number; text: string }>((resolve) => {
    const script = ['--quiet', '--return', '--command', line, '/dev/null'];
    const child = execFile('script', script, { env, cwd: home }, (_, stdout) =>
      resolve({ code: child.exitCode ?? -1, text: stdout }),
    );
  });
  expect(text).not.toContain('tell-nobody');
  expect(await readdir(directory)).toEqual(before === '' && code !== 0 ? [] : ['profiles.json']);
  const mode = code === 0 ? (await stat(file)).mode & 0o777 : 0o600;
  return { code, text, mode, after: await readFile(file, 'utf8').catch(() => '') };
}

// `script` is util-linux's; that of macOS takes other arguments.
describe.runIf(process.platform === 'linux')('config edit', () => {
  test('saves what the editor leaves, word for word', async () => {
    const edited = await edit(`sed -i -e 's/acme/other/' -e 's/^/  /'`);
    expect(edited).toMatchObject({ code: 0, mode: 0o600, after: `  ${saved.replace('acme', 'other')}` });
  });

  test('begins with nothing, and mends a damaged file', async () => {
    const write = `printf '{"scarf":{"owner":"b"}}' >`;
    expect(await edit(write, '')).toMatchObject({ code: 0, after: '{"scarf":{"owner":"b"}}' });
    expect(await edit(write, '{"scarf"')).toMatchObject({ code: 0, after: '{"scarf":{"owner":"b"}}' });
  });

  test.each([
    ['true', 0],
    ['false', 2],
    ['no-such-editor', 2],
    [`sed -i 's/"owner"/owner/'`, 2],
    [`sed -i 's/owner/ownr/'`, 2],
    ['rm', 6],
    [`sh -c 'kill -9 $$'`, 2],
  ])('%s leaves the settings as they were (%i)', async (editor, exit) => {
    expect(await edit(editor)).toMatchObject({ code: exit, after: saved });
  });

  test('saves nothing over what another process saved meanwhile', async () => {
    const other = `'${process.execPath}' '${program}' config set scarf owner another; sed -i 's/acme/mine/'`;
    const { code, after } = await edit(other);
    expect(code).toBe(9);
    expect(JSON.parse(after)).toEqual({ scarf: { owner: 'another', token: 'tell-nobody' } });
  });
});

test.each([{ EDITOR: 'true' }, {}])(
  'without a terminal or an editor it ends with 2: %j',
  async (environment) => {
    const directory = await mkdtemp(join(tmpdir(), 'home-'));
    onTestFinished(() => rm(directory, { recursive: true }));
    expect((await runCli(['config', 'edit'], { directory, environment })).exit).toBe(2);
    expect(await readdir(directory)).toEqual([]);
  },
);

describe('settings that were edited', () => {
  test.each([
    '{}',
    '{"scarf":{"owner":"acme","maxActive":3,"wait":false,"map":["a=b","c=d"]}}',
    '{"scarf":{"keychain":["token"]},"profiles":{"work":{"moesif":{"batchBytes":"9MB"}}},"use":"work"}',
  ])('%s can be used', async (text) => {
    await expect(checkDocument(text)).resolves.toBeUndefined();
  });

  test.each([
    ['', 'line 1'],
    ['{"scarf":{\n"owner":"acme"\n"token":"tell-nobody"}}', 'line 3'],
    ['[]', 'not an object'],
    ['{"scarf":[]}', 'scarf'],
    ['{"scraf":{}}', 'scraf'],
    ['{"scarf":{"__proto__":{"token":"tell-nobody"}}}', '__proto__'],
    ['{"__proto__":{"owner":"tell-nobody"}}', '__proto__'],
    ['{"scarf":{"max-active":3}}', 'maxActive'],
    ['{"scarf":{"maxActive":"tell-nobody-else"}}', 'max-active'],
    ['{"scarf":{"owner":{"name":"tell-nobody"}}}', 'owner'],
    ['{"scarf":{"owner":""}}', 'owner'],
    ['{"scarf":{"token":"tell-nobody\\n"}}', 'token'],
    ['{"scarf":{"apiUrl":"https://me:tell-nobody@example.com"}}', 'api-url'],
    ['{"scarf":{"keychain":["owner"]}}', 'keychain'],
    ['{"profiles":{"work":{"nobody":{}}}}', 'work'],
    ['{"profiles":{"a b":{}}}', 'name'],
    ['{"use":"gone"}', 'gone'],
  ])('%s cannot, and it is said why', async (text, words) => {
    const error = await checkDocument(text).catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ kind: 'usage' });
    expect(String(error)).toContain(words);
    expect(String(error)).not.toMatch(/tell-nobody(?!-else)/);
  });
});
