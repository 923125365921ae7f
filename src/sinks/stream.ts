/**
 * Writes rows to a stream, such as standard output, one window at a time. What was written cannot be undone.
 */
import { emptyCheckpoint } from '../checkpoint/checkpoint.ts';
import type { Column } from '../contracts/dataset.ts';
import type { Encoder, OutputFormat } from '../contracts/encoder.ts';
import type { Committed, OpenedSink, Sink } from '../contracts/sink.ts';
import type { PulledWindow } from '../contracts/window.ts';
import type { StreamOutput } from '../disk/output/output-path.ts';
import { openOutputStream, type OutputStream, type StreamMachine } from '../disk/output/output-stream.ts';
import { Failure } from '../failure.ts';
import type { Machine } from '../machine.ts';

export interface StreamSinkOptions {
  output: StreamOutput;
  format: OutputFormat;
  columns: readonly Column[];
  machine: StreamMachine & Pick<Machine, 'temporaryDirectory'>;
  /** Ends the wait for a reader of a FIFO. */
  signal: AbortSignal;
  /** Called before a write throws because the reader is gone. */
  onReaderGone: () => void;
}

export class StreamSink implements Sink {
  readonly destination: string;
  readonly spool: Sink['spool'];
  readonly splitByDay = false;
  readonly acceptsEmptyAnswers = false;
  readonly #options: StreamSinkOptions;
  readonly #encoder: Encoder;
  #stream: OutputStream | undefined;

  constructor(options: StreamSinkOptions) {
    const { format, machine, output } = options;
    this.#options = options;
    this.spool = { directory: machine.temporaryDirectory, named: false };
    this.#encoder = format.open();
    this.destination = output.descriptor === 1 ? 'standard output' : output.path;
  }

  async open(): Promise<OpenedSink> {
    const { machine, output, signal } = this.#options;
    this.#stream = await openOutputStream(output, machine, signal);
    return { checkpoint: emptyCheckpoint, lost: [], keepsRows: false };
  }

  /** What was written cannot be read again. */
  hasRows() {
    return Promise.resolve(false);
  }

  checkpoint() {
    return emptyCheckpoint;
  }

  async commit(window: PulledWindow): Promise<Committed> {
    const before = this.#encoder.counts();
    for (const partition of window.partitions) await this.#write(this.#encoder.add(partition));
    const after = this.#encoder.counts();
    return {
      files: [],
      written: after.rows - before.rows,
      known: 0,
      rejected: after.rejected - before.rejected,
    };
  }

  async finish() {
    await this.#write(this.#encoder.end(this.#options.columns));
    return [];
  }

  async close(): Promise<void> {
    await this.#stream?.close();
  }

  async #write(content: AsyncIterable<Uint8Array>): Promise<void> {
    for await (const bytes of content) {
      if ((await this.#stream?.write(bytes)) !== 'reader-gone') continue;
      this.#options.onReaderGone();
      throw new Failure('local', `nobody reads ${this.destination} any more`);
    }
  }
}
