import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { IdleHandles, type IdleHandle } from '../../../src/delivery/outputs/idle-handles.ts';

/** A handle that knows whether it is open, and refuses to be closed at work. */
class Watched implements IdleHandle {
  isOpen = false;
  atWork = 0;
  closed = 0;

  async closeIdle(): Promise<void> {
    expect(this.atWork).toBe(0);
    await turn();
    this.isOpen = false;
    this.closed++;
  }

  async work(): Promise<void> {
    this.isOpen = true;
    this.atWork++;
    expect(this.atWork).toBe(1);
    await turn();
    this.atWork--;
  }
}

test('at most so many idle handles stay open, and none is closed at its work', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.nat(9), { maxLength: 40 }), fc.nat(3), async (uses, pauses) => {
      const handles = new IdleHandles(3);
      const watched = Array.from({ length: 10 }, () => new Watched());
      const working: Promise<void>[] = [];
      for (const [index, use] of uses.entries()) {
        const one = watched[use]!;
        working.push(handles.use(one, () => one.work()));
        if (index % (pauses + 1) === 0) await turn();
      }
      await Promise.all(working);
      for (const one of watched) await handles.use(one, () => one.work());
      expect(watched.filter(({ isOpen }) => isOpen).length).toBeLessThanOrEqual(4);
    }),
    { numRuns: 50 },
  );
});

test('work that fails is told to its own caller, and the next goes on', async () => {
  const handles = new IdleHandles(1);
  const one = new Watched();
  const failed = handles.use(one, async () => {
    throw new Error('disk');
  });
  const next = handles.use(one, () => one.work());
  await expect(failed).rejects.toThrow('disk');
  await next;
  expect(one.isOpen).toBe(true);
});
