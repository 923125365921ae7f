import { crc32, gunzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { startBody } from '../../../src/delivery/upload/body.ts';
import { createDeflate } from '../../../src/delivery/upload/deflate.ts';
import { createSegmentPool, segmentBytes } from '../../../src/delivery/upload/segments.ts';
import type { Block, Body } from '../../../src/records.ts';

const framing = { head: '', between: '\n', tail: '\n' };

/** A block of these bytes; `told`: with the CRC-32 that shaping knows of bytes it left alone. */
function blockOf(bytes: Buffer, { told, released }: { told: boolean; released: () => void }): Block {
  return {
    input: 0,
    range: { from: 0, to: bytes.length, line: 1 },
    nextLine: 2,
    bytes,
    rows: 1,
    events: 1,
    rejects: [],
    crc32: crc32(bytes),
    ...(told ? { bytesCrc32: crc32(bytes) } : {}),
    withoutId: 0,
    changes: {},
    warnings: {},
    release: released,
  };
}

async function bodyOf(texts: readonly Buffer[], level: number): Promise<{ body: Body; released: number }> {
  const builder = startBody(createSegmentPool(), {
    framing,
    gzip: true,
    deflate: createDeflate(level),
    takesDeflated: false,
  });
  let released = 0;
  texts.forEach((text, index) => {
    builder.add(blockOf(text, { told: index % 2 === 0, released: () => released++ }));
  });
  return { body: await builder.finish(), released };
}

/** Bytes that no compressor makes smaller. */
function noise(length: number): Buffer {
  let state = 1;
  return Buffer.from(
    Uint8Array.from({ length }, () => {
      state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
      return state >>> 24;
    }),
  );
}

describe('a compressed body', () => {
  test.each([1, 3, 4, 9])('is one gzip member of all blocks at level %i', async (level) => {
    const text = fc.uint8Array({ maxLength: 400 }).map((bytes) => Buffer.from(bytes));
    await fc.assert(
      fc.asyncProperty(fc.array(text, { maxLength: 12 }), async (texts) => {
        const { body, released } = await bodyOf(texts, level);
        const wire = Buffer.concat(body.segments);
        expect(gunzipSync(wire)).toEqual(Buffer.concat(texts));
        // Each member begins with a header of its own: behind the first there is none.
        expect(wire.indexOf(Buffer.of(0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255), 1)).toBe(-1);
        expect(body.byteLength).toBe(wire.length);
        expect(body.rawLength).toBe(texts.reduce((sum, { length }) => sum + length, 0));
        expect(released).toBe(texts.length);
      }),
      { numRuns: 60 },
    );
  });

  test.each([-1, 0, 1])('keeps bytes that fill its memory to %i', async (more) => {
    const texts = [noise(segmentBytes + more), noise(4 * segmentBytes + more), Buffer.from('{}\n')];
    const { body } = await bodyOf(texts, 1);
    expect(gunzipSync(Buffer.concat(body.segments)).equals(Buffer.concat(texts))).toBe(true);
  });
});
