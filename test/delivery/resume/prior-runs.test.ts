import { describe, expect, test } from 'vitest';
import type { Input } from '../../../src/contracts/input.ts';
import type { FoundRun } from '../../../src/delivery/ledger/ledger.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import type { GivenInput } from '../../../src/delivery/resume/matches.ts';
import { Failure } from '../../../src/failure.ts';
import { findPriorRuns } from '../../../src/delivery/resume/prior-runs.ts';
import { ended, finishedRun, found, given, inputRecord, intent, piece, settled } from './earlier-runs.ts';

const text = 'a\nb\nc\nd\n';
const other = 'p\nq\nr\ns\n';

const look = (
  inputs: readonly GivenInput[],
  runs: readonly FoundRun[],
  onUnknown: 'stop' | 'resend' = 'stop',
) => findPriorRuns(inputs, { runs, onUnknown });

const rangesOf = (known: readonly { from: number; to: number }[]) => known.map(({ from, to }) => [from, to]);

/** Interrupted: the first two rows are settled, the others in the state of `more`. */
function interrupted(run: string, more: LedgerRecord[], records: LedgerRecord[] = []): FoundRun {
  const done = [inputRecord(text), ...records, intent(1, [piece(text, 0, 2)]), settled(1, 2)];
  return found(run, [...done, ...more]);
}

describe('what is known of an input', () => {
  test('nothing, where no run has met it', async () => {
    const { resumedRun, inputs, adopted, lost } = await look([given(text)], [finishedRun('1', other)]);
    expect({ resumedRun, adopted, lost }).toEqual({ resumedRun: undefined, adopted: [], lost: [] });
    expect(inputs).toEqual([{ number: 0, known: [], isFromPriorRun: false }]);
  });

  test('all, and which run delivered it', async () => {
    const { resumedRun, inputs } = await look([given(text)], [finishedRun('1', text)]);
    expect(resumedRun).toBeUndefined();
    expect(inputs).toMatchObject([
      { endsAt: 8, isFromPriorRun: true, delivered: { run: '1', at: '2026-11-01T00:00:00.000Z' } },
    ]);
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 8]]);
  });

  test('the end of the run, where it is on record, is when it was delivered', async () => {
    const counts = { read: 4, accepted: 4, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };
    const run = finishedRun('1', text);
    run.state.ended = { at: '2026-11-05T00:00:00.000Z', exit: 0, counts };
    expect((await look([given(text)], [run])).inputs[0]?.delivered?.at).toBe('2026-11-05T00:00:00.000Z');
  });

  test('by its bytes, whatever its name', async () => {
    const { inputs } = await look([given(text, '/renamed')], [finishedRun('1', text)]);
    expect(inputs[0]?.endsAt).toBe(8);
  });

  test('nothing, when a byte of what was delivered is another now', async () => {
    const long = 'x\n'.repeat(4000);
    const changed = `${long.slice(0, 6000)}Y${long.slice(6001)}`;
    const { inputs } = await look([given(changed)], [finishedRun('1', long)]);
    expect(inputs[0]?.known).toEqual([]);
  });

  test('the beginning, when it has grown since', async () => {
    const { inputs } = await look([given(`${text}e\n`)], [finishedRun('1', text)]);
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 8]]);
    expect(inputs[0]).not.toHaveProperty('endsAt');
    expect(inputs[0]).not.toHaveProperty('delivered');
  });

  test('all, but not that it is all, when what follows cannot be read', async () => {
    const one = given(text);
    const input: Input = {
      ...one.input,
      async *read(from, to) {
        yield* one.input.read(from, to);
        if (to === undefined || to > text.length) throw new Failure('local', 'is truncated');
      },
    };
    const { inputs } = await look([{ ...one, input }], [finishedRun('1', text)]);
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 8]]);
    expect(inputs[0]).not.toHaveProperty('endsAt');
  });

  test('of several runs together', async () => {
    const long = 'x\n'.repeat(2500);
    const grown = `${long}e\nf\n`;
    const rest = found('2', [
      inputRecord(grown),
      intent(1, [piece(grown, 2500, 2502)]),
      settled(1, 2),
      ended(5004),
    ]);
    const { inputs } = await look([given(grown)], [rest, finishedRun('1', long)]);
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 5004]]);
    expect(inputs[0]).toMatchObject({ endsAt: 5004, delivered: { run: '2' } });
  });

  test('of a run before one that died while it noted what it knew', async () => {
    const grown = `${text}e\n`;
    const { inputs } = await look(
      [given(grown)],
      [found('2', [inputRecord(grown)]), finishedRun('1', text, 4)],
    );
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 8]]);
  });

  test('nothing of a run that was told to forget', async () => {
    const run = finishedRun('1', text);
    run.state.forgotten = true;
    expect((await look([given(text)], [run])).inputs[0]?.known).toEqual([]);
  });

  test('nothing of runs before one that was told to send all again', async () => {
    const newer = found('2', [inputRecord(text), intent(1, [piece(text, 0, 1)]), settled(1, 1)], {
      again: true,
    });
    const { inputs } = await look([given(text)], [newer, finishedRun('1', text)]);
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 2]]);
  });

  test('nothing of a stream, whose bytes are never met again', async () => {
    const stream = given(text, '-', { absolutePath: undefined });
    stream.input.kind = 'stream';
    expect((await look([stream], [finishedRun('1', text)])).inputs[0]?.known).toEqual([]);
  });

  test('of a stream that is replayed from its spool, what its run knew', async () => {
    const run = found('1', [
      { ...inputRecord(text), kind: 'stream' } as LedgerRecord,
      intent(1, [piece(text, 0, 2)]),
      settled(1, 2),
    ]);
    const stream = given(text, '-', { absolutePath: undefined, resumes: { run: '1', number: 0 } });
    stream.input.kind = 'stream';
    const { resumedRun, inputs } = await look([stream], [run]);
    expect(resumedRun?.run).toBe('1');
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 4]]);
    const unknown = given(text, '-', { absolutePath: undefined, resumes: { run: 'x', number: 0 } });
    unknown.input.kind = 'stream';
    expect((await look([unknown], [run])).inputs[0]?.known).toEqual([]);
  });
});

test('what newer runs know all about is not read again for older ones', async () => {
  const readsFor = async (runs: readonly FoundRun[]) => {
    const one = given(text);
    const read = one.input.read.bind(one.input);
    let reads = 0;
    one.input.read = (from, to) => {
      reads += 1;
      return read(from, to);
    };
    await look([one], runs);
    return reads;
  };
  const runs = ['5', '4', '3', '2', '1'].map((run) => finishedRun(run, text));
  expect(await readsFor(runs)).toBe(await readsFor(runs.slice(0, 1)));
  const more = found('2', [inputRecord(text), intent(1, [piece(text, 0, 2)]), settled(1, 2)]);
  expect(await readsFor([more, ...runs.slice(4)])).toBeGreaterThan(await readsFor([more]));
});

describe('a last row without line end', () => {
  const open = 'a\nb\nc';
  const delivered = found('1', [
    inputRecord(open),
    intent(1, [{ ...piece(open, 0, 3), range: { from: 0, to: 5, line: 1 } }]),
    settled(1, 3),
    { type: 'input-ended', input: 0, bytes: 5, rows: 3, openTail: { line: 3 } },
  ]);

  test.each([
    ['has grown', 'a\nb\nccc\n'],
    ['goes on behind a carriage return', 'a\nb\nc\rx'],
  ])('that %s was sent as half a row: nothing is sent', async (_name, now) => {
    await expect(look([given(now)], [delivered])).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringContaining(':3') as string,
    });
  });

  test.each([
    ['got its line end', 'a\nb\nc\nd\n'],
    ['got a line end of Windows', 'a\nb\nc\r\nd'],
  ])('that %s was whole', async (_name, now) => {
    const { inputs } = await look([given(now)], [delivered]);
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 5]]);
  });

  test('that is as it was is the end', async () => {
    expect((await look([given(open)], [delivered])).inputs[0]?.endsAt).toBe(5);
  });
});

describe('the run that goes on', () => {
  test('is one that was interrupted, with its numbers, its jobs and its doubts', async () => {
    const run = interrupted('1', [
      intent(2, [piece(text, 2, 3)], 1),
      { type: 'taken', chunk: 2, job: 'j', files: {} },
      intent(3, [piece(text, 3, 4)], 1),
    ]);
    const { resumedRun, inputs, adopted, lost } = await look([given(text)], [run]);
    expect(resumedRun?.run).toBe('1');
    expect(inputs[0]).toMatchObject({ number: 0, isFromPriorRun: false });
    expect(adopted.map(({ chunk, job }) => [chunk, job])).toEqual([[2, 'j']]);
    expect(lost.map(({ chunk }) => chunk)).toEqual([3]);
  });

  test('has lost nothing of which every row carries an id, or which certainly came back', async () => {
    const run = interrupted('1', [
      intent(2, [piece(text, 2, 3)], 0),
      intent(3, [piece(text, 3, 4)], 1),
      { type: 'returned', chunk: 3 },
    ]);
    const { adopted, lost } = await look([given(text)], [run]);
    expect({ adopted, lost }).toEqual({ adopted: [], lost: [] });
  });

  test('is the newest of them', async () => {
    const { resumedRun } = await look([given(text)], [interrupted('2', []), interrupted('1', [])]);
    expect(resumedRun?.run).toBe('2');
  });

  test('is none that has finished, unless its doubts are to be sent again', async () => {
    const settledAll = [inputRecord(text), intent(1, [piece(text, 0, 4)], 4), settled(1, 4, 4), ended(8)];
    const counts = { read: 4, accepted: 0, rejected: 0, skipped: 0, pending: 0, unknown: 4, unsent: 0 };
    const doubtful = found('1', [...settledAll, { type: 'ended', at: 'then', exit: 8, counts }]);
    expect((await look([given(text)], [doubtful])).resumedRun).toBeUndefined();
    // Whether its replies say so is not known.
    const cutOff = found('1', settledAll);
    expect((await look([given(text)], [cutOff])).resumedRun?.run).toBe('1');
    expect((await look([given(text)], [doubtful], 'resend')).resumedRun?.run).toBe('1');
    const certain = finishedRun('1', text, 4);
    expect((await look([given(text)], [certain], 'resend')).resumedRun).toBeUndefined();
  });

  test('is none of whose inputs one is missing that is not finished', async () => {
    const two = [inputRecord(other, { input: 1, path: '/other' })];
    const run = interrupted('1', [], two);
    expect((await look([given(text)], [run])).resumedRun).toBeUndefined();
    expect((await look([given(text), given(other, '/other')], [run])).resumedRun?.run).toBe('1');
    const half = interrupted('1', [intent(2, [piece(other, 0, 4, 1)]), settled(2, 4), ended(8, 1)], two);
    expect((await look([given(text)], [half])).resumedRun?.run).toBe('1');
  });

  test('keeps the numbers of its inputs, and gives the next ones to those that are new', async () => {
    const run = interrupted('1', [], [inputRecord(other, { input: 1, path: '/other' })]);
    const inputs = [given('n\n', '/new'), given(other, '/other'), given(text)];
    const { inputs: known } = await look(inputs, [run]);
    expect(known.map(({ number }) => number)).toEqual([2, 1, 0]);
  });

  test('gives two inputs of the same bytes numbers by their paths', async () => {
    const run = found('1', [
      inputRecord(text, { input: 0, path: '/one' }),
      inputRecord(text, { input: 1, path: '/two' }),
      intent(1, [piece(text, 0, 2, 1)]),
      settled(1, 2),
    ]);
    const { inputs } = await look([given(text, '/two'), given(text, '/one')], [run]);
    expect(inputs.map(({ number }) => number)).toEqual([2, 0]);
  });

  test('counts new inputs on from those that it has', async () => {
    const fresh = [given('n\n', '/new'), given('m\n', '/newer')];
    expect((await look(fresh, [])).inputs.map(({ number }) => number)).toEqual([0, 1]);
    const { inputs } = await look([...fresh, given(text)], [interrupted('1', [])]);
    expect(inputs.map(({ number }) => number)).toEqual([1, 2, 0]);
  });

  test('is none of whose inputs nothing is given, whatever numbers others have', async () => {
    const gone = found('1', [
      inputRecord(other, { path: '/other' }),
      intent(1, [piece(other, 0, 1)]),
      settled(1, 1),
    ]);
    expect((await look([given(text)], [finishedRun('2', text), gone])).resumedRun).toBeUndefined();
    const done = found('1', [
      inputRecord(other),
      intent(1, [piece(other, 0, 4)], 4),
      settled(1, 4, 4),
      ended(8),
    ]);
    expect((await look([given(text)], [done], 'resend')).resumedRun).toBeUndefined();
  });

  test.each<[string, [number, number]]>([
    ['the beginning', [0, 2]],
    ['the end', [2, 4]],
  ])('says that others know more, though it knows %s itself', async (_name, [from, to]) => {
    const own = found('2', [inputRecord(text), intent(1, [piece(text, from, to)]), settled(1, 2)]);
    const { resumedRun, inputs } = await look([given(text)], [own, finishedRun('1', text)]);
    expect(resumedRun?.run).toBe('2');
    expect(inputs[0]).toMatchObject({ isFromPriorRun: true, endsAt: 8, delivered: { run: '1' } });
  });

  test('says what it has not on its own record', async () => {
    const older = finishedRun('1', text);
    const longer = `${text}e\n`;
    const newer = found('2', [inputRecord(longer)]);
    const { resumedRun, inputs } = await look([given(longer)], [newer, older]);
    expect(resumedRun?.run).toBe('2');
    expect(inputs[0]).toMatchObject({ number: 0, isFromPriorRun: true });
  });
});

describe('rows that would be doubled', () => {
  const two = [inputRecord(other, { input: 1, path: '/other' })];
  const left: [string, LedgerRecord[]][] = [
    ['were on their way when the process died', [intent(2, [piece(text, 2, 4)], 2)]],
    ['are with a job', [intent(2, [piece(text, 2, 4)], 2), { type: 'taken', chunk: 2, job: 'j', files: {} }]],
  ];

  left.push([
    'share a chunk with rows of another input',
    [intent(2, [piece(other, 0, 4, 1), piece(text, 2, 4)], 2)],
  ]);

  test.each(left)(
    'stop a command that gives a part of the inputs of a run, when they %s',
    async (_name, more) => {
      await expect(look([given(text)], [interrupted('1', more, two)])).rejects.toMatchObject({
        kind: 'local',
        message: expect.stringContaining('run 1 may have delivered') as string,
      });
    },
  );

  test.each(left)('do not when the run itself goes on: they %s', async (_name, more) => {
    const both = [given(text), given(other, '/other')];
    expect((await look(both, [interrupted('1', more, two)])).resumedRun?.run).toBe('1');
  });

  test.each<[string, LedgerRecord[]]>([
    ['carry ids', [intent(2, [piece(text, 2, 4)], 0)]],
    ['certainly came back', [intent(2, [piece(text, 2, 4)], 2), { type: 'returned', chunk: 2 }]],
    ['are of another input', [intent(2, [piece(other, 0, 4, 1)], 4)]],
    [
      'carry ids and are with a job',
      [intent(2, [piece(text, 2, 4)], 0), { type: 'taken', chunk: 2, job: 'j', files: {} }],
    ],
  ])('cannot be doubled when they %s', async (_name, more) => {
    const { resumedRun, inputs } = await look([given(text)], [interrupted('1', more, two)]);
    expect(resumedRun).toBeUndefined();
    expect(rangesOf(inputs[0]?.known ?? [])).toEqual([[0, 4]]);
  });
});

describe('an input that was replaced while rows of it are not delivered', () => {
  test('stops the command', async () => {
    await expect(look([given(other)], [interrupted('1', [])])).rejects.toMatchObject({
      kind: 'local',
      message: expect.stringContaining('/in.ndjson no longer has the rows') as string,
    });
  });

  test('stops it also when they are on their way, or another input of the run was delivered', async () => {
    const under = found('1', [inputRecord(text), intent(1, [piece(text, 0, 2)])]);
    await expect(look([given(other)], [under])).rejects.toMatchObject({ kind: 'local' });
    const two = [inputRecord(text), inputRecord('y\n', { input: 1, path: '/y' })];
    const half = found('1', [...two, intent(1, [piece('y\n', 0, 1, 1)]), settled(1, 1)]);
    await expect(look([given(other)], [half])).rejects.toMatchObject({ kind: 'local' });
  });

  test('does not when it is given too, under another name', async () => {
    const { resumedRun } = await look([given(other), given(text, '/rotated')], [interrupted('1', [])]);
    expect(resumedRun?.run).toBe('1');
  });

  test.each<[string, FoundRun]>([
    ['its run has finished', finishedRun('1', text)],
    ['its run had given away nothing', found('1', [inputRecord(text)])],
    [
      'it was finished, though its run was not',
      found('1', [
        inputRecord(text),
        inputRecord(other, { input: 1, path: '/elsewhere' }),
        intent(1, [piece(text, 0, 4)]),
        settled(1, 4),
        ended(8),
      ]),
    ],
  ])('does not when %s', async (_name, run) => {
    expect((await look([given('new\n')], [run])).inputs[0]?.known).toEqual([]);
  });
});
