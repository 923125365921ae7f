/**
 * Outputs that are written in place: descriptors, FIFOs, character devices. Never created, truncated or
 * removed here.
 */
import { close, constants, fstat, open, write } from 'node:fs';
import { lstat } from 'node:fs/promises';
import { Socket } from 'node:net';
import type { Writable } from 'node:stream';
import { promisify } from 'node:util';
import { Failure } from '../../failure.ts';
import type { Machine } from '../../machine.ts';
import { terminalText } from './terminal-text.ts';
import type { StreamOutput } from './output-path.ts';
import { withFailureContext, localFailure, systemCode } from '../errno.ts';

export type StreamMachine = Pick<Machine, 'stdout' | 'stderr' | 'isStdoutClosed' | 'sleep'>;

export interface OutputStream {
  /** As the user wrote it, or `standard output`. */
  readonly name: string;
  /**
   * One call at a time. `reader-gone`: the reader has closed its end. Throws a Failure `local` that names the
   * output.
   */
  write(bytes: Uint8Array | string): Promise<'written' | 'reader-gone'>;
  /** Closes what was opened here; standard output and standard error stay open. Never throws. */
  close(): Promise<void>;
}

/** Standard output, as `-` names it. */
export const STANDARD_OUTPUT: StreamOutput = { kind: 'stream', path: '-', at: '-', descriptor: 1 };

export const STANDARD_ERROR: StreamOutput = {
  kind: 'stream',
  path: 'standard error',
  at: '-',
  descriptor: 2,
};

/**
 * Opens a stream. Waits for the reader of a FIFO, until `signal` is aborted. Throws a Failure `local` when it
 * cannot be written, or when standard output was already closed when the process started.
 */
export async function openOutputStream(
  { at, descriptor, path }: StreamOutput,
  machine: StreamMachine,
  signal?: AbortSignal,
): Promise<OutputStream> {
  if (descriptor === 1) {
    if (machine.isStdoutClosed())
      throw new Failure('local', 'cannot write standard output: it is closed (EBADF)');
    const stream = overWritable(machine.stdout, 'standard output', async () => undefined);
    return machine.stdout.isTTY === true ? forTerminal(stream) : stream;
  }
  if (descriptor === 2) return overWritable(machine.stderr, 'standard error', async () => undefined);
  return withFailureContext(`write ${path}`, async () => {
    const fd = descriptor ?? (await openByPath(at, machine, signal));
    const stats = await promisify(fstat)(fd);
    if (stats.isFIFO() || stats.isSocket()) return overSocket(new Socket({ fd, readable: false }), path);
    return overDescriptor(fd, path, descriptor === undefined);
  });
}

/** A person reads it: rows may hold what a terminal obeys. */
function forTerminal(stream: OutputStream): OutputStream {
  const shown = terminalText();
  return { ...stream, write: (bytes) => stream.write(shown(bytes)) };
}

const waitForReaderMs = 50;

/** Opening a FIFO without a reader would block a thread for ever, and with it the end of the process. */
async function openByPath(path: string, machine: StreamMachine, signal?: AbortSignal): Promise<number> {
  const isFifo = (await lstat(path)).isFIFO();
  const { O_NOCTTY, O_NOFOLLOW, O_NONBLOCK, O_WRONLY } = constants;
  const flags = O_WRONLY | O_NOFOLLOW | O_NOCTTY | (isFifo ? O_NONBLOCK : 0);
  for (;;) {
    try {
      return await promisify(open)(path, flags);
    } catch (error) {
      if (!isFifo || systemCode(error) !== 'ENXIO') throw error;
      if (signal?.aborted === true) throw new Failure('local', `cannot write ${path}: nobody reads it`);
      await machine.sleep(waitForReaderMs, signal).catch(() => undefined);
    }
  }
}

/** Errors that mean that the reader is gone. */
const readerGone = new Set(['EPIPE', 'ECONNRESET']);

/** The first error of a Node stream is kept, because later ones say nothing useful. */
function overWritable(stream: Writable, name: string, end: () => Promise<void>): OutputStream {
  let problem: unknown;
  const noteProblem = (error: unknown) => (problem ??= error);
  stream.on('error', noteProblem);
  return {
    name,
    async write(bytes) {
      await new Promise<void>((resolve) => {
        stream.write(bytes, (error) => {
          if (error) noteProblem(error);
          resolve();
        });
      });
      if (problem === undefined) return 'written';
      if (readerGone.has(systemCode(problem) ?? '')) return 'reader-gone';
      throw localFailure(`write ${name}`, problem);
    },
    async close() {
      await end();
      stream.off('error', noteProblem);
    },
  };
}

function overSocket(socket: Socket, name: string): OutputStream {
  const closed = new Promise<void>((resolve) => socket.once('close', () => resolve()));
  return overWritable(socket, name, async () => {
    socket.end();
    await closed;
  });
}

/** `isOurs`: opened here, so closed here. */
function overDescriptor(fd: number, name: string, isOurs: boolean): OutputStream {
  return {
    name,
    async write(content) {
      const bytes = typeof content === 'string' ? Buffer.from(content) : content;
      await withFailureContext(`write ${name}`, async () => {
        for (let written = 0; written < bytes.length;) {
          written += (await promisify(write)(fd, bytes, written)).bytesWritten;
        }
      });
      return 'written';
    },
    async close() {
      if (isOurs) await promisify(close)(fd).catch(() => undefined);
    },
  };
}
