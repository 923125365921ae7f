import { describe, expect, test } from 'vitest';
import { Doubts } from '../../../src/delivery/send/doubts.ts';
import type { RunEvent } from '../../../src/events.ts';

const chunk = (number: number) => ({ number, rows: 10 * number, rejected: number });
const counts = { accepted: 0, rejected: 0, skipped: 0, unknown: 0 };
const inDoubt = (doubts: Doubts) =>
  doubts.ends().map((event) => ('chunk' in event ? event.chunk : undefined));

describe('a doubt', () => {
  test('stays until its chunk has come to an end', () => {
    const doubts = new Doubts();
    doubts.add(chunk(1));
    doubts.add(chunk(2));
    expect(inDoubt(doubts)).toEqual([1, 2]);
    doubts.remove(1);
    expect(inDoubt(doubts)).toEqual([2]);
  });

  test('ends with all rows of its chunk unknown, and its rejects as they are', () => {
    const doubts = new Doubts();
    doubts.add(chunk(3));
    expect(doubts.ends()).toEqual([
      {
        type: 'chunk-settled',
        chunk: 3,
        job: undefined,
        counts: { accepted: 0, rejected: 3, skipped: 0, unknown: 30 },
        unaccounted: 0,
        warnings: {},
        aborted: false,
      },
    ]);
  });

  test('that is put twice is one', () => {
    const doubts = new Doubts();
    doubts.add(chunk(1));
    doubts.add({ ...chunk(1), rows: 4 });
    expect(doubts.ends()).toHaveLength(1);
  });
});

describe('what a run emits', () => {
  test.each<[string, RunEvent, boolean]>([
    ['a job has it', { type: 'chunk-taken', chunk: 1, rows: 10, rejected: 0, job: 'j' }, true],
    [
      'it is settled',
      {
        type: 'chunk-settled',
        chunk: 1,
        job: undefined,
        counts,
        unaccounted: 0,
        warnings: {},
        aborted: false,
      },
      true,
    ],
    ['it was given to nobody', { type: 'chunk-dropped', chunk: 1, rows: 10, rejected: 0 }, true],
    ['another was settled', { type: 'chunk-dropped', chunk: 2, rows: 10, rejected: 0 }, false],
    ['it is cut in two', { type: 'chunk-split', chunk: 1, rows: 10, message: '' }, false],
    ['it is sent anew', { type: 'chunk-resent', chunk: 1 }, false],
    [
      'an attempt failed',
      {
        type: 'attempt-failed',
        chunk: 1,
        purpose: 'send',
        message: '',
        waitMs: 1,
        counted: true,
        why: 'transient',
      },
      false,
    ],
    ['something else was said', { type: 'slots-known', active: 1, others: 0 }, false],
  ])('%s: the doubt ends: %#', (_name, event, ends) => {
    const doubts = new Doubts();
    const heard: RunEvent[] = [];
    const emit = doubts.listenTo((told) => void heard.push(told));
    doubts.add(chunk(1));
    emit(event);
    expect(heard).toEqual([event]);
    expect(inDoubt(doubts)).toEqual(ends ? [] : [1]);
  });
});
