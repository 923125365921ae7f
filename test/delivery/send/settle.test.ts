import { describe, expect, test } from 'vitest';
import { noOutcome } from '../../../src/delivery/ledger/ranges.ts';
import { Failure } from '../../../src/failure.ts';
import type { Rejection, Settled } from '../../../src/records.ts';
import { chunkOf, rowSupply, sendingTo } from './sending.ts';

const rows = ['a', 'bad', 'b', 'c'];
const word = (more: Partial<Settled> = {}): Settled => ({
  kind: 'settled',
  accepted: 3,
  rejected: [],
  unknown: 0,
  ...more,
});
const refusal = (row?: number): Rejection => ({
  ...(row === undefined ? {} : { row }),
  reason: 'not-wanted',
  message: 'no',
});

/** A settler over one input of these rows. */
function settlerOf(given: readonly string[] = rows, options: Parameters<typeof sendingTo>[1] = {}) {
  const supply = rowSupply(given);
  const sending = sendingTo([], { supplies: [supply], ...options });
  const metas = () =>
    sending.files
      .text('/rejects.meta.ndjson')
      .split('\n')
      .filter((line) => line !== '')
      .map((line) => JSON.parse(line) as { line: number; source: string });
  return { ...sending, supply, metas };
}

describe('the bytes of an input are given back', () => {
  test('when the chunk is settled', async () => {
    const { settler, supply } = settlerOf();
    await settler.settled(chunkOf(rows), word());
    expect(supply.released).toEqual([10]);
  });

  test.each([1, 3])(
    'never while %i of its rows are in doubt: they may be wanted once more',
    async (unknown) => {
      const { settler, supply } = settlerOf();
      await settler.settled(chunkOf(rows), word({ accepted: 3 - unknown, unknown }));
      expect(supply.released).toEqual([]);
    },
  );

  test('only as far as everything before it is settled', async () => {
    const { settler, supply } = settlerOf(['a', 'b', 'c']);
    const parts = ['a', 'b', 'c'].map((_, index) => {
      const chunk = chunkOf(['x'], { number: index + 1 });
      const [piece] = chunk.pieces;
      if (piece) Object.assign(piece, { range: { from: 2 * index, to: 2 * index + 2, line: index + 1 } });
      return chunk;
    });
    for (const index of [2, 0, 1]) {
      const chunk = parts[index];
      if (chunk) await settler.settled(chunk, word({ accepted: 1 }));
    }
    expect(supply.released).toEqual([0, 2, 6]);
  });

  test('beyond what earlier processes have settled', async () => {
    const outcome = { ...noOutcome, rows: 5, accepted: 5 };
    const known = new Map([[0, [{ from: 10, to: 30, line: 5, nextLine: 9, outcome, inDoubt: false }]]]);
    const { settler, supply } = settlerOf(rows, { known });
    await settler.settled(chunkOf(rows), word());
    expect(supply.released).toEqual([30]);
  });

  test('and trouble with that is told, and ends nothing', async () => {
    const { settler, supply, eventsOf } = settlerOf();
    supply.input.settledUpTo = () => Promise.reject(new Failure('local', 'cannot shorten'));
    await settler.settled(chunkOf(rows), word());
    expect(eventsOf('failed')).toEqual([{ type: 'failed', kind: 'local', message: 'cannot shorten' }]);
    expect(eventsOf('chunk-settled')).toHaveLength(1);
  });
});

describe('the counts of a chunk', () => {
  test.each<[string, Partial<Settled>, object]>([
    ['all accepted', {}, { accepted: 3, rejected: 1, unknown: 0 }],
    ['one refused', { accepted: 2, rejected: [refusal(1)] }, { accepted: 2, rejected: 2, unknown: 0 }],
    [
      'all refused',
      { accepted: 0, rejected: [0, 1, 2].map(refusal) },
      { accepted: 0, rejected: 4, unknown: 0 },
    ],
    [
      'one refused without its place',
      { accepted: 2, rejected: [refusal()] },
      { accepted: 2, rejected: 2, unknown: 0 },
    ],
    ['one unknown', { accepted: 2, unknown: 1 }, { accepted: 2, rejected: 1, unknown: 1 }],
    [
      'more unknown than there are rows, where rows are split into events',
      { accepted: 0, unknown: 9 },
      { accepted: 0, rejected: 1, unknown: 3 },
    ],
    [
      'one refused, the rest unknown',
      { accepted: 0, rejected: [refusal(2)], unknown: 2 },
      { accepted: 0, rejected: 2, unknown: 2 },
    ],
    [
      'one refused, and more unknown than rows are left',
      { accepted: 0, rejected: [refusal(2)], unknown: 9 },
      { accepted: 0, rejected: 2, unknown: 2 },
    ],
  ])('%s', async (_name, more, counts) => {
    const { settler, records, eventsOf } = settlerOf();
    await settler.settled(chunkOf(rows), word(more));
    expect(records).toMatchObject([
      { type: 'settled', chunk: 1, counts: { skipped: 0, ...counts }, aborted: false },
    ]);
    expect(eventsOf('chunk-settled')).toMatchObject([{ chunk: 1, counts, aborted: false, unaccounted: 0 }]);
  });

  test('go on record with the job, what it says, and the lengths of the files', async () => {
    const { settler, records, eventsOf, files } = settlerOf();
    const job = { id: 'j', fields: { events_total: 3 } };
    await settler.settled(chunkOf(rows), word({ aborted: true, unaccounted: 2, warnings: { odd: 1 } }), job);
    expect(records).toMatchObject([
      { job: 'j', jobFields: { events_total: 3 }, aborted: true, files: { '/rejects': 4 } },
    ]);
    expect(files.lengths()['/rejects']).toBe(4);
    expect(eventsOf('chunk-settled')).toMatchObject([
      { job: 'j', aborted: true, unaccounted: 2, warnings: { odd: 1 } },
    ]);
  });
});

describe('rejects', () => {
  test('of the server and of ours stand in the order of their rows', async () => {
    const { settler, files, metas } = settlerOf(['a', 'bad', 'b', 'c']);
    await settler.settled(chunkOf(rows), word({ accepted: 1, rejected: [refusal(0), refusal(2)] }));
    expect(files.text('/rejects')).toBe('a\nbad\nc\n');
    expect(metas().map(({ line, source }) => [line, source])).toEqual([
      [1, 'server'],
      [2, 'local'],
      [4, 'server'],
    ]);
  });

  test('are on disk before the outcome is on record, and told before it', async () => {
    const flushes: number[] = [];
    const sending = settlerOf(rows, { onRecord: () => void flushes.push(sending.files.flushes) });
    await sending.settler.settled(chunkOf(rows), word());
    expect(flushes).toEqual([1]);
    expect(sending.events.map(({ type }) => type)).toEqual(['row-rejected', 'chunk-settled']);
  });

  test('that are kept since an earlier try are not put down again, those of the server are', async () => {
    const { settler, files } = settlerOf();
    await settler.settled(
      chunkOf(rows, { localRejects: { kind: 'kept' } }),
      word({ accepted: 2, rejected: [refusal(1)] }),
    );
    expect(files.text('/rejects')).toBe('b\n');
  });

  test('go down when a job has the chunk, once', async () => {
    const { settler, files, records } = settlerOf();
    const chunk = chunkOf(rows);
    const taken = await settler.taken(chunk, 'j');
    expect(taken).toEqual({ ...chunk, localRejects: { kind: 'kept' } });
    expect(records).toMatchObject([{ type: 'taken', chunk: 1, job: 'j', files: { '/rejects': 4 } }]);
    expect(records[0]).not.toHaveProperty('isRepeat');
    await settler.settled(taken, word(), { id: 'j', fields: {} });
    expect(files.text('/rejects')).toBe('bad\n');
  });

  test('of what was dropped come last, unless they are kept already', async () => {
    const { settler, files, eventsOf, story } = settlerOf();
    settler.dropped(chunkOf(rows));
    settler.dropped(chunkOf(rows, { number: 2, localRejects: { kind: 'kept' } }));
    expect(files.text('/rejects')).toBe('');
    await settler.finish();
    await settler.finish();
    expect(files.text('/rejects')).toBe('bad\n');
    expect(eventsOf('chunk-dropped')).toMatchObject([
      { chunk: 1, rows: 3, rejected: 1 },
      { chunk: 2, rows: 3, rejected: 1 },
    ]);
    expect(story()).toEqual([]);
  });

  test('of several pieces are found in the input and piece that they came from', async () => {
    const supplies = [rowSupply(['a', 'b']), rowSupply(['c', 'd'], 1)];
    const { settler, eventsOf } = settlerOf([], { supplies });
    const pieces = [chunkOf(['a', 'b']), chunkOf(['c', 'd'], { input: 1 })].flatMap((one) => one.pieces);
    const chunk = chunkOf(['a', 'b'], { pieces, rows: 4 });
    const rejected = [1, 2, 3].map((row) => ({ ...refusal(row), message: `of ${row}` }));
    await settler.settled(chunk, word({ accepted: 1, rejected }));
    expect(eventsOf('row-rejected').map(({ path, reject }) => [path, reject.line, reject.message])).toEqual([
      ['input-0', 2, 'of 1'],
      ['input-1', 1, 'of 2'],
      ['input-1', 2, 'of 3'],
    ]);
  });

  test('of a row that was split into several events are one', async () => {
    const supply = rowSupply(['a', 'b']);
    const locate = supply.locate.bind(supply);
    // Each row leaves as two events.
    supply.locate = (range, events) =>
      locate(
        range,
        events.map((event) => Math.floor(event / 2)),
      );
    const { settler, files } = settlerOf([], { supplies: [supply] });
    const chunk = chunkOf(['a', 'b']);
    for (const piece of chunk.pieces) piece.events = 4;
    await settler.settled(chunk, word({ accepted: 1, rejected: [refusal(0), refusal(1), refusal(3)] }));
    expect(files.text('/rejects')).toBe('a\nb\n');
  });

  test('without a place are counted and told, and no row is kept for them', async () => {
    const { settler, files, eventsOf } = settlerOf(['a']);
    await settler.settled(chunkOf(['a']), word({ accepted: 0, rejected: [refusal()] }));
    expect(files.text('/rejects')).toBe('');
    expect(eventsOf('row-rejected')).toMatchObject([{ reject: { line: 0, source: 'server' } }]);
  });

  test('without a place come behind those with one, each in its own words', async () => {
    const { settler, eventsOf } = settlerOf(['a', 'b', 'c']);
    const rejected = [refusal(1), { ...refusal(), message: 'x' }, { ...refusal(), message: 'y' }];
    await settler.settled(chunkOf(['a', 'b', 'c']), word({ accepted: 0, rejected }));
    const told = eventsOf('row-rejected').map(({ reject: { input, line, message } }) => [
      input,
      line,
      message,
    ]);
    expect(told).toEqual([
      [0, 2, 'no'],
      [0, 0, 'x'],
      [0, 0, 'y'],
    ]);
  });

  test('are not synced where there are none', async () => {
    const { settler, files } = settlerOf(['a']);
    await settler.settled(chunkOf(['a']), word({ accepted: 1 }));
    expect(files.flushes).toBe(0);
  });

  test('by the ten thousand are put down some at a time', async () => {
    const many = Array.from({ length: 25_000 }, (_, number) => `r${number}`);
    const { settler, eventsOf, files } = settlerOf(many);
    const chunk = chunkOf(many, { localRejects: { kind: 'kept' } });
    await settler.settled(chunk, word({ accepted: 0, rejected: many.map((_, row) => refusal(row)) }));
    expect(files.text('/rejects') === many.map((row) => `${row}\n`).join('')).toBe(true);
    expect(files.flushes).toBe(3);
    expect(eventsOf('chunk-settled')).toMatchObject([{ counts: { accepted: 0, rejected: 25_000 } }]);
  });
});

describe('rejects that cannot be written', () => {
  /** A settler whose disk takes rejected rows, and no descriptions of them. */
  function fullDisk(given = rows) {
    const sending = settlerOf(given);
    const append = sending.files.append.bind(sending.files);
    sending.files.append = async (path, bytes) => {
      if (path.endsWith('.meta.ndjson')) throw new Failure('local', 'the disk is full');
      await append(path, bytes);
    };
    return sending;
  }

  test('leave accepted what is accepted, and half of them stands nowhere', async () => {
    const { settler, records, eventsOf, files, stopping } = fullDisk();
    await settler.settled(chunkOf(rows), word({ accepted: 2, rejected: [refusal(1)] }));
    const refused = [{ ...refusal(1), events: 1 }];
    expect(records).toEqual([{ type: 'answered', chunk: 1, rejected: 1, unknown: 0, refused }]);
    expect(eventsOf('chunk-settled')).toMatchObject([
      { counts: { accepted: 2, rejected: 2, skipped: 0, unknown: 0 } },
    ]);
    expect(eventsOf('row-rejected').map(({ reject }) => reject.line)).toEqual([2, 3]);
    expect(eventsOf('warned')).toMatchObject([{ code: 'rejects-not-kept' }]);
    expect(stopping.reason).toMatchObject({ why: 'failure', failure: { kind: 'local' } });
    expect(files.text('/rejects')).toBe('');
  });

  test('are left to the job that has the rest', async () => {
    const { settler, records, files, stopping } = fullDisk();
    const chunk = chunkOf(rows);
    const taken = await settler.taken(chunk, 'j');
    expect(records).toMatchObject([{ type: 'taken', job: 'j', owesRejects: true, files: { '/rejects': 0 } }]);
    expect(taken.localRejects).toEqual(chunk.localRejects);
    expect(stopping.reason).toMatchObject({ failure: { kind: 'local' } });
    await expect(settler.settled(taken, word(), { id: 'j', fields: {} })).rejects.toThrow('full');
    expect(records).toHaveLength(1);
    expect(files.text('/rejects')).toBe('');
  });

  test('are counted where their rows cannot be read again either', async () => {
    const { settler, supply, eventsOf } = settlerOf(['a', 'b']);
    supply.locate = () => Promise.reject(new Failure('local', 'the file is gone'));
    await settler.settled(chunkOf(['a', 'b']), word({ accepted: 1, rejected: [refusal(1)] }));
    expect(eventsOf('chunk-settled')).toMatchObject([{ counts: { accepted: 1, rejected: 1, unknown: 0 } }]);
  });
});

describe('steps of the one writer', () => {
  test('come one behind the other, and one that failed does not keep the next', async () => {
    let isBroken = true;
    const { settler, story } = settlerOf(rows, {
      onRecord: () => {
        if (isBroken) throw new Failure('local', 'the disk is full');
      },
    });
    const first = settler.settled(chunkOf(rows), word()).catch((error: Failure) => {
      isBroken = false;
      return error.kind;
    });
    const second = settler.settled(chunkOf(rows, { number: 2 }), word());
    expect(await first).toBe('local');
    await second;
    expect(story()).toEqual(['settled 2']);
  });
});

test('a job that nobody can see leaves its rows unknown, and stays on record as it was', () => {
  const { settler, story, eventsOf } = settlerOf();
  settler.lostSight(chunkOf(rows), 'j');
  expect(story()).toEqual([]);
  expect(eventsOf('warned')).toMatchObject([{ code: 'import-missing' }]);
  expect(eventsOf('chunk-settled')).toMatchObject([
    { job: 'j', counts: { accepted: 0, rejected: 1, unknown: 3 } },
  ]);
});
