import { describe, expect, test } from 'vitest';
import type { FoundRun } from '../../../src/delivery/ledger/ledger.ts';
import {
  differenceInOptions,
  hasArrived,
  refuseOtherRecipe,
} from '../../../src/delivery/resume/other-recipes.ts';
import { Failure } from '../../../src/failure.ts';
import { finishedRun, found, given, inputRecord, intent, piece, settled, start } from './earlier-runs.ts';

const text = 'a\nb\nc\nd\n';
const other = 'p\nq\nr\ns\n';
const before = { recipe: 'before', recipeParts: { map: 'a=b', salt: 'x' } };
const now = { ...start, recipe: 'now', recipeParts: { map: 'a=c', salt: 'x' } };

/** `accepted`, or how the refusal begins. */
async function judge(runs: readonly FoundRun[], { by = {}, inputs = [given(text)] } = {}): Promise<string> {
  try {
    await refuseOtherRecipe(runs, { start: { ...now, ...by }, given: inputs });
    return 'accepted';
  } catch (error) {
    if (!(error instanceof Failure) || error.kind !== 'usage') throw error;
    return error.message;
  }
}

const partlyDelivered = (more = {}) =>
  found('1', [inputRecord(text), intent(1, [piece(text, 0, 2)]), settled(1, 2)], { ...before, ...more });
const whole = 'was delivered by run 1 with other options: map was "a=b", is "a=c"';
const partly = 'was partly delivered by run 1 with other options: map was "a=b", is "a=c"';

describe('an input that was delivered with other options', () => {
  test('is refused, with what differs', async () => {
    expect(await judge([finishedRun('1', text, 0, before)])).toBe(`/in.ndjson ${whole}`);
    expect(await judge([partlyDelivered()])).toBe(`/in.ndjson ${partly}`);
  });

  test('is refused also where it has grown, by the path it had', async () => {
    const inputs = [given(other), given(`${text}e\n`, '/renamed')];
    expect(await judge([finishedRun('1', text, 0, before)], { inputs })).toBe(`/in.ndjson ${whole}`);
  });

  test('is said of each option, those that are gone or new too', async () => {
    const by = { recipeParts: { salt: 'x', fillId: 'content', list: [1] } };
    expect(await judge([partlyDelivered()], { by })).toContain(
      'options: map was "a=b", is not set; fillId was not set, is "content"; list was not set, is [1]',
    );
  });

  const partsOf = (more: object) => ({ recipeParts: { ...now.recipeParts, ...more } });
  const accepted: [string, FoundRun[], Parameters<typeof judge>[1]?][] = [
    ['when --again is said', [partlyDelivered()], { by: { again: true } }],
    ['when the salt is another', [partlyDelivered()], { by: partsOf({ salt: 'y' }) }],
    ['when the owner is another', [partlyDelivered()], { by: partsOf({ owner: 'y' }) }],
    ['when the address is another', [partlyDelivered()], { by: partsOf({ apiUrl: 'y' }) }],
    ['when the command is another', [partlyDelivered()], { by: partsOf({ command: 'y' }) }],
    ['when the vendor is another', [partlyDelivered({ vendor: 'moesif' })]],
    ['when only the digest differs', [partlyDelivered({ recipeParts: now.recipeParts })]],
    ['when it is the same recipe', [partlyDelivered({ recipe: 'now' })]],
    ['when that run was given up', [forgotten(partlyDelivered())]],
    ['when that run had other rows', [finishedRun('1', other, 0, before)]],
    ['when nothing of it left', [found('1', [inputRecord(text)], before)]],
    ['when it began with nothing', [found('1', [inputRecord('')], before)]],
    ['when it is shorter than what that run had', [partlyDelivered()], { inputs: [given('a\nb\n')] }],
    ['when a run with the same options knows it', [finishedRun('1', text, 0, before), sameNow()]],
    ['when all of its rows were rejected', [allRejected()]],
    ['when it went to another endpoint', [finishedRun('1', text, 0, { ...before, endpoint: 'other' })]],
  ];

  test.each(accepted)('is accepted %s', async (_, runs, options) => {
    expect(await judge(runs, options)).toBe('accepted');
  });

  test('is refused though a run with the same options knows it, while it is under way', async () => {
    expect(await judge([partlyDelivered(), sameNow()])).toBe(`/in.ndjson ${partly}`);
  });

  test.each(['api', 'agentId', 'pathPrefix'])(
    'is refused when %s is another way to the same',
    async (name) => {
      const earlier = { ...before, endpoint: 'other', recipeParts: { ...now.recipeParts, [name]: 'v1' } };
      expect(await judge([finishedRun('1', text, 0, earlier)])).toContain(`${name} was "v1", is not set`);
    },
  );

  test('is accepted when its bytes behind the beginning are others', async () => {
    const long = 'x\n'.repeat(4000);
    const changed = `${long.slice(0, 6000)}Y${long.slice(6001)}`;
    const inputs = [given(changed)];
    expect(await judge([finishedRun('1', long, 0, before)], { inputs })).toBe('accepted');
    expect(await judge([finishedRun('1', long, 0, before)], { inputs: [given(long)] })).not.toBe('accepted');
  });
});

function forgotten(run: FoundRun): FoundRun {
  return { ...run, state: { ...run.state, forgotten: true } };
}

function sameNow(): FoundRun {
  return finishedRun('2', text, 0, { recipe: now.recipe, recipeParts: now.recipeParts });
}

function allRejected(): FoundRun {
  const counts = { accepted: 0, rejected: 4, skipped: 0, unknown: 0 };
  const end = { type: 'input-ended' as const, input: 0, bytes: 8, rows: 4 };
  const records = [inputRecord(text), intent(1, [piece(text, 0, 4)]), end];
  return found('1', [...records, { type: 'settled', chunk: 1, counts, files: {} }], before);
}

describe('whether an input has arrived', () => {
  const range = (outcome: { accepted: number; unknown: number }) => ({
    ranges: [{ from: 0, to: 8, line: 1, nextLine: 5, outcome: { ...outcome, rejected: 1, skipped: 1 } }],
  });

  test.each([
    [{ accepted: 1, unknown: 0 }, true],
    [{ accepted: 0, unknown: 1 }, true],
    [{ accepted: 0, unknown: 0 }, false],
  ])('%j: %s', (outcome, expected) => {
    expect(hasArrived(range(outcome) as Parameters<typeof hasArrived>[0])).toBe(expected);
  });
});

test('options differ only between deliveries to one destination', () => {
  const earlier = { ...start, ...before };
  expect(differenceInOptions(earlier, now)).toBe('map was "a=b", is "a=c"');
  expect(differenceInOptions({ ...earlier, endpoint: 'other' }, now)).toBeUndefined();
});
