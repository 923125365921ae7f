/** Bzip2, including several streams in one file. */
import { unreadable } from './random-access.ts';

/** Blocks are at most 900 KB and need not begin at a byte boundary. */
export async function* bunzip2(
  pieces: AsyncIterable<Uint8Array>,
  name: string,
): AsyncGenerator<Uint8Array, void> {
  const { default: createDecoder } = await import('unbzip2-stream');
  const decoder = createDecoder();
  const given: Uint8Array[] = [];
  let broken: { error: unknown } | undefined;
  decoder.on('data', (bytes: Uint8Array) => given.push(bytes));
  decoder.on('error', (error: unknown) => (broken ??= { error }));
  const check = (): void => {
    // What the library says is for its authors.
    if (broken !== undefined) throw unreadable(name, 'bzip2', broken.error, '');
  };
  for await (const piece of pieces) {
    decoder.write(Buffer.from(piece));
    yield* given.splice(0);
    check();
  }
  decoder.end();
  yield* given.splice(0);
  check();
}
