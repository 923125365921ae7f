/** Where the trace goes: `-v` to standard error, `--log-file` to a file. A failed write is reported once and has no other effect. */
import { constants } from 'node:fs';
import { open, type FileHandle } from 'node:fs/promises';
import { outputPath, resolveRowOutput } from '../disk/output/output-path.ts';
import { openOutputStream, type OutputStream } from '../disk/output/output-stream.ts';
import { replaceFile } from '../disk/output/replace-file.ts';
import { asFailure, Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';
import { processMask } from '../masking/process-mask.ts';
import { eventJson, eventText, headJson, headText, levelOf, type LogHead } from '../report/trace/lines.ts';
import { countOf } from '../report/terminal/numbers.ts';
import { printable } from '../report/terminal/printable.ts';
import { DEBUG_OPTIONS, type DebugSettings } from './options/debug.ts';
import { valuesOf, type SettingValues } from '../settings/values.ts';
import type { TraceEvent, TraceListener } from '../trace.ts';

/**
 * Listens to the trace of the machine as the settings say, and to nothing when they say nothing. The log file is opened
 * by `Trace.pathsAreGuarded`, which the caller calls once no path of the command stands in another's way.
 */
export function startTrace(values: SettingValues, machine: Machine, version: string): void {
  const settings = valuesOf(DEBUG_OPTIONS, values);
  const { debug, debugBodies, logFile, verbose } = settings;
  const level = debug ? 3 : verbose;
  if (level === 0 && logFile === undefined) return;
  if (logFile === '-') {
    throw new Failure('usage', '--log-file needs the name of a file', {
      hint: '-v writes to standard error',
    });
  }
  const head: LogHead = {
    version,
    ...machine.runtime,
    argv: machine.argv,
  };
  // With `json` standard error has an event a line.
  const asJson = values['progress'] === 'json';
  const warn = (message: string) => {
    const event = { ts: new Date(machine.now()).toISOString(), type: 'warned', code: 'log', message };
    machine.stderr.write(asJson ? `${JSON.stringify(event)}\n` : `warning: ${printable(message)}\n`);
  };
  const file =
    logFile === undefined
      ? undefined
      : new LogFile({ path: logFile, format: formatOf(settings), head, warn }, machine);
  machine.trace.start(new Listener({ level, asJson, file }, machine), { bodies: debugBodies });
}

function formatOf({ logFile = '', logFormat }: DebugSettings): 'text' | 'ndjson' {
  return logFormat ?? (/\.(ndjson|jsonl|json)$/i.test(logFile) ? 'ndjson' : 'text');
}

class Listener implements TraceListener {
  readonly #shown: { level: number; asJson: boolean };
  readonly #file: LogFile | undefined;
  readonly #machine: Machine;

  constructor(
    { file, ...shown }: { level: number; asJson: boolean; file: LogFile | undefined },
    machine: Machine,
  ) {
    this.#shown = shown;
    this.#file = file;
    this.#machine = machine;
  }

  record(event: TraceEvent): void {
    const time = new Date(this.#machine.now()).toISOString();
    const { level, asJson } = this.#shown;
    if (levelOf(event) <= level) {
      const withHeaders = level > 1;
      const text = asJson ? eventJson(time, event) : eventText(time, event, { withHeaders });
      this.#machine.trace.print(text, (line) => void this.#machine.stderr.write(line));
    }
    this.#file?.add(time, event);
  }

  async pathsAreGuarded(): Promise<void> {
    await this.#file?.open();
  }

  async close(): Promise<void> {
    await this.#file?.close();
  }
}

/** What waits for a file that is slow, at most; beyond it events are left out and counted. */
const maxWaitingBytes = 16 * 1024 * 1024;
/** How long the end of a command waits for the reader of its log, where that is a stream. */
const closingMs = 1_000;

interface LogFileOptions {
  /** As the user wrote it. */
  path: string;
  format: 'text' | 'ndjson';
  head: LogHead;
  /** Tells people. */
  warn: (message: string) => void;
}

/** A log of one run. Lines wait in memory until it is open, and while the last ones are on their way. */
class LogFile {
  readonly #options: LogFileOptions;
  readonly #machine: Machine;
  readonly #givenUp = new AbortController();
  #waiting: string[] = [];
  #waitingBytes = 0;
  #leftOut = 0;
  #output: Pick<OutputStream, 'write' | 'close'> | undefined;
  #writing: Promise<void> = Promise.resolve();
  #isWriting = false;
  #isBroken = false;
  #isStream = false;

  constructor(options: LogFileOptions, machine: Machine) {
    this.#options = options;
    this.#machine = machine;
    const { format, head } = options;
    const time = new Date(machine.now()).toISOString();
    this.#push(format === 'text' ? headText(time, head) : headJson(time, head));
  }

  add(time: string, event: TraceEvent): void {
    if (this.#isBroken) return;
    const { format } = this.#options;
    this.#push(format === 'text' ? eventText(time, event, { withHeaders: true }) : eventJson(time, event));
  }

  /** Opens the log, in the background if that may take long. Throws a Failure `usage` for a path that cannot be a log. */
  async open(): Promise<void> {
    if (this.#isBroken || this.#output !== undefined) return;
    const path = outputPath(this.#options.path, this.#machine.workingDirectory);
    try {
      const output = await resolveRowOutput(path);
      if (output.kind === 'file') {
        this.#output = await openLog(output.path);
        this.#write();
        return;
      }
      this.#isStream = true;
      this.#writing = openOutputStream(output, this.#machine, this.#givenUp.signal).then(
        (stream) => {
          this.#output = stream;
          this.#write();
        },
        (error: unknown) => this.#giveUp(error),
      );
    } catch (error) {
      const failure = asFailure(error);
      if (failure.kind === 'usage') {
        this.#isBroken = true;
        throw failure;
      }
      this.#giveUp(failure);
    }
  }

  /** Waits for a file; a reader that is slow, or not there, gets a moment. */
  async close(): Promise<void> {
    if (this.#leftOut > 0) this.#warn(`${countOf(this.#leftOut, 'event')} did not fit into the log`);
    if (!this.#isStream) return this.#end();
    if (this.#output === undefined) this.#givenUp.abort();
    const over = new AbortController();
    const moment = this.#machine.sleep(closingMs, over.signal).catch(() => undefined);
    await Promise.race([this.#end(), moment]);
    over.abort();
  }

  async #end(): Promise<void> {
    await this.#writing;
    await this.#output?.close().catch((error: unknown) => this.#giveUp(error));
  }

  #push(line: string): void {
    const text = this.#options.format === 'text' ? processMask.text(line) : processMask.json(line);
    if (this.#waitingBytes + text.length > maxWaitingBytes) {
      this.#leftOut += 1;
      return;
    }
    this.#waiting.push(text);
    this.#waitingBytes += text.length;
    this.#write();
  }

  #write(): void {
    if (this.#output === undefined || this.#isWriting || this.#isBroken) return;
    this.#isWriting = true;
    this.#writing = this.#writeAll(this.#output).catch((error: unknown) => this.#giveUp(error));
  }

  async #writeAll(output: Pick<OutputStream, 'write'>): Promise<void> {
    while (this.#waiting.length > 0) {
      const text = this.#waiting.join('');
      this.#waiting = [];
      this.#waitingBytes = 0;
      if ((await output.write(text)) === 'reader-gone')
        throw new Failure('local', `nobody reads ${this.#options.path} any more`);
    }
    this.#isWriting = false;
  }

  /** The run goes on without its log. */
  #giveUp(error: unknown): void {
    if (this.#isBroken) return;
    this.#isBroken = true;
    this.#waiting = [];
    this.#warn(`the run goes on without its log: ${asFailure(error).message}`);
  }

  #warn(message: string): void {
    this.#options.warn(message);
  }
}

/** A new file takes the place of an earlier log, so that no other name of that is touched; it is added to from then on. */
async function openLog(path: string): Promise<Pick<OutputStream, 'write' | 'close'>> {
  const replacement = await replaceFile(path, 0o600);
  try {
    await replacement.commit();
  } finally {
    await replacement.abort();
  }
  const { O_APPEND, O_NOFOLLOW, O_WRONLY } = constants;
  return new AppendedFile(await open(path, O_WRONLY | O_APPEND | O_NOFOLLOW));
}

class AppendedFile {
  readonly #handle: FileHandle;

  constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  async write(text: string): Promise<'written'> {
    const bytes = Buffer.from(text);
    for (let written = 0; written < bytes.length;) {
      written += (await this.#handle.write(bytes, written)).bytesWritten;
    }
    return 'written';
  }

  async close(): Promise<void> {
    await this.#handle.close();
  }
}
