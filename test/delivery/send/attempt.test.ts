import { describe, expect, test } from 'vitest';
import { attempt, type AttemptOptions } from '../../../src/delivery/send/attempt.ts';
import type { RunEvent } from '../../../src/events.ts';
import { Failure } from '../../../src/failure.ts';
import { realMachine } from '../../../src/real-machine.ts';
import type { Answer, Retry } from '../../../src/records.ts';
import { everythingWaits } from '../../idle.ts';
import { virtualClock } from '../../virtual-clock.ts';
import { accepted, again } from './sending.ts';

/** Asks until answered, while time passes by itself; the last of the answers is given ever after. */
async function askFor(answers: readonly (Answer | Error)[], more: Partial<AttemptOptions> = {}) {
  const clock = virtualClock();
  const events: RunEvent[] = [];
  let asked = 0;
  const ask = async (): Promise<Answer> => {
    const answer = answers[Math.min(asked++, answers.length - 1)] as Answer | Error;
    if (answer instanceof Error) throw answer;
    return answer;
  };
  const stopClock = clock.run();
  const end = await attempt(ask, {
    purpose: 'send',
    chunk: 5,
    maxRetries: 3,
    harmless: true,
    machine: { ...realMachine(), ...clock, random: () => 0 },
    emit: (event) => void events.push(event),
    signal: new AbortController().signal,
    ...more,
  }).finally(stopClock);
  return { end, asked, events, waitedMs: clock.elapsedMs() };
}

const busy = again('no', 'busy') as Retry;

describe('how often it is asked', () => {
  test.each<[string, Answer[], Partial<AttemptOptions>, number, Answer['kind']]>([
    ['once when it is answered', [accepted(1)], {}, 1, 'settled'],
    ['until it is answered', [again('maybe'), again('no'), accepted(1)], {}, 3, 'settled'],
    ['once more than there are retries', [again('maybe')], {}, 4, 'retry'],
    ['once, where there are no retries', [again('no')], { maxRetries: 0 }, 1, 'retry'],
    ['as long as there is no room', [...Array<Answer>(20).fill(busy), accepted(1)], {}, 21, 'settled'],
    [
      'once, where it may have been taken and a repeat could double',
      [again('maybe')],
      { harmless: false },
      1,
      'retry',
    ],
    [
      'again, where a repeat could double and it was certainly not taken',
      [again('no'), accepted(1)],
      { harmless: false },
      2,
      'settled',
    ],
    [
      'until it may have been taken, where a repeat could double',
      [again('no'), again('maybe'), accepted(1)],
      { harmless: false },
      2,
      'retry',
    ],
    ['three times more where the target changes how it asks', [again('no', 'session')], {}, 4, 'retry'],
    [
      'three times more anew when something else came between',
      [
        ...Array<Answer>(3).fill(again('no', 'session')),
        busy,
        ...Array<Answer>(3).fill(again('no', 'session')),
        accepted(1),
      ],
      {},
      8,
      'settled',
    ],
  ])('%s', async (_name, answers, more, asked, kind) => {
    const outcome = await askFor(answers, more);
    expect(outcome.asked).toBe(asked);
    expect(outcome.end.kind).toBe(kind);
  });
});

describe('how long is waited', () => {
  test.each<[string, Answer, number]>([
    ['as the vendor asks', { ...busy, waitMs: 5_000 }, 5_000],
    ['as short as can be where the target has changed how it asks', again('no', 'session'), 250],
    [
      'as the vendor asks, where the target has changed how it asks',
      { ...busy, why: 'session', waitMs: 700 },
      700,
    ],
  ])('%s', async (_name, answer, waitMs) => {
    const { waitedMs, events } = await askFor([answer, accepted(1)]);
    expect(waitedMs).toBe(waitMs);
    expect(events).toMatchObject([{ type: 'attempt-failed', chunk: 5, purpose: 'send', waitMs }]);
  });

  test('and whether it counts against the retries is told', async () => {
    const { events } = await askFor([busy, again('no'), again('no', 'session'), accepted(1)]);
    expect(events.map((event) => 'counted' in event && event.counted)).toEqual([false, true, false]);
  });
});

test('a failure passes through, and is not asked for again', async () => {
  const failure = new Failure('credentials', 'no');
  await expect(askFor([failure])).rejects.toBe(failure);
});

test('the wait ends when the delivery stops, with the last answer', async () => {
  const clock = virtualClock();
  const stopping = new AbortController();
  const asking = attempt(async () => busy, {
    ...{ purpose: 'send', maxRetries: 1, harmless: true, emit: () => undefined, signal: stopping.signal },
    machine: { ...realMachine(), ...clock },
  });
  await everythingWaits();
  expect(clock.waiting()).toBe(1);
  stopping.abort();
  expect(await asking).toBe(busy);
  expect(clock.waiting()).toBe(0);
});
