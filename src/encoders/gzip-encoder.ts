/** Any output, compressed: one gzip member for the whole file. */
import { createGzip, type Gzip } from 'node:zlib';
import { once } from 'node:events';
import type { Column } from '../contracts/dataset.ts';
import type { Encoder } from '../contracts/encoder.ts';
import type { LineEnd, Partition } from '../contracts/window.ts';

export class GzipEncoder implements Encoder {
  readonly #inner: Encoder;
  readonly #gzip: Gzip = createGzip({ chunkSize: 256 * 1024 });
  #ready: Uint8Array[] = [];

  constructor(inner: Encoder) {
    this.#inner = inner;
    this.#gzip.on('data', (bytes: Uint8Array) => this.#ready.push(bytes));
  }

  adopt(): boolean {
    return false;
  }

  async *add(partition: Partition): AsyncGenerator<Uint8Array> {
    for await (const bytes of this.#inner.add(partition)) yield* await this.#compress(bytes);
  }

  async *end(columns: readonly Column[]): AsyncGenerator<Uint8Array> {
    for await (const bytes of this.#inner.end(columns)) yield* await this.#compress(bytes);
    const ended = once(this.#gzip, 'end');
    this.#gzip.end();
    await ended;
    yield* this.#take();
  }

  counts() {
    return this.#inner.counts();
  }

  lacks(partition: Partition): readonly Column[] {
    return this.#inner.lacks(partition);
  }

  columns(): readonly string[] {
    return this.#inner.columns();
  }

  get lineEnd(): LineEnd | undefined {
    return this.#inner.lineEnd;
  }

  async #compress(bytes: Uint8Array): Promise<Uint8Array[]> {
    if (!this.#gzip.write(bytes)) await once(this.#gzip, 'drain');
    return this.#take();
  }

  #take(): Uint8Array[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
