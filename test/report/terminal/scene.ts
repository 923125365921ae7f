/**
 * A scene on a real pseudo-terminal, seen through the eyes of a terminal emulator: what a person would have on the
 * screen while a command runs and when it is over. `script` (util-linux) makes the pseudo-terminal,
 * xterm.js is the terminal.
 */
import { execFile, spawn, type ChildProcessByStdio } from 'node:child_process';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable, Writable } from 'node:stream';
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

async function playIn(home: string, scene: Scene): Promise<Played> {
  const { columns, rows = 24, cues = [] } = scene;
  const terminal = new Terminal({ cols: columns, rows, scrollback: 5_000, allowProposedApi: true });
  const { child, resize } = await start(home, scene);
  const code = new Promise<number>((resolve) => child.on('close', (status) => resolve(status ?? -1)));
  // A command may end before a key reaches it.
  child.stdin.on('error', () => undefined);
  const left = [...cues];
  const frames: string[] = [];
  const painted: string[] = [];
  let raw = '';
  let whenStill: (() => Promise<void>) | undefined;
  for await (const chunk of drawings(child.stdout)) {
    raw += chunk.toString('latin1');
    await new Promise<void>((resolve) => terminal.write(chunk, resolve));
    const screen = textOn(terminal);
    if (frames.at(-1) !== screen) {
      frames.push(screen);
      painted.push(paintedText(terminal.buffer.active));
    }
    if (whenStill !== undefined && raw.endsWith(stillness)) {
      await whenStill();
      whenStill = undefined;
    }
    while (whenStill === undefined && left[0]?.when.test(screen)) {
      const { press, columns: width } = left.shift() as Cue;
      if (press !== undefined) child.stdin.write(press);
      if (width !== undefined) whenStill = await resize(width, () => terminal.resize(width, rows));
    }
  }
  const screen = textOn(terminal);
  terminal.dispose();
  return { code: await code, screen, frames, painted, raw: Buffer.from(raw, 'latin1').toString('utf8') };
}

/** The marker behind what a program wants to be seen at once. */
const endOfDrawing = Buffer.from('\u001b[?2026l');

/** What a terminal is sent, cut behind each drawing: none is missed when several are read at once. */
async function* drawings(bytes: AsyncIterable<Buffer>): AsyncGenerator<Buffer> {
  for await (let chunk of bytes) {
    for (let at; (at = chunk.indexOf(endOfDrawing)) !== -1;) {
      yield chunk.subarray(0, at + endOfDrawing.length);
      chunk = chunk.subarray(at + endOfDrawing.length);
    }
    if (chunk.length > 0) yield chunk;
  }
}

/** A title for the window, which no program here sets: behind it comes nothing that was written before. */
const stillness = '\u001b]2;still\u0007';

interface Started {
  child: ChildProcessByStdio<Writable, Readable, null>;
  /**
   * Stops the programs on the terminal, so that it changes its width at one moment for all, as a window does. What is given
   * back is called once `stillness` has come: then the terminal has read all that was meant for its old width.
   */
  resize: (width: number, ofTerminal: () => void) => Promise<() => Promise<void>>;
}

/** Starts the line on a pseudo-terminal. */
async function start(home: string, { columns, rows = 24, line, environment = {} }: Scene): Promise<Started> {
  const tools = await mkdtemp(join(home, '.tools-'));
  const program = `#!/bin/sh\nexec '${process.execPath}' '${PROGRAM}' "$@"\n`;
  await writeFile(join(tools, 'scarf-cli'), program, { mode: 0o755 });
  const group = join(tools, 'group');
  // Without `noflsh` a key such as Ctrl-C throws away what was written and not read yet: a busy machine would lose drawings.
  const shell = `stty cols ${columns} rows ${rows} noflsh; echo "$$ $(tty)" > '${group}'; ${line}\nexit $?`;
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
  const resize: Started['resize'] = async (width, ofTerminal) => {
    const [leader = '', tty = ''] = (await readFile(group, 'utf8')).trim().split(' ');
    // The shell is left alone: `script` would stop with it.
    const programs = (await processesOf(leader)).filter((id) => id !== leader);
    for (const id of programs) process.kill(Number(id), 'SIGSTOP');
    await writeFile(tty, stillness);
    return async () => {
      ofTerminal();
      await promisify(execFile)('stty', ['-F', tty, 'cols', String(width)]);
      for (const id of programs) process.kill(Number(id), 'SIGCONT');
    };
  };
  return { child, resize };
}

/** The processes of a group, by their numbers. */
async function processesOf(leader: string): Promise<string[]> {
  const all = (await readdir('/proc')).filter((name) => /^\d+$/.test(name));
  const groups = await Promise.all(
    all.map(async (id) => {
      // One may have ended meanwhile.
      const text = await readFile(`/proc/${id}/stat`, 'latin1').catch(() => '');
      return text.slice(text.lastIndexOf(')') + 2).split(' ')[2];
    }),
  );
  return all.filter((_, index) => groups[index] === leader);
}

function textOn({ buffer: { active } }: InstanceType<typeof Terminal>): string {
  const lines = Array.from(
    { length: active.length },
    (_, line) => active.getLine(line)?.translateToString(true) ?? '',
  );
  return lines.join('\n').trimEnd();
}
