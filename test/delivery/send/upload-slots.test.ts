import { describe, expect, test } from 'vitest';
import type { SlotQueue } from '../../../src/delivery/send/attempt.ts';
import { UploadSlots } from '../../../src/delivery/send/upload-slots.ts';

const { signal } = new AbortController();

/** Nobody else is there. */
const standBack = async () => undefined;

/** Asks for a slot, and says whether it has come by now. */
function ask(slots: UploadSlots, until = new AbortController().signal) {
  const asked = { came: undefined as boolean | undefined };
  void slots.enter(until, standBack).then((came) => (asked.came = came));
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
    await slots.enter(signal, standBack);
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
    await slots.enter(signal, standBack);
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
    await slots.enter(signal, standBack);
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

describe('a chunk that the vendor had no slot for', () => {
  const elsewhere = { uploads: 4, open: 5 };

  /** Slots of which so many chunks hold one here, and the vendor refused each of them. */
  async function refusedOf(count: number) {
    const slots = new UploadSlots(elsewhere);
    const queues = Array.from({ length: count }, (_, chunk) => slots.queueFor(chunk));
    for (const _ of queues) await slots.enter(signal, standBack);
    const rooms = queues.map((queue) => queue.refused());
    return { slots, queues, rooms, told: () => rooms.map(({ aborted }) => aborted) };
  }

  /** Which of them may ask by now. */
  async function mayAsk(queues: readonly SlotQueue[]) {
    const may = queues.map(() => false);
    queues.forEach((queue, index) => void queue.turn(signal).then((came) => (may[index] = came)));
    await soon();
    return may;
  }

  test('waits, and is awaited, while this process holds every slot', async () => {
    const slots = new UploadSlots({ uploads: 4, open: 3 });
    const states = () => [slots.isFull, slots.isAwaited, slots.isFullOfOthers];
    for (let count = 0; count < 2; count++) slots.adopt();
    expect(states()).toEqual([false, false, false]);
    slots.adopt();
    expect(states()).toEqual([true, false, false]);
    const asked = ask(slots);
    expect(states()).toEqual([true, true, false]);
    slots.othersHold(3);
    expect(states()).toEqual([true, true, true]);
    expect(asked.came).toBeUndefined();
  });

  test('shows that others hold the rest, so that no other enters', async () => {
    const { slots } = await refusedOf(2);
    expect({ others: slots.others, isFull: slots.isFull, isAwaited: slots.isAwaited }).toEqual({
      others: 5,
      isFull: true,
      isAwaited: true,
    });
    expect(await startable(slots)).toBe(0);
  });

  test('asks alone until it has an answer, then the next', async () => {
    const { queues } = await refusedOf(3);
    expect(await mayAsk(queues)).toEqual([true, false, false]);
    queues[0]?.leave();
    expect(await mayAsk(queues.slice(1))).toEqual([true, false]);
  });

  test.each([
    [5, [false, false, false]],
    [4, [true, false, false]],
    [3, [true, true, false]],
    [0, [true, true, true]],
  ])('is told when a look shows that others hold %j of five', async (others, told) => {
    const refused = await refusedOf(3);
    refused.slots.othersHold(others);
    expect(refused.told()).toEqual(told);
    expect(await mayAsk(refused.queues)).toEqual([true, ...told.slice(1)]);
  });

  test('is told when an import of this process has ended', async () => {
    const { slots, told } = await refusedOf(1);
    slots.adopt();
    slots.othersHold(4);
    expect(told()).toEqual([false]);
    slots.settled();
    expect(told()).toEqual([true]);
  });

  test('makes those behind it stand back, fewer and fewer while none is refused', async () => {
    const { slots, queues } = await refusedOf(1);
    queues[0]?.leave();
    slots.leave('over');
    slots.othersHold(0);
    const stoodBack: boolean[] = [];
    for (let count = 0; count < 8; count++) {
      let hasStoodBack = false;
      await slots.enter(signal, async () => void (hasStoodBack = true));
      stoodBack.push(hasStoodBack);
      slots.leave('over');
    }
    expect(stoodBack).toEqual([true, true, true, true, false, true, false, true]);
  });

  test('makes those behind it stand back, too, when it waits for what others hold', async () => {
    const slots = new UploadSlots(elsewhere);
    slots.othersHold(5);
    let hasStoodBack = false;
    const entered = slots.enter(signal, async () => void (hasStoodBack = true));
    slots.othersHold(0);
    expect(await entered).toBe(true);
    expect(hasStoodBack).toBe(true);
  });

  test('does not ask once the wait is ended', async () => {
    const { queues } = await refusedOf(2);
    const ending = new AbortController();
    const turn = queues[1]?.turn(ending.signal);
    ending.abort();
    expect(await turn).toBe(false);
  });
});
