import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { answerAgain, finalAnswer } from '../../../src/delivery/ledger/final-answer.ts';
import type { Rejection, Settled } from '../../../src/records.ts';
import { propertyRuns } from '../../property-runs.ts';
import { chunkOf } from '../send/sending.ts';

const events = 12;
const chunk = chunkOf(Array.from({ length: events }, (_, row) => `r${row}`));
const answerWith = (rejected: readonly Rejection[], more: Partial<Settled> = {}): Settled => ({
  ...{ kind: 'settled', accepted: events - rejected.length, rejected, unknown: 0 },
  ...more,
});
const again = (answer: Settled) =>
  answerAgain(chunk, finalAnswer(answer, { rejected: answer.rejected.length, unknown: answer.unknown }));

describe('an answer that a ledger kept', () => {
  test('refuses the same events, in the same order and words', () => {
    const refusals = fc
      .tuple(
        fc.subarray([...Array(events).keys()]),
        fc.array(fc.constantFrom('a', 'b'), { minLength: events, maxLength: events }),
        fc.nat(2),
      )
      .map(([rows, messages, unnamed]): Rejection[] => [
        ...rows.map((row) => ({ row, reason: 'refused', message: messages[row] ?? '' })),
        ...Array.from({ length: unnamed }, () => ({ reason: 'refused', message: 'somewhere' })),
      ]);
    fc.assert(
      fc.property(refusals, (rejected) => {
        expect(again(answerWith(rejected)).rejected).toEqual(rejected);
      }),
      propertyRuns(100),
    );
  });

  test('takes one entry where all were refused for one reason', () => {
    const all = Array.from({ length: events }, (_, row) => ({ row, reason: 'too-big', message: 'no' }));
    expect(finalAnswer(answerWith(all), { rejected: events, unknown: 0 }).refused).toEqual([
      { row: 0, events, reason: 'too-big', message: 'no' },
    ]);
  });

  test.each<[string, Settled, number]>([
    ['every accepted event', answerWith([{ row: 3, reason: 'refused', message: 'no' }]), events - 1],
    ['none where it is not known which were refused', answerWith([{ reason: 'refused', message: 'no' }]), 0],
    ['none where some are unknown', answerWith([], { unknown: 2 }), 0],
  ])('has an empty reply to %s', (_name, answer, replies) => {
    expect(again(answer).replies ?? []).toHaveLength(replies);
    expect(again(answer).replies?.some(({ row }) => row === 3) ?? false).toBe(false);
  });
});
