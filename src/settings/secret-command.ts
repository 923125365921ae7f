/** Reads secrets that a command prints, for example a password manager. */
import { spawn, type ChildProcess } from 'node:child_process';
import { sep } from 'node:path';
import type { Readable } from 'node:stream';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';

/** More than any secret or any message of a password manager needs. */
const maxOutputBytes = 64 * 1024;
/** A password manager may have to ask the user first. */
const maxWaitMs = 60_000;

export interface SecretCommand {
  /** A command line for the shell. */
  command: string;
  /** What named the command, for messages: `--token-command`. */
  name: string;
  /** Aborting it ends the command. */
  signal?: AbortSignal | undefined;
  machine: Pick<
    Machine,
    'environment' | 'workingDirectory' | 'stdin' | 'stderr' | 'endGroup' | 'elapsedMs' | 'sleep'
  >;
}

/**
 * The first line that the command prints. The command gets no input, and its standard error is not shown.
 * After a minute or 64 KiB of output it is killed. Throws a Failure that names the program and never what it
 * printed: `usage` when there is no such program, else `credentials`; or the reason of `signal`.
 */
export async function readSecretCommand(request: SecretCommand): Promise<string> {
  const { signal, machine } = request;
  signal?.throwIfAborted();
  const run = start(request);
  const late = new AbortController();
  const timeout = machine.sleep(maxWaitMs, late.signal).then(
    () => Promise.reject(refused(request, 'did not end within a minute')),
    () => new Promise<never>(() => undefined),
  );
  const interrupted = new Promise<never>((_, reject) => {
    signal?.addEventListener('abort', () => reject(signal.reason as Error), { signal: late.signal });
  });
  try {
    const { text, end } = await Promise.race([outputOf(run, request), timeout, interrupted]);
    if (end !== 0) throw failed(request, end);
    return checkedLine(text, request);
  } catch (error) {
    run.end();
    throw error;
  } finally {
    late.abort();
    run.output.destroy();
  }
}

interface Run {
  child: ChildProcess;
  output: Readable;
  /** Ends the processes that still run. */
  end: () => void;
}

/**
 * Without a terminal the command gets its own process group, so that everything it started can be killed. On
 * a terminal it stays in ours: a password manager prompts there, and Ctrl-C reaches the whole group.
 */
function start({ command, machine }: SecretCommand): Run {
  const { stdin, stderr, environment, workingDirectory } = machine;
  const isWindows = sep === '\\';
  const leads = !isWindows && stdin.isTTY !== true && stderr.isTTY !== true;
  const child = spawn(command, {
    shell: true,
    cwd: workingDirectory,
    env: environment,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: leads,
    windowsHide: true,
  });
  const output = child.stdout;
  let isOver = false;
  child.once('exit', () => {
    isOver = true;
  });
  const end = () => {
    if (child.pid === undefined) return;
    if (leads) machine.endGroup(child.pid);
    else if (!isOver) child.kill('SIGKILL');
  };
  return { child, output, end };
}

/**
 * The output, and the exit code or the signal. Background processes that outlive the first line are not
 * waited for.
 */
function outputOf(
  { child, output }: Run,
  request: SecretCommand,
): Promise<{ text: string; end: number | string }> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    let length = 0;
    let end: number | string | undefined;
    const finish = () => resolve({ text: Buffer.concat(parts).toString('utf8'), end: end ?? 0 });
    const hasLine = () => parts.some((part) => part.includes(0x0a));
    child.once('error', (cause) => reject(notStarted(request, cause)));
    output.on('error', () => undefined);
    output.on('data', (part: Buffer) => {
      parts.push(part);
      length += part.length;
      if (length > maxOutputBytes) reject(refused(request, 'printed more than 64 KiB'));
      else if (end !== undefined && hasLine()) finish();
    });
    child.once('exit', (code, signal) => {
      end = code ?? signal ?? 'unknown';
      if (hasLine() || end !== 0) finish();
    });
    child.once('close', finish);
  });
}

function checkedLine(text: string, request: SecretCommand): string {
  const line = (text.split('\n', 1)[0] ?? '').replace(/\r$/, '');
  if (line === '') throw refused(request, 'printed nothing on its first line');
  if (/\p{Cc}/u.test(line)) throw refused(request, 'printed control characters');
  return line;
}

/**
 * Exit codes of a shell that cannot run the command ("POSIX, Shell Command Language, Exit Status for
 * Commands").
 */
const notFound = 127;
const notExecutable = 126;

function failed(request: SecretCommand, end: number | string): Failure {
  if (end === notFound || end === notExecutable) {
    const problem = end === notFound ? 'is not there' : 'cannot be executed';
    return new Failure('usage', `${request.name}: ${programOf(request)} ${problem}`);
  }
  return refused(request, typeof end === 'number' ? `ended with ${end}` : `was ended by ${end}`);
}

function refused(request: SecretCommand, problem: string): Failure {
  return new Failure('credentials', `${request.name}: ${programOf(request)} ${problem}`, {
    hint: 'run the command by itself to see what it says',
  });
}

function notStarted(request: SecretCommand, cause: Error): Failure {
  const code = (cause as NodeJS.ErrnoException).code ?? 'unknown error';
  return new Failure('local', `${request.name}: no shell could be started (${code})`, { cause });
}

/** The program name alone, since arguments and variables may contain secrets. */
function programOf({ command }: SecretCommand): string {
  const name = /^\s*([\w./-]+)(?=\s|$)/.exec(command)?.[1];
  return name === undefined ? 'the command' : `"${name}"`;
}
