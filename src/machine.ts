/**
 * Everything outside the process, as one value: the only seam that tests replace, and the only file
 * that may touch `process`, the clock, randomness or timers.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { constants, fstatSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Readable, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { Trace } from './trace.ts';

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** An output stream, with what a terminal knows about itself. */
export type Output = Writable & {
  isTTY?: boolean;
  columns?: number;
  rows?: number;
  /**
   * Looks how large the terminal is now. Node.js does so itself once it has come round to the signal, before which a busy
   * process would draw for the size of before. Its own method, though not a documented one (Node.js 20, lib/tty.js).
   */
  _refreshSize?(): void;
};

export interface Machine {
  /** Command-line arguments, without the program's name. */
  argv: readonly string[];
  /** The command that runs this program: an interpreter and a file. */
  self: readonly [command: string, file: string];
  environment: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  /** Absolute. Undefined when neither the environment nor the account names one. */
  homeDirectory: string | undefined;
  temporaryDirectory: string;
  stdin: Readable & { isTTY?: boolean; setRawMode?: (isRaw: boolean) => unknown };
  stdout: Output;
  stderr: Output;
  /** Whether standard output was closed when the process started: what is written to it is lost. */
  isStdoutClosed(): boolean;
  /** The number of this process, for locks. */
  pid: number;
  /** The user that the process runs as; undefined when the system knows none. */
  userName(): string | undefined;
  hostname: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Monotonic milliseconds, for durations. */
  elapsedMs(): number;
  /** Resolves after `ms`. Rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back every `ms` until the returned function is called. Does not keep the process alive. */
  every(ms: number, callback: () => void): () => void;
  /** In [0, 1). */
  random(): number;
  randomBytes(length: number): Uint8Array;
  /** A random UUID (RFC 9562, version 4). */
  uuid(): string;
  /**
   * Calls back for each signal until the returned function is called. Without a listener, signals end the
   * process as usual.
   */
  onSignal(listener: (name: SignalName) => void): () => void;
  /** Sets the exit code for when the event loop is empty. Work that was left behind delays the exit only briefly. */
  exitWhenDone(code: number): void;
  /** Ends the process at once, without cleanup. */
  exitNow(code: number): void;
  /** Whether a process with this number is running on this host. */
  isAlive(pid: number): boolean;
  /** Ends the processes of a group, named by the one that was started as its leader (`detached`). None left is no error. */
  endGroup(leader: number): void;
  /**
   * Limits heap growth. V8 doubles the space for new objects up to 32 MB early in a run and lets old objects
   * pile up to several times what is in use; a long run ends up using all of that. A hint: without effect
   * where V8 ignores it. To be given again when a thread has started: V8 forgets a part of it for the whole process then.
   */
  boundHeap(): void;
  /** Gives back the memory of what is not used any more, WebAssembly's too, which V8 would do at leisure. A hint. */
  collectGarbage(): void;
  /** How many threads can run at once. */
  cores: number;
  /**
   * Collects new objects often, which is cheap, and old ones seldom: for runs whose bytes pass by in buffers
   * outside the heap, which V8 counts as if they piled up in it. A hint, as above.
   */
  calmHeap(): void;
  /** The address space limit of this process, and whether Node.js reserves guard regions without using them. */
  addressSpace(): AddressSpace;
  /** Calls back for uncaught errors, which then no longer end the process by themselves. */
  onUncaught(listener: (error: unknown) => void): void;
  /** Requests, waits and statements of this process, for `-v` and `--log-file`. */
  trace: Trace;
  /** The version of Node.js, and the system it runs on: `linux x64`. */
  runtime: { node: string; platform: string };
  /**
   * A point at which chaos tests may kill the process, named after the step just completed. Does nothing in
   * production.
   */
  faultPoint(name: string): void;
}

export interface AddressSpace {
  /** As set by `ulimit -v`; undefined when unlimited, or on a system that does not tell. */
  limitBytes: number | undefined;
  /** Node.js reserves 10 GiB around each WebAssembly memory, unless `--disable-wasm-trap-handler` is given. */
  hasGuardRegions: boolean;
}

/** How long abandoned work, such as opening a FIFO without a writer, may delay the exit. */
const leftBehindMs = 100;

/** The longest delay of a Node timer. */
const maxTimerMs = 2 ** 31 - 1;

const SIGNALS: readonly SignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The real machine. */
export function realMachine(): Machine {
  // A name server that does not answer would hold the process longer than a deadline allows; retrying is up
  // to us anyway.
  process.env['RES_OPTIONS'] ??= 'timeout:1 attempts:2';
  // The AWS SDK would tell users which Node its next releases want; this one is built into the program.
  process.env['AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED'] ??= 'true';
  return {
    argv: process.argv.slice(2),
    self: [process.execPath, fileURLToPath(new URL('../bin/scarf-cli.js', import.meta.url))],
    environment: process.env,
    workingDirectory: process.cwd(),
    temporaryDirectory: tmpdir(),
    homeDirectory: homeDirectory(process.env['HOME']),
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    isStdoutClosed,
    pid: process.pid,
    userName: findUserName,
    hostname: hostname(),
    now: () => Date.now(),
    elapsedMs: () => performance.now(),
    sleep,
    every: callEvery,
    random: () => Math.random(),
    randomBytes: (length) => randomBytes(length),
    uuid: () => randomUUID(),
    onSignal: listenForSignals,
    exitWhenDone,
    exitNow: exitAtOnce,
    isAlive,
    endGroup,
    boundHeap: () => {
      setFlagsFromString('--optimize-for-size');
      setFlagsFromString('--heap-growing-percent=10');
      setFlagsFromString('--semi-space-growth-factor=1');
    },
    collectGarbage,
    cores: availableParallelism(),
    calmHeap,
    addressSpace,
    onUncaught: (listener) => void process.on('uncaughtException', listener),
    trace: new Trace(),
    runtime: { node: process.versions.node, platform: `${process.platform} ${process.arch}` },
    faultPoint: () => undefined,
  };
}

async function sleep(ms: number, signal?: AbortSignal): Promise<void> {
  for (let leftMs = ms; ; leftMs -= maxTimerMs) {
    await wait(Math.min(leftMs, maxTimerMs), undefined, signal === undefined ? {} : { signal });
    if (leftMs <= maxTimerMs) return;
  }
}

function callEvery(ms: number, callback: () => void): () => void {
  const timer = setInterval(callback, ms);
  timer.unref();
  return () => clearInterval(timer);
}

function collectGarbage(): void {
  // Only a context that is made with this flag has the function.
  setFlagsFromString('--expose-gc');
  (runInNewContext('gc') as () => void)();
}

function calmHeap(): void {
  setFlagsFromString('--semi-space-growth-factor=1');
  setFlagsFromString('--heap-growing-percent=400');
}

function addressSpace(): AddressSpace {
  const flags = [...process.execArgv, process.env['NODE_OPTIONS'] ?? ''].join(' ');
  const hasGuardRegions = !flags.includes('--disable-wasm-trap-handler');
  try {
    const limits = readFileSync('/proc/self/limits', 'utf8');
    const bytes = /^Max address space +(\d+)/m.exec(limits)?.[1];
    return { limitBytes: bytes === undefined ? undefined : Number(bytes), hasGuardRegions };
  } catch {
    return { limitBytes: undefined, hasGuardRegions };
  }
}

function listenForSignals(listener: (name: SignalName) => void): () => void {
  for (const name of SIGNALS) process.on(name, listener);
  return () => {
    for (const name of SIGNALS) process.off(name, listener);
  };
}

/**
 * Node opens /dev/null, for reading and writing, in place of a closed descriptor. Rows are lost in the same
 * way when someone else did just that.
 */
function isStdoutClosed(): boolean {
  try {
    const isNull = fstatSync(1).rdev === statSync('/dev/null').rdev;
    const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync('/proc/self/fdinfo/1', 'utf8'))?.[1] ?? '0';
    return isNull && (Number.parseInt(flags, 8) & constants.O_RDWR) !== 0;
  } catch {
    return false;
  }
}

/** `HOME` when it is an absolute path, else the home directory of the account. */
function homeDirectory(chosen: string | undefined): string | undefined {
  const candidates = [chosen, accountHome()];
  return candidates.find((path) => path !== undefined && isAbsolute(path));
}

/** Undefined for a user number that is not in the system's user database. */
function accountHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

/** A container may run under a user number without a user. */
function findUserName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** Pending system calls that block a thread and so delay the exit: a FIFO without a writer, a name lookup. */
const holdingRequests = ['FSReqPromise', 'FSReqCallback', 'GetAddrInfoReqWrap'];

const signalsByExit: Readonly<Record<number, SignalName>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  143: 'SIGTERM',
};

function exitWhenDone(code: number): void {
  process.exitCode = code;
  setTimeout(() => exitAtOnce(code), leftBehindMs).unref();
}

/** Where exiting would block, the process kills itself with the signal instead: shells see the same exit code. */
function exitAtOnce(code: number): void {
  const signal = signalsByExit[code];
  const isHeld = process.getActiveResourcesInfo().some((name) => holdingRequests.includes(name));
  if (signal === undefined || !isHeld) process.exit(code);
  process.removeAllListeners(signal);
  process.kill(process.pid, signal);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

function endGroup(leader: number): void {
  try {
    process.kill(-leader, 'SIGKILL');
  } catch (error) {
    // EPERM: all that is left are the dead, on some systems.
    if (!['ESRCH', 'EPERM'].includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}
