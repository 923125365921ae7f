import { crc32, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { packChunks, type Chunk, type PackOptions } from '../../../src/delivery/upload/chunks.ts';
import { createDeflate } from '../../../src/delivery/upload/deflate.ts';
import { createSegmentPool, segmentBytes } from '../../../src/delivery/upload/segments.ts';
import type { Block } from '../../../src/records.ts';
import { propertyRuns } from '../../property-runs.ts';

interface MadeBlock extends Block {
  released: number;
}

/** Inputs as rows of each block; a row is a few bytes and a newline. */
const inputs = fc.array(fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 8 }), {
  minLength: 1,
  maxLength: 4,
});

function blocksOf(rowsByInput: readonly (readonly number[])[]): MadeBlock[] {
  return rowsByInput.flatMap((blocks, input) => {
    let at = 0;
    let line = 1;
    return blocks.map((rows) => {
      const bytes = Buffer.from(Array.from({ length: rows }, (_, row) => `{"n":${at + row}}\n`).join(''));
      const covered = Buffer.concat([bytes, Buffer.from('\n')]);
      const block: MadeBlock = {
        input,
        range: { from: at, to: at + covered.length, line },
        nextLine: line + rows + 1,
        bytes,
        rows,
        events: rows,
        rejects: [],
        crc32: crc32(covered),
        withoutId: 0,
        changes: {},
        warnings: {},
        released: 0,
        release: () => void (block.released += 1),
      };
      at += covered.length;
      line += rows + 1;
      return block;
    });
  });
}

function optionsFor(limits: { rows: number; bytes: number }, gzip: boolean): PackOptions {
  let number = 0;
  return {
    limits: { ...limits, wireBytes: 1_000_000, heldBytes: 2 * segmentBytes },
    body: {
      framing: { head: '', between: '\n', tail: '\n' },
      gzip,
      deflate: createDeflate(1),
      takesDeflated: false,
    },
    pool: createSegmentPool(),
    nextNumber: () => ++number,
  };
}

async function pack(blocks: readonly Block[], options: PackOptions): Promise<Chunk[]> {
  const chunks: Chunk[] = [];
  for await (const chunk of packChunks(streamed(blocks), options)) chunks.push(chunk);
  return chunks;
}

async function* streamed(blocks: readonly Block[]): AsyncGenerator<Block> {
  yield* blocks;
}

const limits = fc.record({ rows: fc.integer({ min: 1, max: 12 }), bytes: fc.integer({ min: 20, max: 150 }) });

test('chunks hold every block once, in order, within the limits wherever a block alone is', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, limits, fc.boolean(), async (rowsByInput, bounds, gzip) => {
      const blocks = blocksOf(rowsByInput);
      const chunks = await pack(blocks, optionsFor(bounds, gzip));
      const sent: Buffer[] = [];
      for (const { body, rows, pieces } of chunks) {
        const { segments, events, byteLength } = await body;
        const bytes = Buffer.concat(segments);
        expect(bytes.length).toBe(byteLength);
        sent.push(gzip ? gunzipSync(bytes) : bytes);
        expect(events).toBe(rows);
        const largest = Math.max(...blocks.map((block) => block.rows));
        expect(rows).toBeLessThanOrEqual(Math.max(bounds.rows, largest));
        expect(pieces.reduce((sum, piece) => sum + piece.rows, 0)).toBe(rows);
      }
      expect(Buffer.concat(sent).toString()).toBe(Buffer.concat(blocks.map(({ bytes }) => bytes)).toString());
      expect(blocks.map(({ released }) => released)).toEqual(blocks.map(() => 1));
    }),
    propertyRuns(30),
  );
});

test('the pieces of all chunks tile every input, with its lines and checksums', async () => {
  await fc.assert(
    fc.asyncProperty(inputs, limits, async (rowsByInput, bounds) => {
      const blocks = blocksOf(rowsByInput);
      const chunks = await pack(blocks, optionsFor(bounds, false));
      const pieces = chunks.flatMap((chunk) => chunk.pieces);
      rowsByInput.forEach((_, input) => {
        const own = pieces.filter((piece) => piece.input === input);
        const theirs = blocks.filter((block) => block.input === input);
        let at = 0;
        for (const { range, nextLine, crc32: sum } of own) {
          expect(range.from).toBe(at);
          at = range.to;
          const within = theirs.filter(
            (block) => range.from <= block.range.from && block.range.to <= range.to,
          );
          expect(within[0]?.range.line).toBe(range.line);
          expect(within.at(-1)?.nextLine).toBe(nextLine);
          const bytes = within.map((block) => Buffer.concat([block.bytes, Buffer.from('\n')]));
          expect(sum).toBe(crc32(Buffer.concat(bytes)));
        }
        expect(at).toBe(theirs.at(-1)?.range.to ?? 0);
      });
    }),
    propertyRuns(30),
  );
});

describe('chunks that wait for the memory of earlier ones', () => {
  /** Four chunks of one block; two may be held. */
  const packing = (stop: AbortController) =>
    packChunks(streamed(blocksOf([[1, 1, 1, 1]])), {
      ...optionsFor({ rows: 1, bytes: 1_000 }, false),
      untilMemory: stop.signal,
    });

  test('are begun when one of those is settled', async () => {
    const chunks = packing(new AbortController());
    const held = [await chunks.next(), await chunks.next(), await chunks.next()];
    const seen: string[] = [];
    const fourth = chunks.next().then(() => seen.push('begun'));
    await new Promise(setImmediate);
    seen.push('settled');
    (held[0]?.value as Chunk).release();
    await fourth;
    expect(seen).toEqual(['settled', 'begun']);
  });

  test('wait no longer once that is given up', async () => {
    const stop = new AbortController();
    const chunks = packing(stop);
    for (let index = 0; index < 3; index += 1) await chunks.next();
    const fourth = chunks.next();
    stop.abort();
    expect((await fourth).done).toBe(false);
  });

  test('do not wait by default, since what replaces a chunk is packed while that one is held', async () => {
    const packed = await pack(blocksOf([[1, 1, 1, 1]]), optionsFor({ rows: 1, bytes: 1_000 }, false));
    expect(packed).toHaveLength(4);
  });
});

test('whether a chunk repeats rows, and whether those are in doubt, is asked of all its pieces', async () => {
  const beginsIn = (input: number) => (pieces: readonly { input: number }[]) => pieces[0]?.input === input;
  const options = optionsFor({ rows: 3, bytes: 1000 }, false);
  const asked = { ...options, isRepeat: beginsIn(1), isDoubtful: beginsIn(2) };
  const told = async (given: PackOptions) =>
    (await pack(blocksOf([[3], [2, 1], [3]]), given)).map(({ isRepeat, isDoubtful }) => [
      isRepeat,
      isDoubtful,
    ]);
  expect(await told(asked)).toEqual([
    [false, false],
    [true, false],
    [false, true],
  ]);
  expect(await told(options)).toEqual([
    [false, false],
    [false, false],
    [false, false],
  ]);
});
