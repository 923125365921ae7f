/** Rows on standard output, a window at a time: what was printed cannot be taken back. */
import { rm } from 'node:fs/promises';
import type {
  Column,
  Committed,
  Encoder,
  OutputFormat,
  PulledWindow,
  Sink,
  Standing,
} from '../contracts-export.ts';
import { explained } from '../disk/trouble.ts';
import type { Machine } from '../machine.ts';
import { makeTemporaryDirectory } from './temporary.ts';

export interface StdoutSinkOptions {
  format: OutputFormat;
  columns: readonly Column[];
  machine: Pick<Machine, 'stdout' | 'temporaryDirectory'>;
}

export class StdoutSink implements Sink {
  readonly place = 'standard output';
  readonly spool = { directory: '', named: false };
  readonly splitByDay = false;
  readonly #options: StdoutSinkOptions;
  readonly #encoder: Encoder;
  /** The write that fails tells; without a listener the process would end. */
  readonly #onError = () => undefined;

  constructor(options: StdoutSinkOptions) {
    this.#options = options;
    this.#encoder = options.format.open();
  }

  async open(): Promise<Standing> {
    const { machine } = this.#options;
    this.spool.directory = await makeTemporaryDirectory(machine.temporaryDirectory);
    machine.stdout.on('error', this.#onError);
    return { from: undefined, through: undefined };
  }

  async commit(window: PulledWindow): Promise<Committed> {
    const before = this.#encoder.counts();
    for (const lane of window.lanes) await this.#write(this.#encoder.add(lane));
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
    this.#options.machine.stdout.off('error', this.#onError);
    if (this.spool.directory !== '') await rm(this.spool.directory, { recursive: true, force: true });
  }

  async #write(content: AsyncIterable<Uint8Array>): Promise<void> {
    const { stdout } = this.#options.machine;
    for await (const bytes of content) {
      await explained(
        'write standard output',
        () =>
          new Promise<void>((resolve, reject) => {
            stdout.write(bytes, (error) => (error ? reject(error) : resolve()));
          }),
      );
    }
  }
}
