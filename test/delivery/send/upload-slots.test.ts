import { describe, expect, test } from 'vitest';
import { UploadSlots } from '../../../src/delivery/send/upload-slots.ts';

const { signal } = new AbortController();

/** Asks for a slot, and says whether it has come by now. */
function ask(slots: UploadSlots, until = new AbortController().signal) {
  const asked = { came: undefined as boolean | undefined };
  void slots.enter(until).then((came) => (asked.came = came));
  return asked;
}

const soon = () => new Promise((resolve) => setImmediate(resolve));

/** How many uploads may start at once, after what is told of jobs and of others. */
async function startable(slots: UploadSlots): Promise<number> {
  const asked = Array.from({ length: 20 }, () => ask(slots));
  await soon();
  return asked.filter(({ came }) => came === true).length;
}

describe('so many uploads may start', () => {
  test.each([
    { uploads: 1, open: 10, adopted: 0, others: 0, start: 1 },
    { uploads: 4, open: 10, adopted: 0, others: 0, start: 4 },
    { uploads: 4, open: 3, adopted: 0, others: 0, start: 3 },
    { uploads: 4, open: 10, adopted: 8, others: 0, start: 2 },
    { uploads: 4, open: 10, adopted: 0, others: 9, start: 1 },
    { uploads: 4, open: 10, adopted: 5, others: 4, start: 1 },
    { uploads: 4, open: 10, adopted: 5, others: 5, start: 0 },
    { uploads: 4, open: 10, adopted: 10, others: 0, start: 0 },
    { uploads: 4, open: 10, adopted: 0, others: 12, start: 0 },
  ])('$start of $uploads, $open open, $adopted of ours, $others of others', async (row) => {
    const slots = new UploadSlots(row);
    for (let count = 0; count < row.adopted; count++) slots.adopt();
    slots.othersHold(row.others);
    expect(await startable(slots)).toBe(row.start);
    expect(slots.active).toBe(row.adopted + row.start);
    expect(slots.others).toBe(row.others);
  });
});

describe('a slot', () => {
  test('is free again once its upload is over', async () => {
    const slots = new UploadSlots({ uploads: 1, open: 5 });
    await slots.enter(signal);
    const [first, second] = [ask(slots), ask(slots)];
    await soon();
    expect(first.came).toBeUndefined();
    slots.leave('over');
    await soon();
    expect(first.came).toBe(true);
    // One left, one came: the other still waits.
    expect(second.came).toBeUndefined();
    expect(slots.active).toBe(1);
  });

  test('of a chunk that was taken is free for uploads, and held until its job has ended', async () => {
    const slots = new UploadSlots({ uploads: 1, open: 1 });
    await slots.enter(signal);
    slots.leave('taken');
    expect(slots.active).toBe(1);
    const waiting = ask(slots);
    await soon();
    expect(waiting.came).toBeUndefined();
    slots.settled();
    await soon();
    expect(waiting.came).toBe(true);
    expect(slots.active).toBe(1);
  });

  test('that others held is free when they hold it no more', async () => {
    const slots = new UploadSlots({ uploads: 2, open: 2 });
    slots.othersHold(2);
    expect(slots.isFullOfOthers).toBe(true);
    const waiting = ask(slots);
    await soon();
    expect(waiting.came).toBeUndefined();
    slots.othersHold(1);
    expect(slots.isFullOfOthers).toBe(false);
    await soon();
    expect(waiting.came).toBe(true);
  });

  test('is not waited for once the wait is ended, nor given to who does not wait any more', async () => {
    const slots = new UploadSlots({ uploads: 1, open: 5 });
    await slots.enter(signal);
    const ending = new AbortController();
    const waiting = ask(slots, ending.signal);
    await soon();
    ending.abort();
    await soon();
    expect(waiting.came).toBe(false);
    expect(ask(slots, ending.signal)).toBeDefined();
    slots.leave('over');
    await soon();
    expect(slots.active).toBe(0);
  });
});
