/**
 * A scene on a real pseudo-terminal, seen through the eyes of a terminal emulator: what a person would have on the
 * screen while a command runs and when it is over. `script` (util-linux) makes the pseudo-terminal,
 * xterm.js is the terminal.
 */
import { execFile, spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import xterm from '@xterm/headless';
import { paintedText } from './painted-text.ts';

const { Terminal } = xterm;

const PROGRAM = join(import.meta.dirname, '../../../bin/scarf-cli.js');

/** Something that happens as soon as the screen shows a text: keys are pressed, or the window gets another width. */
export interface Cue {
  when: RegExp;
  press?: string;
  columns?: number;
}

export interface Scene {
  columns: number;
  rows?: number;
  /** A line of sh; `scarf-cli` is this very program. */
  line: string;
  /** By name, in the directory that the scene plays in. */
  files?: Readonly<Record<string, string | Uint8Array>>;
  environment?: Readonly<Record<string, string>>;
  /** In order: each waits for the one before. */
  cues?: readonly Cue[];
}

export interface Played {
  code: number;
  /** Everything that is left on the terminal at the end, what scrolled away included, without blank lines at its end. */
  screen: string;
  /** Each different screen that was to be seen on the way. */
  frames: readonly string[];
  /** The same as `frames`, colours included: see `painted-text.ts`. The last one is what is left at the end. */
  painted: readonly string[];
  /** What the terminal was sent, escape sequences included. */
  raw: string;
}

export const CTRL_C = '\u0003';

/** Whether scenes can be played here; `script` of macOS takes other arguments. */
export const canPlay = process.platform === 'linux';

/** Plays the scene in an empty home of its own, which is gone afterwards. */
export async function play(scene: Scene): Promise<Played> {
  const home = await mkdtemp(join(tmpdir(), 'scarf-cli-'));
  try {
    for (const [name, content] of Object.entries(scene.files ?? {}))
      await writeFile(join(home, name), content);
    return await playIn(home, scene);
  } finally {
    await rm(home, { recursive: true, force: true });
  }
}

async function playIn(
  home: string,
  { columns, rows = 24, line, environment = {}, cues = [] }: Scene,
): Promise<Played> {
  const terminal = new Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true });
  const tools = await mkdtemp(join(home, '.tools-'));
  const program = `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`;
  await writeFile(join(tools, 'scarf-cli'), program, { mode: 0o755 });
  const tty = join(tools, 'tty');
  const shell = `stty cols ${columns} rows ${rows}; tty > '${tty}'; ${line}`;
  const child = spawn('script', ['--quiet', '--return', '--flush', '--command', shell, '/dev/null'], {
    cwd: home,
    env: {
      PATH: `${tools}:${process.env['PATH'] ?? ''}`,
      HOME: home,
      SHELL: '/bin/sh',
      TERM: 'xterm-256color',
      LANG: 'C.UTF-8',
      TZ: 'UTC',
      ...environment,
    },
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const left = [...cues];
  const frames: string[] = [];
  const painted: string[] = [];
  const raw: Buffer[] = [];
  const act = async ({ press, columns: width }: Cue) => {
    if (press !== undefined) child.stdin.write(press);
    if (width === undefined) return;
    terminal.resize(width, rows);
    await promisify(execFile)('sh', ['-c', `stty -F "$(cat '${tty}')" cols ${width}`]);
  };
  const code = new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  for await (const chunk of child.stdout as AsyncIterable<Buffer>) {
    raw.push(chunk);
    await new Promise<void>((resolve) => terminal.write(chunk, resolve));
    const screen = textOn(terminal);
    if (frames.at(-1) !== screen) {
      frames.push(screen);
      painted.push(paintedText(terminal.buffer.active));
    }
    while (left[0] !== undefined && left[0].when.test(screen)) await act(left.shift() as Cue);
  }
  const played = {
    code: await code,
    screen: textOn(terminal),
    frames,
    painted,
    raw: Buffer.concat(raw).toString('utf8'),
  };
  terminal.dispose();
  return played;
}

function textOn({ buffer: { active } }: InstanceType<typeof Terminal>): string {
  const lines = Array.from(
    { length: active.length },
    (_, line) => active.getLine(line)?.translateToString(true) ?? '',
  );
  return lines.join('\n').trimEnd();
}
