/** The scripts, tried in the shells that they are for, with the built command. */
import { execFile } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, describe, expect, it } from 'vitest';
import { isInstalled } from '../../installed.ts';

const program = join(import.meta.dirname, '../../../bin/scarf-cli.js');
const directory = mkdtempSync(join(tmpdir(), 'scarf-cli-'));
afterAll(() => {
  rmSync(directory, { recursive: true, force: true });
});

const start = join(directory, 'scarf-cli');
writeFileSync(start, `#!/bin/sh\nexec '${process.execPath}' '${program}' "$@"\n`);
chmodSync(start, 0o755);
writeFileSync(join(directory, 'events.ndjson'), '');
writeFileSync(join(directory, 'a file.csv'), '');

const environment = {
  PATH: `${directory}:${process.env['PATH']}`,
  HOME: directory,
  TERM: 'dumb',
  LANG: 'C.UTF-8',
};

/** What stands on the line after a tab behind each of these. */
const CASES: readonly [typed: string, completed: string][] = [
  ['scarf-cli impo', 'scarf-cli import'],
  ['scarf-cli imports li', 'scarf-cli imports list'],
  ['scarf-cli import --forma', 'scarf-cli import --format'],
  ['scarf-cli import --format cs', 'scarf-cli import --format csv'],
  ['scarf-cli import --format=cs', 'scarf-cli import --format=csv'],
  ['scarf-cli import ev', 'scarf-cli import events.ndjson'],
  ['scarf-cli import --rejects=ev', 'scarf-cli import --rejects=events.ndjson'],
];

async function inShell(command: string, args: readonly string[], input = ''): Promise<string> {
  const running = promisify(execFile)(command, args, { cwd: directory, env: environment });
  running.child.stdin?.end(input);
  return (await running).stdout;
}

const linesGot = (text: string) =>
  text.split('\n').flatMap((line) => (line.startsWith('GOT ') ? [line.slice('GOT '.length).trim()] : []));

/** Typed on a terminal; a control character puts the words that print the line in front of it. */
describe.skipIf(process.platform !== 'linux')('bash', () => {
  it('completes', async () => {
    const keys = CASES.map(([typed]) => `${typed}\t\u0001echo GOT \n`).join('');
    const lines = [
      "bind 'set enable-bracketed-paste off'",
      'source <(scarf-cli completion bash)',
      keys,
      'exit',
      '',
    ];
    const text = await inShell('script', ['-qec', 'bash --norc -i', '/dev/null'], lines.join('\n'));
    expect(linesGot(text)).toEqual(CASES.map(([, completed]) => completed));
  });
});

describe.skipIf(!isInstalled('zsh'))('zsh (skipped where it is not installed)', () => {
  it('completes', async () => {
    const typed = CASES.map(([line]) => `'${line}'`).join(' ');
    const script = `
zmodload zsh/zpty
zpty z zsh -f -i
zpty -w z 'PS1=READY; source <(scarf-cli completion zsh); bindkey "^I" complete-word; echo LOAD""ED'
zpty -r -m z out '*LOADED*READY*'
for line in ${typed}; do
  zpty -n -w z "$line"$'\\t'
  zpty -n -w z $'\\x01'"print -r -- GOT "$'\\n'
  zpty -r -m z out '*GOT scarf*READY*'
  print -r -- "GOT\${\${out##*GOT}%%$'\\r'*}"
done`;
    writeFileSync(join(directory, 'keys.zsh'), script);
    const text = await inShell('zsh', ['-f', 'keys.zsh']);
    expect(linesGot(text)).toEqual(CASES.map(([, completed]) => completed));
  });
});

describe.skipIf(!isInstalled('fish'))('fish (skipped where it is not installed)', () => {
  it('completes', async () => {
    const asked = CASES.map(([typed]) => `complete -C '${typed}'; echo END`).join('\n');
    const text = await inShell('fish', ['--no-config', '-c', `scarf-cli completion fish | source\n${asked}`]);
    const answers = text.split('END\n').slice(0, -1);
    const expected = CASES.map(([, completed]) => completed.split(' ').at(-1));
    expect(answers.map((answer) => answer.split('\n')[0]?.split('\t')[0])).toEqual(expected);
  });
});
