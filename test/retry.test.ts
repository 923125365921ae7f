import { describe, expect, test } from 'vitest';
import { backoffMs, nextPollMs, retryLoop, RetryError, WAITS } from '../src/retry.ts';

/** A machine whose sleeps pass at once and are remembered. */
function sleeper(random = 0.5) {
  const sleptMs: number[] = [];
  const machine = {
    random: () => random,
    sleep: async (ms: number, signal?: AbortSignal) => {
      sleptMs.push(ms);
      signal?.throwIfAborted();
    },
  };
  return { sleptMs, machine };
}

/** Throws what is listed, one a call, then gives back how many calls there were. */
function failing(reasons: readonly Error[]) {
  let calls = 0;
  return async () => {
    const reason = reasons[calls];
    calls += 1;
    if (reason) throw reason;
    return calls;
  };
}

const { signal } = new AbortController();
const quiet = () => undefined;

describe('the retry loop', () => {
  test('waits at random below a bound that doubles up to a minute', () => {
    expect([0, 1, 2, 5, 6, 20].map((earlier) => backoffMs(earlier, 1))).toEqual([
      1000, 2000, 4000, 32_000, 60_000, 60_000,
    ]);
    expect(backoffMs(3, 0)).toBe(WAITS.retry.minMs);
    expect(backoffMs(0, 0.5)).toBe(625);
  });

  test.each([0, -1000, 1, 249, Number.NaN])(
    'a wait of %j that the vendor asks for says nothing',
    async (waitMs) => {
      const { machine, sleptMs } = sleeper(0);
      const attempt = failing(
        Array.from({ length: 3 }, () => new RetryError('busy', { waitMs, isCounted: false })),
      );
      await retryLoop(attempt, { policy: { retries: 0 }, machine, signal, onWait: quiet });
      expect(sleptMs).toEqual([WAITS.retry.minMs, WAITS.retry.minMs, WAITS.retry.minMs]);
    },
  );

  test('what the vendor asks for wins over the bound', async () => {
    const { machine, sleptMs } = sleeper();
    const attempt = failing([
      new RetryError('busy', { waitMs: 7_000, isCounted: false }),
      new RetryError('again'),
    ]);
    expect(await retryLoop(attempt, { policy: { retries: 5 }, machine, signal, onWait: quiet })).toBe(3);
    expect(sleptMs).toEqual([7_000, 625]);
  });

  test('gives up with the last reason when the retries are used up', async () => {
    const { machine, sleptMs } = sleeper();
    const attempt = failing(['a', 'b', 'c'].map((message) => new RetryError(message)));
    await expect(
      retryLoop(attempt, { policy: { retries: 2 }, machine, signal, onWait: quiet }),
    ).rejects.toThrow('c');
    expect(sleptMs).toHaveLength(2);
  });

  test('waiting for room uses up no retry, and waits longer each time', async () => {
    const { machine, sleptMs } = sleeper(1);
    const busy = Array.from({ length: 9 }, () => new RetryError('busy', { isCounted: false }));
    expect(await retryLoop(failing(busy), { policy: { retries: 0 }, machine, signal, onWait: quiet })).toBe(
      10,
    );
    expect(sleptMs.slice(0, 3)).toEqual([1_000, 2_000, 4_000]);
  });

  test('waits a few seconds at most for a slot, and no longer than until one seems to be free', async () => {
    const { machine, sleptMs } = sleeper(1);
    const never = new AbortController().signal;
    const refused = Array.from(
      { length: 4 },
      () => new RetryError('full', { isCounted: false, slot: never }),
    );
    await retryLoop(failing(refused), { policy: { retries: 0 }, machine, signal, onWait: quiet });
    expect(sleptMs).toEqual([3_000, 5_000, 5_000, 5_000]);

    const isCut: (boolean | undefined)[] = [];
    const sleep = async (_ms: number, until?: AbortSignal) => void isCut.push(until?.aborted);
    const shown = new RetryError('full', { isCounted: false, slot: AbortSignal.abort() });
    await retryLoop(failing([shown]), {
      policy: { retries: 0 },
      machine: { ...machine, sleep },
      signal,
      onWait: quiet,
    });
    expect(isCut).toEqual([true]);
  });

  test('looks at imports further and further apart, up to ten seconds', () => {
    const waits = [250];
    while (waits.length < 12) waits.push(nextPollMs(waits.at(-1) ?? 0));
    expect(waits.slice(0, 3)).toEqual([250, 375, 562.5]);
    expect(waits.slice(-2)).toEqual([10_000, 10_000]);
    expect(nextPollMs(10_000, true)).toBe(WAITS.poll.maxAwaitedMs);
  });

  test('asks no more where the policy sees no sense in it', async () => {
    const { machine, sleptMs } = sleeper();
    const policy = { retries: 5, mayRetry: ({ message }: Error) => message !== 'hopeless' };
    const attempt = failing([new RetryError('passing'), new RetryError('hopeless')]);
    await expect(retryLoop(attempt, { policy, machine, signal, onWait: quiet })).rejects.toThrow('hopeless');
    expect(sleptMs).toHaveLength(1);
  });

  test('any other error ends it at once', async () => {
    const { machine, sleptMs } = sleeper();
    const attempt = failing([new TypeError('a bug')]);
    await expect(
      retryLoop(attempt, { policy: { retries: 5 }, machine, signal, onWait: quiet }),
    ).rejects.toThrow('a bug');
    expect(sleptMs).toEqual([]);
  });

  test('an abort during a wait ends it with the reason for the wait', async () => {
    const aborting = new AbortController();
    const { machine } = sleeper();
    const attempt = failing([new RetryError('no room', { isCounted: false }), new RetryError('never asked')]);
    const loop = { policy: { retries: 5 }, machine, signal: aborting.signal, onWait: () => aborting.abort() };
    await expect(retryLoop(attempt, loop)).rejects.toThrow('no room');
  });
});
