import { describe, expect, test } from 'vitest';
import type { FoundRun } from '../../../src/delivery/ledger/ledger.ts';
import { noOutcome } from '../../../src/delivery/ledger/ranges.ts';
import {
  countLineEnds,
  isSamePart,
  isSameSpan,
  knownWithin,
  refuseOtherList,
  overlaps,
} from '../../../src/delivery/resume/parts.ts';
import { memoryInput } from '../../shaping/memory-input.ts';
import { ended, found, inputRecord, intent, piece, settled } from './earlier-runs.ts';

const text = 'a\nb\nc\nd\n';
const part = { index: 1, of: 4, list: 'one' };

test.each([
  [undefined, undefined, true],
  [part, part, true],
  [part, undefined, false],
  [part, { ...part, index: 2 }, false],
  [part, { ...part, of: 8 }, false],
  [part, { ...part, list: 'other' }, false],
])('a run of %j goes on as %j: %s', (one, other, expected) => {
  expect(isSamePart(one, other)).toBe(expected);
});

test.each([
  [undefined, undefined, true],
  [{ from: 2, to: 4 }, { from: 2, to: 4 }, true],
  [{ from: 2, to: 4 }, { from: 2 }, false],
  [{ from: 2, to: 4 }, { from: 0, to: 4 }, false],
])('%j and %j are one span: %s', (one, other, expected) => {
  expect(isSameSpan(one, other)).toBe(expected);
});

test.each([
  [{ from: 0, to: 2 }, undefined, true],
  [{ from: 0, to: 2 }, { from: 2, to: 4 }, false],
  [{ from: 0, to: 3 }, { from: 2, to: 4 }, true],
  [{ from: 4, to: 6 }, { from: 2, to: 4 }, false],
  [{ from: 3, to: 6 }, { from: 2, to: 4 }, true],
  [{ from: 900, to: 901 }, { from: 2 }, true],
])('%j has bytes of %j: %s', (range, span, expected) => {
  expect(overlaps(range, span)).toBe(expected);
});

test('line ends are counted within a range only', async () => {
  const input = memoryInput('a\n\nb\nc');
  expect(await countLineEnds(input, 0, 6)).toBe(3);
  expect(await countLineEnds(input, 2, 4)).toBe(1);
  expect(await countLineEnds(input, 3, 3)).toBe(0);
});

describe('what a run knows of the bytes of another part', () => {
  const range = (from: number, to: number, line: number) => ({
    ...{ from, to, line, nextLine: line + (to - from) / 2 },
    ...{ outcome: noOutcome, inDoubt: false },
  });
  const input = memoryInput(text);
  const linesOf = async (here: number | undefined, there: number | undefined, line: number) => {
    const spanOf = (from: number | undefined) => (from === undefined ? {} : { span: { from, to: 8 } });
    const known = await knownWithin(
      { input, ...spanOf(here) },
      { ranges: [range(4, 8, line)], ...spanOf(there) },
    );
    return known.map(({ from, to, line: first, nextLine }) => ({ from, to, first, nextLine }));
  };

  test.each([
    ['from the same place on', undefined, undefined, 3, 3],
    ['when it began before', 4, 0, 3, 1],
    ['when it began behind', 0, 4, 1, 3],
  ])('has lines counted as here, %s', async (_, here, there, theirs, ours) => {
    expect(await linesOf(here, there, theirs)).toEqual([{ from: 4, to: 8, first: ours, nextLine: ours + 2 }]);
  });

  test('is only what lies in the span', async () => {
    const ranges = [range(0, 2, 1), range(6, 8, 4)];
    const known = await knownWithin(
      { input, span: { from: 2, to: 8 } },
      { ranges, span: { from: 2, to: 8 } },
    );
    expect(known.map(({ from, to }) => [from, to])).toEqual([[6, 8]]);
    expect(await knownWithin({ input, span: { from: 2, to: 6 } }, { ranges })).toEqual([]);
  });
});

describe('what reaches beyond a part', () => {
  // Lines of different lengths, the last one without an end.
  const input = memoryInput('long line\nb\nc\nd');
  const span = { from: 10 };
  const range = (rows: number) => ({
    ...{ from: 0, to: 15, line: 1, nextLine: 5, inDoubt: false },
    outcome: { ...noOutcome, rows, accepted: rows },
  });

  test('is cut with as many rows as it has lines there', async () => {
    const [cut] = await knownWithin({ input, span }, { ranges: [range(4)] });
    expect(cut).toMatchObject({ from: 10, to: 15, line: 1, nextLine: 4, outcome: { rows: 3, accepted: 3 } });
    const [first] = await knownWithin({ input, span: { from: 0, to: 10 } }, { ranges: [range(4)] });
    expect(first).toMatchObject({ from: 0, to: 10, line: 1, nextLine: 2, outcome: { rows: 1 } });
  });

  test('is cut by lines where some of them have no row', async () => {
    const [cut] = await knownWithin({ input, span }, { ranges: [range(2)] });
    expect(cut?.outcome.rows).toBe(2);
  });
});

describe('a part of another list', () => {
  const theirs = (more = {}, records = [intent(1, [piece(text, 0, 2)]), settled(1, 2)]) =>
    found('1', [inputRecord(text), ...records], { part: { ...part, index: 2, list: 'other' }, ...more });
  const refuse =
    (run: FoundRun, { isDivided = true, path = '/in.ndjson' } = {}) =>
    () =>
      refuseOtherList([run], {
        recipe: 'recipe',
        part: isDivided ? part : undefined,
        paths: new Set([path]),
      });

  test('that is under way with one of these inputs is refused', () => {
    expect(refuse(theirs())).toThrow('run 1 has part 2 of 4 of another list of inputs');
  });

  const all = [intent(1, [piece(text, 0, 4)]), settled(1, 4), ended(8)];
  const forgotten = theirs();
  const accepted: [string, () => void][] = [
    ['when nothing is divided here', refuse(theirs(), { isDivided: false })],
    ['when nothing was divided there', refuse(theirs({ part: undefined }))],
    ['when it is of another number of parts', refuse(theirs({ part: { ...part, of: 8, list: 'other' } }))],
    ['when it is of the same list', refuse(theirs({ part: { ...part, index: 2 } }))],
    ['when its options are others', refuse(theirs({ recipe: 'other' }))],
    ['when it is finished', refuse(theirs({}, all))],
    ['when it was given up', refuse({ ...forgotten, state: { ...forgotten.state, forgotten: true } })],
    ['when it has other inputs', refuse(theirs(), { path: '/other.ndjson' })],
  ];

  test.each(accepted)('is let be %s', (_, call) => expect(call).not.toThrow());
});
