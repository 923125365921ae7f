/**
 * The machine that the process runs on: the only file that may touch `process`, the clock, randomness or timers.
 */
import { randomBytes, randomUUID } from 'node:crypto';
import { constants, fstatSync, readFileSync, statSync } from 'node:fs';
import { availableParallelism, hostname, tmpdir, userInfo } from 'node:os';
import { isAbsolute } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import type { AddressSpace, Machine, SignalName } from './machine.ts';
import { Trace } from './trace.ts';

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
    boundHeap,
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

function boundHeap(): void {
  setFlagsFromString('--optimize-for-size');
  setFlagsFromString('--heap-growing-percent=10');
  setFlagsFromString('--semi-space-growth-factor=1');
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
