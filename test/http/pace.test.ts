import { describe, expect, test } from 'vitest';
import { Pace } from '../../src/http/pace.ts';

/** A clock that jumps to the end of each sleep. */
function jumpingClock() {
  const clock = {
    nowMs: 0,
    elapsedMs: () => clock.nowMs,
    sleep: async (ms: number, signal?: AbortSignal) => {
      signal?.throwIfAborted();
      clock.nowMs += ms;
    },
  };
  return clock;
}

const { signal } = new AbortController();

describe('the pace of questions', () => {
  test('lets no more than four through in any second, however they come', async () => {
    const clock = jumpingClock();
    const pace = new Pace(clock);
    const passedMs: number[] = [];
    const asks = Array.from({ length: 12 }, async () => {
      await pace.wait(signal);
      passedMs.push(clock.nowMs);
    });
    await Promise.all(asks);
    passedMs.forEach((ms, index) =>
      expect(ms - (passedMs[index - 4] ?? -1_000)).toBeGreaterThanOrEqual(1_000),
    );
    expect(clock.nowMs).toBe(2_000);
  });

  test('keeps nobody waiting who asks seldom', async () => {
    const clock = jumpingClock();
    const pace = new Pace(clock);
    for (let count = 0; count < 20; count += 1) {
      await pace.wait(signal);
      clock.nowMs += 250;
    }
    expect(clock.nowMs).toBe(20 * 250);
  });

  test('ends the wait of one whose signal is aborted, and of nobody else', async () => {
    const pace = new Pace(jumpingClock());
    for (let count = 0; count < 4; count += 1) await pace.wait(signal);
    const stopped = pace.wait(AbortSignal.abort(new Error('stopped')));
    const next = pace.wait(signal);
    await expect(stopped).rejects.toThrow('stopped');
    await expect(next).resolves.toBeUndefined();
  });
});
