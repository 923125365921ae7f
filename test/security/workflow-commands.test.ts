import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { startScriptedServer } from '../http/scripted-server.ts';
import { eventRows, lines, runCli } from '../machine.ts';
import { printable } from '../../src/report/terminal/printable.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';

const injected =
  'x%0A::add-mask::y\r\n::stop-commands::z\n  ::error::w ##[set-env name=PATH]/evil \u001b[2J\u2028::v';

it('neither names of files nor words of a server become commands of GitHub Actions', async () => {
  const server = await startScriptedServer(({ method }) =>
    method === 'POST'
      ? { status: 400, body: { message: injected } }
      : { status: 200, body: { event_imports: [] } },
  );
  onTestFinished(() => server.close());
  const directory = await temporaryDirectory();
  const folder = join(directory, 'a\n::error::b');
  await mkdir(folder);
  const input = join(folder, 'ev ##[x]\u001b,%0A::.ndjson');
  await writeFile(input, lines([...eventRows(1, { ids: true }), '{"no":"artifact"}']));
  const environment = {
    GITHUB_ACTIONS: 'true',
    SCARF_API_URL: server.url,
    SCARF_OWNER: 'acme',
    SCARF_API_TOKEN: 'a-token-for-acme',
  };
  const { exit, stdout, stderr } = await runCli(['import', input, input], { directory, environment });
  expect(exit).toBe(3);
  const output = `${stdout}${stderr}`.split(/\r\n|\r|\n/);
  const commands = output.filter((line) => /^\s*::|##\[/.test(line));
  expect(commands).toHaveLength(2);
  for (const command of commands) {
    expect(command).toMatch(/^::error file=[^:,]*,line=\d+(,col=\d+)?::[^\n]*$/);
    // Of what GitHub would decode only line ends are left that were escaped here.
    expect(command.replaceAll('%25', '')).not.toMatch(/%0[AD][^\ufffd]*::/);
  }
  expect(output.join('\n')).not.toMatch(/[\u001b\u2028]/);
});

it.each([
  ['::error::x', '\ufffd::error::x'],
  ['one\n  ::set-output::x', 'one\n  \ufffd::set-output::x'],
  ['a ##[add-path]b', 'a ##\ufffd[add-path]b'],
  ['std::vector at [::1]:80', 'std::vector at [::1]:80'],
])('%j is printed as %j', (text, printed) => {
  expect(printable(text)).toBe(printed);
});
