/**
 * Everything outside the process, as one value: the only seam that tests replace, and the only file
 * that may touch `process`, the clock, randomness or timers.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { constants, fstatSync, readFileSync, statSync } from 'node:fs';
import { hostname, tmpdir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Readable, Writable } from 'node:stream';
import { setFlagsFromString } from 'node:v8';
import { Trace } from './trace.ts';

export type SignalName = 'SIGINT' | 'SIGTERM' | 'SIGHUP';

/** A stream for people or for data, with what a terminal knows of itself. */
export type Output = Writable & { isTTY?: boolean; columns?: number; rows?: number };

export interface Machine {
  /** The command line behind the program's name. */
  argv: readonly string[];
  /** The command that runs this program again: an interpreter and a file. */
  self: readonly [command: string, file: string];
  environment: Readonly<Record<string, string | undefined>>;
  workingDirectory: string;
  /** Absolute. Undefined when neither the environment nor the account names one. */
  homeDirectory: string | undefined;
  temporaryDirectory: string;
  stdin: Readable & { isTTY?: boolean };
  stdout: Output;
  stderr: Output;
  /** Whether whoever started this process had closed standard output: what is written to it goes nowhere. */
  isStdoutClosed(): boolean;
  /** This process, for locks. */
  pid: number;
  /** Of the user that the process runs as; undefined where the system knows none. */
  userName(): string | undefined;
  hostname: string;
  /** Milliseconds since the epoch. */
  now(): number;
  /** Milliseconds that only grow, for durations. */
  elapsedMs(): number;
  /** Resolves after `ms`; rejects with the signal's reason when it is aborted. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** Calls back every `ms` until told to stop; does not keep the process alive. */
  every(ms: number, callback: () => void): () => void;
  /** In [0, 1). */
  random(): number;
  randomBytes(length: number): Uint8Array;
  /** A random UUID (RFC 9562, version 4). */
  uuid(): string;
  /** Tells of signals until told to stop. While nobody listens, signals end the process as usual. */
  onSignal(listener: (name: SignalName) => void): () => void;
  /** Sets the exit code for when nothing is left to do. What was left behind holds the process for a moment only. */
  exitWhenDone(code: number): void;
  /** Ends the process at once, without clean-up. */
  exitNow(code: number): void;
  /** Whether a process with this number runs on this host. */
  isAlive(pid: number): boolean;
  /** Ends the processes of a group, named by the one that was started as its leader (`detached`). None left is no error. */
  endGroup(leader: number): void;
  /**
   * Lets the heap grow no more than it must. V8 doubles the memory for new objects up to 32 MB early in a run, and lets old
   * ones pile up to several times what is in use; a long run comes to use all of that, whatever it needs. A hint: nothing
   * follows where V8 does not take it.
   */
  boundHeap(): void;
  /** How much memory this process may address, where it is limited, and how much Node.js reserves without using it. */
  addressSpace(): AddressSpace;
  /** Tells of what nobody caught, in place of the system's way of ending the process. */
  onUncaught(listener: (error: unknown) => void): void;
  /** What is seen of this process's conversations, for whoever debugs it. */
  trace: Trace;
  /** The version of Node.js, and the system it runs on: `linux x64`. */
  runtime: { node: string; platform: string };
  /** Memory of this process in bytes, at its highest. */
  peakMemoryBytes(): number;
  /**
   * A point at which the process may be made to die, for the chaos tests: named after the step that
   * was just completed. Production machines do nothing here.
   */
  faultPoint(name: string): void;
}

export interface AddressSpace {
  /** As `ulimit -v` sets it; undefined: unlimited, or a system that does not tell. */
  limitBytes: number | undefined;
  /** Node.js reserves 10 GiB around each WebAssembly memory, unless `--disable-wasm-trap-handler` is given. */
  hasGuardRegions: boolean;
}

/** How long what nobody waits for any more, such as the opening of a silent FIFO, may hold the process. */
const leftBehindMs = 100;

/** Timers of Node take no more. */
const longestTimerMs = 2 ** 31 - 1;

const SIGNALS: readonly SignalName[] = ['SIGINT', 'SIGTERM', 'SIGHUP'];

/** The machine that the process really runs on. */
export function realMachine(): Machine {
  // A name server that is silent would hold the process for longer than a deadline allows; retries are ours anyway.
  process.env['RES_OPTIONS'] ??= 'timeout:1 attempts:2';
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
    sleep: async (ms, signal) => {
      for (let leftMs = ms; ; leftMs -= longestTimerMs) {
        await wait(Math.min(leftMs, longestTimerMs), undefined, signal === undefined ? {} : { signal });
        if (leftMs <= longestTimerMs) return;
      }
    },
    every: (ms, callback) => {
      const timer = setInterval(callback, ms);
      timer.unref();
      return () => clearInterval(timer);
    },
    random: () => Math.random(),
    randomBytes: (length) => randomBytes(length),
    uuid: () => randomUUID(),
    onSignal: listenForSignals,
    exitWhenDone: (code) => {
      process.exitCode = code;
      setTimeout(() => exitAtOnce(code), leftBehindMs).unref();
    },
    exitNow: exitAtOnce,
    isAlive,
    endGroup,
    boundHeap: () => {
      setFlagsFromString('--semi-space-growth-factor=1');
      setFlagsFromString('--heap-growing-percent=50');
    },
    addressSpace,
    onUncaught: (listener) => void process.on('uncaughtException', listener),
    trace: new Trace(),
    runtime: { node: process.versions.node, platform: `${process.platform} ${process.arch}` },
    peakMemoryBytes: () => process.resourceUsage().maxRSS * 1024,
    faultPoint: () => undefined,
  };
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
 * Node puts /dev/null in the place of a closed descriptor, for reading and writing. Where somebody else does just that,
 * rows go nowhere as well.
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

/** `HOME` where it is a place, else the home that the system knows of the account. */
function homeDirectory(chosen: string | undefined): string | undefined {
  const candidates = [chosen, accountHome()];
  return candidates.find((path) => path !== undefined && isAbsolute(path));
}

/** Undefined for a user number without an entry in the system's list of accounts. */
function accountHome(): string | undefined {
  try {
    return userInfo().homedir;
  } catch {
    return undefined;
  }
}

/** A container may run as a number that no user has. */
function findUserName(): string | undefined {
  try {
    return userInfo().username;
  } catch {
    return undefined;
  }
}

/** Requests of the system that hold a thread, which an exit waits for: a FIFO without a writer, a host name. */
const holdingRequests = ['FSReqPromise', 'FSReqCallback', 'GetAddrInfoReqWrap'];

const signalsByExit: Readonly<Record<number, SignalName>> = {
  129: 'SIGHUP',
  130: 'SIGINT',
  143: 'SIGTERM',
};

/** Where an exit would wait, a signal ends the process as if nobody had listened to it: shells see the same code. */
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
