import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { run } from './child.ts';
import { realMachine } from '../src/machine.ts';
import { run as runProgram } from '../src/main.ts';

const program = join(import.meta.dirname, '../bin/scarf-cli.js');

/** What the program itself prints on a terminal of that width; on none without. */
async function printed(option: string, columns?: number): Promise<string> {
  const stdout = Object.assign(new PassThrough(), columns === undefined ? {} : { columns });
  expect(await runProgram([option], { ...realMachine(), stdout, stderr: new PassThrough() })).toBe(0);
  stdout.end();
  return text(stdout);
}

async function textAtOnce(option: string, columns: number): Promise<string | undefined> {
  const { textFor } = (await import(join(import.meta.dirname, '../bin/at-once.js'))) as {
    textFor: (option: string, columns?: number) => string | undefined;
  };
  return textFor(option, columns);
}

describe('what is answered at once', () => {
  it.each(['--help', '-h', '--version', '-V'])(
    '%s is what the program prints',
    async (option) => {
      const { code, lines } = await run([process.execPath, program, option], import.meta.dirname);
      expect(code).toBe(0);
      expect(`${lines.join('\n')}\n`).toBe(await printed(option));
    },
    60_000,
  );

  it('is what the program prints at every width, where there is a text at all', async () => {
    // Some narrow widths are left to the program.
    const known: number[] = [];
    for (let columns = 20; columns <= 200; columns++) {
      const atOnce = await textAtOnce('--help', columns);
      if (atOnce === undefined) continue;
      expect(atOnce).toBe(await printed('--help', columns));
      known.push(columns);
    }
    expect(known).toContain(80);
    expect(known).toContain(100);
  }, 120_000);

  it.each([['--json'], ['import'], ['help'], ['-x']])('is not %s', async (word) => {
    expect(await textAtOnce(word, 100)).toBeUndefined();
  });

  it.runIf(process.platform === 'linux')(
    'ends with 6 where it cannot be printed',
    async () => {
      const shell = '"$0" "$1" --help 2>&1 >/dev/full';
      const command = ['bash', '-c', shell, process.execPath, program];
      const { code, lines } = await run(command, import.meta.dirname);
      expect(code).toBe(6);
      expect(lines.join('\n')).toContain('ENOSPC');
    },
    60_000,
  );
});
