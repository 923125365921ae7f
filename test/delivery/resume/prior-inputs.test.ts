import { describe, expect, test } from 'vitest';
import type { FoundRun } from '../../../src/delivery/ledger/ledger.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import { PriorInputs } from '../../../src/delivery/resume/prior-inputs.ts';
import { finishedRun, found, inputRecord, intent, piece, settled } from './earlier-runs.ts';

const short = 'a\nb\n';
const long = 'a\nb\nc\nd\n';

/** A run that has delivered the first row and no more. */
const unfinished = (run: string, text: string) =>
  found(run, [inputRecord(text), intent(1, [piece(text, 0, 1)]), settled(1, 1)]);
/** A run that died before it knew anything. */
const unknowing = (run: string, text: string) => found(run, [inputRecord(text)]);

const begins = (runs: readonly FoundRun[], text: string) =>
  new PriorInputs(runs).beginningOf(Buffer.from(text)).map(({ found: { run } }) => run);

describe('the inputs with which one may begin', () => {
  test.each<[string, FoundRun[], string, string[]]>([
    ['are none where nobody has met it', [finishedRun('1', 'x\ny\n')], long, []],
    ['are those with its head', [finishedRun('2', long), finishedRun('1', 'x\ny\n')], long, ['2']],
    [
      'are all with its head, newest first',
      [finishedRun('2', long), unfinished('1', long)],
      long,
      ['2', '1'],
    ],
    ['are those that it has outgrown', [finishedRun('2', short), unfinished('1', short)], long, ['2', '1']],
    ['are not those that have outgrown it', [finishedRun('1', long)], short, []],
    [
      'are, beside one with its head, unfinished ones that it has outgrown: the newest first',
      [unfinished('3', short), finishedRun('2', long), unfinished('1', short)],
      long,
      ['3', '2', '1'],
    ],
    [
      'are not, beside one with its head, finished ones that it has outgrown: nothing is learned from them',
      [finishedRun('3', short), unfinished('2', long), finishedRun('1', short)],
      long,
      ['2'],
    ],
    [
      'are finished ones too, where those with its head know nothing yet',
      [unknowing('3', long), unknowing('2', long), finishedRun('1', short)],
      long,
      ['3', '2', '1'],
    ],
    [
      'are not finished ones, where one of those with its head knows something',
      [unknowing('3', long), unfinished('2', long), finishedRun('1', short)],
      long,
      ['3', '2'],
    ],
    [
      'are not finished ones, where one with its head has ended with nothing in it',
      [
        found('2', [inputRecord(''), { type: 'input-ended', input: 0, bytes: 0, rows: 0 }]),
        finishedRun('1', short),
      ],
      '',
      ['2'],
    ],
    [
      'are not unfinished ones that begin otherwise',
      [unfinished('2', 'x\ny\n'), finishedRun('1', long)],
      long,
      ['1'],
    ],
  ])('%s', (_name, runs, text, expected) => {
    expect(begins(runs, text)).toEqual(expected);
  });

  test('are never streams, whose bytes are not met again', () => {
    const stream = { ...inputRecord(long), kind: 'stream' } as LedgerRecord;
    expect(begins([found('1', [stream])], long)).toEqual([]);
  });

  test('are told with their number, and whether their run has finished', () => {
    const two = found('2', [
      inputRecord('x\n', { input: 0 }),
      inputRecord(long, { input: 1, path: '/long' }),
    ]);
    const [first, second] = new PriorInputs([two, finishedRun('1', long)]).beginningOf(Buffer.from(long));
    expect(first).toMatchObject({ number: 1, isFinished: false, earlier: { path: '/long' } });
    expect(second).toMatchObject({ number: 0, isFinished: true });
  });
});
