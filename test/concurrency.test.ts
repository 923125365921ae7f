import { describe, expect, it } from 'vitest';
import { closeAll, Condition, Mutex, unlessAborted } from '../src/concurrency.ts';

/** Lets everything that can go on now go on. */
const turn = () => new Promise((resolve) => setImmediate(resolve));

describe('a condition', () => {
  it('wakes all who wait, once', async () => {
    const condition = new Condition();
    const woken: string[] = [];
    void condition.wait().then(() => woken.push('first'));
    void condition.wait().then(() => woken.push('second'));
    await turn();
    expect(woken).toEqual([]);
    condition.notify();
    void condition.wait().then(() => woken.push('later'));
    await turn();
    expect(woken).toEqual(['first', 'second']);
  });

  it('ends a wait whose signal is aborted, before or meanwhile, and forgets it', async () => {
    const condition = new Condition();
    await condition.wait(AbortSignal.abort());
    const given = new AbortController();
    const waiting = condition.wait(given.signal);
    given.abort();
    await waiting;
    condition.notify();
  });
});

describe('a mutex', () => {
  it('runs work one by one, in order, also behind work that failed', async () => {
    const mutex = new Mutex();
    const steps: string[] = [];
    const work = (name: string, fails = false) =>
      mutex.run(async () => {
        steps.push(`${name} begins`);
        await turn();
        steps.push(`${name} ends`);
        if (fails) throw new Error(name);
        return name;
      });
    const [first, failed, last] = [work('a'), work('b', true), work('c')];
    await expect(failed).rejects.toThrow('b');
    expect([await first, await last]).toEqual(['a', 'c']);
    expect(steps).toEqual(['a begins', 'a ends', 'b begins', 'b ends', 'c begins', 'c ends']);
  });
});

describe('work that is given up', () => {
  it('gives its result or its error while the signal is quiet', async () => {
    const { signal } = new AbortController();
    expect(await unlessAborted(Promise.resolve(1), signal)).toBe(1);
    await expect(unlessAborted(Promise.reject(new Error('own')), signal)).rejects.toThrow('own');
  });

  it('rejects with the reason, also when the signal was aborted before; what the work throws later is lost', async () => {
    const given = new AbortController();
    let fail: (error: Error) => void = () => undefined;
    const work = new Promise<never>((_, reject) => (fail = reject));
    const waiting = unlessAborted(work, given.signal);
    given.abort(new Error('enough'));
    await expect(waiting).rejects.toThrow('enough');
    fail(new Error('late'));
    await turn();
    await expect(unlessAborted(new Promise(() => undefined), given.signal)).rejects.toThrow('enough');
  });
});

describe('what is closed at an end', () => {
  it('is closed behind a close that fails, too; the first error is told', async () => {
    const closed: string[] = [];
    const closing = (name: string, fails = false) => {
      return async () => {
        await turn();
        closed.push(name);
        if (fails) throw new Error(name);
      };
    };
    const all = [closing('a'), closing('b', true), () => undefined, closing('c', true), closing('d')];
    await expect(closeAll(all)).rejects.toThrow(/^b$/);
    expect(closed).toEqual(['a', 'b', 'c', 'd']);
    await closeAll([closing('e')]);
    expect(closed.at(-1)).toBe('e');
  });
});
