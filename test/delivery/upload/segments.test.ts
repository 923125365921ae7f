import { describe, expect, test } from 'vitest';
import { createSegmentPool, segmentBytes, SegmentWriter } from '../../../src/delivery/upload/segments.ts';

const never = new AbortController().signal;

/** Fills segments of the pool: so many that the last one is not full. */
function written(pool: ReturnType<typeof createSegmentPool>, segments: number): SegmentWriter {
  const writer = new SegmentWriter(pool);
  writer.write(Buffer.alloc(segments * segmentBytes - 1, 'x'));
  return writer;
}

describe('waiting for memory', () => {
  test('is over at once when no more is taken', async () => {
    const pool = createSegmentPool();
    written(pool, 2);
    await expect(pool.untilTaken(2 * segmentBytes, never)).resolves.toBeUndefined();
  });

  test.each(['release', 'abandon'] as const)('ends when a writer does: %s', async (end) => {
    const pool = createSegmentPool();
    const [first, second] = [written(pool, 2), written(pool, 2)];
    const seen: string[] = [];
    const waited = pool.untilTaken(segmentBytes, never).then(() => seen.push('memory'));
    first[end]();
    await new Promise(setImmediate);
    seen.push('second');
    second[end]();
    await waited;
    expect(seen).toEqual(['second', 'memory']);
  });

  test.each(['release', 'abandon'] as const)('is not for what is written behind %s', async (end) => {
    const pool = createSegmentPool();
    const late = written(pool, 1);
    late[end]();
    late.write(Buffer.from('compressed late'));
    await expect(pool.untilTaken(0, never)).resolves.toBeUndefined();
  });

  test('ends when it is aborted', async () => {
    const pool = createSegmentPool();
    written(pool, 2);
    const stop = new AbortController();
    const waited = pool.untilTaken(0, stop.signal);
    stop.abort();
    await expect(waited).resolves.toBeUndefined();
  });
});

test('memory that was released is handed out again, memory that was abandoned is not', () => {
  const pool = createSegmentPool();
  const whole = pool.take();
  pool.give([whole]);
  expect(pool.take() === whole).toBe(true);
  pool.forget([whole]);
  expect(pool.take() === whole).toBe(false);
});
