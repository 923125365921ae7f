/** Everything outside the process, as one value: the only seam that tests replace. */
import type { Readable, Writable } from 'node:stream';
import type { Trace } from './trace.ts';

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
