import { createRequire } from 'node:module';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { text } from 'node:stream/consumers';
import { describe, expect, it } from 'vitest';
import { run } from './child.ts';
import { realMachine } from '../src/real-machine.ts';
import { run as runProgram } from '../src/main.ts';

const program = join(import.meta.dirname, '../bin/scarf-cli.js');

/** What the program itself prints on a terminal of that width; on none without. */
async function printed(argv: readonly string[], columns?: number): Promise<string> {
  const stdout = Object.assign(new PassThrough(), columns === undefined ? {} : { columns });
  const shown = text(stdout);
  expect(await runProgram(argv, { ...realMachine(), stdout, stderr: new PassThrough() })).toBe(0);
  stdout.end();
  return shown;
}

async function textAtOnce(argv: readonly string[], columns: number): Promise<string | undefined> {
  const { textFor } = createRequire(import.meta.url)('../bin/at-once.js') as {
    textFor: (argv: readonly string[], columns?: number) => string | undefined;
  };
  return textFor(argv, columns);
}

interface Described {
  path: string[];
  commands?: Described[];
}

function pathsOf({ path, commands = [] }: Described): string[][] {
  return [path, ...commands.flatMap(pathsOf)];
}

describe('what is answered at once', () => {
  it.each(['--help', '-h', '--version', '-V'])(
    '%s is what the program prints',
    async (option) => {
      const { code, lines } = await run([process.execPath, program, option], import.meta.dirname);
      expect(code).toBe(0);
      expect(`${lines.join('\n')}\n`).toBe(await printed([option]));
    },
    60_000,
  );

  it('is what the program prints at every width, where there is a text at all', async () => {
    // Some narrow widths are left to the program.
    const known: number[] = [];
    for (let columns = 20; columns <= 200; columns++) {
      const atOnce = await textAtOnce(['--help'], columns);
      if (atOnce === undefined) continue;
      expect(atOnce).toBe(await printed(['--help'], columns));
      known.push(columns);
    }
    expect(known).toContain(80);
    expect(known).toContain(100);
  });

  it('is the help of every command, as the program prints it', async () => {
    const tree = JSON.parse(await printed(['describe', '--json'])) as Described;
    for (const path of pathsOf(tree)) {
      for (const columns of [80, 100]) {
        const atOnce = await textAtOnce([...path, '--help'], columns);
        expect(atOnce, path.join(' ')).toBe(await printed([...path, '--help'], columns));
      }
    }
  });

  it.each([
    [['--json']],
    [['import']],
    [['help']],
    [['-x']],
    [['import', '--version']],
    [['../a', '--help']],
  ])('is not %j', async (argv) => {
    expect(await textAtOnce(argv, 100)).toBeUndefined();
  });

  it('is left to the program where no command has the name', async () => {
    const { code, lines } = await run([process.execPath, program, 'improt', '--help'], import.meta.dirname);
    expect({ code, lines }).toEqual({
      code: 0,
      lines: (await printed(['improt', '--help'])).trimEnd().split('\n'),
    });
  });

  it('is no --help-all, with which the program ends with 0 as well', async () => {
    const { code, lines } = await run(
      [process.execPath, program, 'login', '--help-all'],
      import.meta.dirname,
    );
    expect(code).toBe(0);
    expect(`${lines.join('\n')}\n`).toBe(await printed(['login', '--help-all']));
  }, 60_000);

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
