/** XZ, decoded in WebAssembly. */
import { createRequire } from 'node:module';
import { ReadableStream } from 'node:stream/web';
import type * as xz from 'xz-decompress';
import { unreadable } from './random-access.ts';

export async function* unxz(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void> {
  const source = new PulledSource(pieces);
  const { XzReadableStream } = ownLibrary();
  const packed = new ReadableStream<Uint8Array>(
    {
      pull: (controller) => source.pull(controller),
      cancel: () => source.cancel(),
    },
    { highWaterMark: 0 },
  );
  const unpacked = new XzReadableStream(packed).getReader();
  let isIdle = false;
  try {
    for (;;) {
      const { done, value: bytes } = await unpacked.read();
      if (done) return;
      // Behind the end of its source the library gives nothing for ever.
      if (bytes.length === 0 && source.hasEnded && isIdle) throw new Error('it ends too early');
      isIdle = bytes.length === 0 && source.hasEnded;
      if (bytes.length > 0) yield bytes;
    }
  } catch (cause) {
    // The library says a number.
    throw source.thrown === undefined ? unreadable(name, 'xz', cause, '') : source.thrown.error;
  } finally {
    // The library throws when its last piece, already unpacked, is not asked for.
    await unpacked.cancel().catch(() => undefined);
    await source.cancel();
  }
}

/** An instance of the library handles one stream at a time and makes others wait, so each stream gets its own. */
function ownLibrary(): typeof xz {
  const require = createRequire(import.meta.url);
  Reflect.deleteProperty(require.cache, require.resolve('xz-decompress'));
  return require('xz-decompress') as typeof xz;
}

class PulledSource {
  hasEnded = false;
  thrown: { error: unknown } | undefined;
  readonly #pieces: AsyncIterator<Uint8Array>;

  constructor(pieces: AsyncIterable<Uint8Array>) {
    this.#pieces = pieces[Symbol.asyncIterator]();
  }

  async pull(controller: { enqueue(bytes: Uint8Array): void; close(): void }): Promise<void> {
    try {
      const next = await this.#pieces.next();
      this.hasEnded = next.done === true;
      if (next.done === true) controller.close();
      else controller.enqueue(Uint8Array.from(next.value));
    } catch (error) {
      this.thrown = { error };
      throw error;
    }
  }

  async cancel(): Promise<void> {
    await this.#pieces.return?.();
  }
}
