import { describe, expect, test } from 'vitest';
import { Failure } from '../../../src/failure.ts';
import type { Answer } from '../../../src/records.ts';
import { everythingWaits } from '../../idle.ts';
import {
  accepted,
  again,
  chunkOf,
  pending,
  rowSupply,
  scriptedTarget,
  sendingTo,
  type Step,
} from './sending.ts';

const rows = ['a', 'b', 'c'];
const withIds = ['id-a', 'id-b', 'id-c'];
const refused: Answer = { kind: 'refused', reason: 'not-wanted', message: 'no' };
const smaller: Answer = { kind: 'smaller', reason: 'too-large', message: 'cut it' };
const unavailable = new Failure('unavailable', 'no such host');

/** Sends one chunk under a slot, while time passes by itself. */
async function sendOne(
  steps: readonly Step[],
  given: readonly string[],
  options: Parameters<typeof sendingTo>[1] = {},
) {
  const sending = sendingTo(steps, { supplies: [rowSupply(given)], ...options });
  const chunk = chunkOf(given);
  await sending.slots.enter(sending.stopping.noNew, async () => undefined);
  const stopClock = sending.clock.run();
  await sending.sender.send(chunk);
  stopClock();
  return { ...sending, chunk };
}

const rowsIn = (sent: readonly string[]) => sent.join('').split('\n').length - 1;
const doubtful = (sending: { doubts: { ends(): unknown[] } }) => sending.doubts.ends().length;

describe('what the ledger says of a chunk', () => {
  test.each<[string, Step[], string[], string[]]>([
    ['settled at once', [accepted(3)], rows, ['intent 1', 'settled 1']],
    ['refused', [refused], rows, ['intent 1', 'settled 1']],
    ['a job has it', [pending('j')], rows, ['intent 1', 'taken 1']],
    [
      'certainly not taken, then taken: each try has an intent of its own',
      [again('no', 'busy'), again('no', 'busy'), accepted(3)],
      rows,
      ['intent 1', 'returned 1', 'intent 1', 'returned 1', 'intent 1', 'settled 1'],
    ],
    [
      'certainly not taken, with ids: one intent, since sending it again is harmless',
      [again('no', 'busy'), accepted(3)],
      withIds,
      ['intent 1', 'settled 1'],
    ],
    ['perhaps taken, without ids', [again('maybe')], rows, ['intent 1', 'settled 1']],
    [
      'perhaps taken, with ids, then taken',
      [again('maybe'), accepted(3)],
      withIds,
      ['intent 1', 'settled 1'],
    ],
    ['refused outright: it is back', [unavailable], rows, ['intent 1', 'returned 1']],
    ['refused outright, with ids', [unavailable], withIds, ['intent 1']],
    ['a bug leaves open what was taken', [new Failure('bug', 'x')], rows, ['intent 1']],
    ['what is no failure of ours leaves it open too', [new Error('x')], rows, ['intent 1']],
  ])('%s', async (_name, steps, given, story) => {
    expect((await sendOne(steps, given)).story()).toEqual(story);
  });

  test('is said before the request leaves', async () => {
    const order: string[] = [];
    const ask = async () => {
      order.push('asked');
      return accepted(3);
    };
    await sendOne([ask], rows, { onRecord: ({ type }) => void order.push(type) });
    expect(order).toEqual(['intent', 'asked', 'settled']);
  });

  test('names ids that are missing, rows that stay behind, and what it supersedes', async () => {
    const sending = sendingTo([accepted(2)], { supplies: [rowSupply(['id-a', 'bad', 'b'])] });
    const chunk = chunkOf(['id-a', 'bad', 'b'], { supersedes: 7 });
    await sending.sender.send(chunk);
    expect(sending.records[0]).toEqual({
      type: 'intent',
      chunk: 1,
      pieces: chunk.pieces,
      withoutId: 1,
      rejected: 1,
      supersedes: 7,
    });
    expect((await sendOne([accepted(3)], rows)).records[0]).not.toHaveProperty('supersedes');
  });
});

describe('a doubt', () => {
  test('is there while rows without ids are on their way, and over with the answer', async () => {
    const seen: number[] = [];
    const sending = sendingTo([], { supplies: [rowSupply(rows)] });
    sending.target.send = async () => {
      seen.push(doubtful(sending));
      return accepted(3);
    };
    await sending.sender.send(chunkOf(rows));
    expect(seen).toEqual([1]);
    expect(doubtful(sending)).toBe(0);
  });

  test.each<[string, string[], 'stop' | 'resend']>([
    ['every row carries an id', withIds, 'stop'],
    ['the user lets them be sent again', rows, 'resend'],
  ])('there is none when %s', async (_name, given, onUnknown) => {
    const seen: number[] = [];
    const sending = sendingTo([], { supplies: [rowSupply(given)], onUnknown });
    sending.target.send = async () => {
      seen.push(doubtful(sending));
      return accepted(3);
    };
    await sending.sender.send(chunkOf(given));
    expect(seen).toEqual([0]);
  });

  test('is over while it is waited for room, since the vendor has none of it', async () => {
    const sending = sendingTo([again('no', 'busy'), accepted(3)], { supplies: [rowSupply(rows)] });
    const sent = sending.sender.send(chunkOf(rows));
    await everythingWaits();
    expect(sending.story()).toEqual(['intent 1', 'returned 1']);
    expect(doubtful(sending)).toBe(0);
    await sending.clock.advance(60_000);
    await sent;
    expect(sending.story().at(-1)).toBe('settled 1');
  });

  test('of an earlier request is not forgotten when a later one certainly came back', async () => {
    const { story, records } = await sendOne([again('maybe'), again('no', 'busy'), pending('j')], rows, {
      onUnknown: 'resend',
    });
    expect(story()).toEqual(['intent 1', 'taken 1']);
    expect(records.at(-1)).toMatchObject({ isRepeat: true });
  });

  test('of an earlier request is not forgotten when a later one is refused outright', async () => {
    const { story } = await sendOne([again('maybe'), unavailable], rows, { onUnknown: 'resend' });
    expect(story()).toEqual(['intent 1']);
  });

  test('that can be settled no more is told as unknown, not as unsent', async () => {
    const { eventsOf, sender, stopping } = await sendOne([accepted(3)], rows, {
      onRecord: ({ type }) => {
        if (type === 'settled') throw new Failure('local', 'the disk is full');
      },
    });
    expect(eventsOf('chunk-settled')).toMatchObject([{ chunk: 1, counts: { unknown: 3, accepted: 0 } }]);
    expect(eventsOf('chunk-dropped')).toEqual([]);
    expect(sender.unsent).toBe(0);
    expect(stopping.reason).toMatchObject({ why: 'failure', failure: { kind: 'local' } });
  });

  test.each<[string, string[], 'stop' | 'resend']>([
    ['with ids', withIds, 'stop'],
    ['to be sent again', rows, 'resend'],
  ])(
    '%s, what can be settled no more is unsent: the next run sends it again',
    async (_name, given, onUnknown) => {
      const { eventsOf, sender } = await sendOne([accepted(3)], given, {
        onUnknown,
        onRecord: ({ type }) => {
          if (type === 'settled') throw new Failure('local', 'the disk is full');
        },
      });
      expect(eventsOf('chunk-dropped')).toMatchObject([{ chunk: 1, rows: 3 }]);
      expect(sender.unsent).toBe(3);
    },
  );
});

describe('rows without ids that may have been taken', () => {
  test('are unknown at once, and never sent again', async () => {
    const { target, eventsOf, stopping } = await sendOne([again('maybe')], rows);
    expect(target.sent).toHaveLength(1);
    expect(eventsOf('chunk-settled')).toMatchObject([{ counts: { accepted: 0, unknown: 3 } }]);
    expect(eventsOf('warned')).toMatchObject([{ code: 'in-doubt' }]);
    expect(eventsOf('warned')[0]?.message).toMatch(/^3 rows may or may not have arrived: ./);
    expect(stopping.reason).toBeUndefined();
  });

  test('end the run when more chunks in a row than there are retries came to that', async () => {
    const sending = sendingTo([again('maybe'), again('maybe'), again('maybe')], {
      supplies: [rowSupply(rows)],
      maxRetries: 2,
    });
    for (const number of [1, 2]) await sending.sender.send(chunkOf(rows, { number }));
    expect(sending.stopping.reason).toBeUndefined();
    await sending.sender.send(chunkOf(rows, { number: 3 }));
    expect(sending.stopping.reason).toMatchObject({ failure: { kind: 'unavailable' } });
  });

  test('are told of twenty times at most', async () => {
    const chunks = Array.from({ length: 21 }, (_, index) => chunkOf(rows, { number: index + 1 }));
    const sending = sendingTo(
      chunks.map(() => again('maybe')),
      { supplies: [rowSupply(rows)], maxRetries: 21 },
    );
    for (const chunk of chunks) await sending.sender.send(chunk);
    expect(sending.eventsOf('chunk-settled')).toHaveLength(21);
    expect(sending.eventsOf('warned')).toHaveLength(20);
  });

  test.each<[string, Step]>([
    ['settled', accepted(3)],
    ['pending', pending('j')],
  ])('are counted in a row: one that is %s between begins anew', async (_name, between) => {
    const sending = sendingTo([again('maybe'), between, again('maybe')], {
      supplies: [rowSupply(rows)],
      maxRetries: 1,
    });
    for (const number of [1, 2, 3]) await sending.sender.send(chunkOf(rows, { number }));
    expect(sending.stopping.reason).toBeUndefined();
  });
});

describe('a refusal behind a request that may have been taken', () => {
  const declined: Answer = { kind: 'refused', reason: 'refused-415', message: '415', isUnjudged: true };
  const ends = ({ eventsOf }: { eventsOf: Awaited<ReturnType<typeof sendOne>>['eventsOf'] }) =>
    eventsOf('chunk-settled').map(({ counts: { accepted: taken, rejected, unknown } }) => [
      taken,
      rejected,
      unknown,
    ]);

  test.each<[string, Step[], string[], 'stop' | 'resend', number[][]]>([
    ['of the request leaves rows with ids unknown', [again('maybe'), declined], withIds, 'stop', [[0, 0, 3]]],
    ['of the request leaves rows without unknown', [again('maybe'), declined], rows, 'resend', [[0, 0, 3]]],
    [
      'counts as well when it came in between',
      [again('maybe'), again('no', 'busy'), declined],
      withIds,
      'stop',
      [[0, 0, 3]],
    ],
    ['of the rows is a verdict on both', [again('maybe'), refused], withIds, 'stop', [[0, 3, 0]]],
    ['that came back is a refusal', [again('no'), declined], withIds, 'stop', [[0, 3, 0]]],
    ['of the request alone is a refusal', [declined], withIds, 'stop', [[0, 3, 0]]],
    [
      'is one for the halves too',
      [again('maybe'), smaller, accepted(2), declined],
      withIds,
      'stop',
      [
        [2, 0, 0],
        [0, 0, 1],
      ],
    ],
    [
      'of a row that stands alone is a verdict on it',
      [again('maybe'), smaller, accepted(2), smaller],
      withIds,
      'stop',
      [
        [2, 0, 0],
        [0, 1, 0],
      ],
    ],
  ])('%s', async (_name, steps, given, onUnknown, expected) => {
    const sent = await sendOne(steps, given, { onUnknown });
    expect(ends(sent)).toEqual(expected);
    const unknown = expected.reduce((sum, [, , rowsUnknown = 0]) => sum + rowsUnknown, 0);
    expect(sent.eventsOf('warned').map(({ code }) => code)).toEqual(unknown > 0 ? ['in-doubt'] : []);
    expect(sent.files.text('/rejects') === '').toBe(expected.every(([, rejected]) => rejected === 0));
  });

  test('leaves unknown what another process may have sent, not what was never sent', async () => {
    for (const [isDoubtful, expected] of [
      [true, [[0, 0, 3]]],
      [false, [[0, 3, 0]]],
    ] as const) {
      const sending = sendingTo([declined], { supplies: [rowSupply(withIds)] });
      await sending.sender.send(chunkOf(withIds, { isRepeat: true, isDoubtful }));
      expect(ends(sending)).toEqual(expected);
    }
  });
});

describe('retries that are used up', () => {
  test('leave the chunk unsent and stop the delivery', async () => {
    const { sender, stopping, target, eventsOf } = await sendOne(
      [again('maybe'), again('maybe'), again('maybe')],
      withIds,
    );
    expect(target.sent).toHaveLength(3);
    expect(sender.unsent).toBe(3);
    expect(eventsOf('chunk-dropped')).toHaveLength(1);
    expect(stopping.reason).toMatchObject({ why: 'failure', failure: { kind: 'unavailable' } });
  });

  test('are a matter of credentials when the target got no session', async () => {
    const { stopping } = await sendOne(
      Array.from({ length: 5 }, () => again('no', 'session')),
      rows,
    );
    expect(stopping.reason).toMatchObject({ failure: { kind: 'credentials' } });
  });
});

describe('the memory of a body', () => {
  test('is used again when the chunk has come to its end', async () => {
    expect((await sendOne([accepted(3)], rows)).chunk.freed).toEqual(['released']);
  });

  test('is left to the collector after a cut: the socket may still read it', async () => {
    const sending = sendingTo([], { supplies: [rowSupply(rows)] });
    sending.target.send = (_body, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cut')), { once: true });
      });
    const chunk = chunkOf(rows);
    const sent = sending.sender.send(chunk);
    sending.stopping.stop({ why: 'signal', signal: 'SIGTERM' });
    await everythingWaits();
    expect(chunk.freed).toEqual([]);
    await sending.clock.advance(1_000);
    await sent;
    expect(chunk.freed).toEqual(['abandoned']);
  });

  test('of the parts of a chunk is left to the collector after a cut, and used again else', async () => {
    const hanging: Step = (_body, signal) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(new Error('cut')), { once: true });
      });
    const whole = await sendOne([smaller, accepted(1), accepted(1)], ['a', 'b']);
    expect(whole.given).toHaveLength(2);
    const sending = sendingTo([smaller, hanging], { supplies: [rowSupply(['a', 'b'])] });
    const sent = sending.sender.send(chunkOf(['a', 'b']));
    await everythingWaits();
    sending.stopping.stop({ why: 'signal', signal: 'SIGTERM' });
    await sending.clock.advance(1_000);
    await sent;
    expect(sending.given).toEqual([]);
  });
});

describe('a chunk that is too large', () => {
  test('is halved down to the row that is refused, and nothing else is lost', async () => {
    const { target, story, eventsOf, files } = await sendOne(
      [smaller, smaller, accepted(1), smaller, accepted(1)],
      ['a', 'b', 'c'],
    );
    expect(target.sent).toEqual(['a\nb\nc\n', 'a\nb\n', 'a\n', 'b\n', 'c\n']);
    expect(eventsOf('chunk-split')).toMatchObject([
      { chunk: 1, rows: 3 },
      { chunk: 100, rows: 2 },
    ]);
    expect(story().filter((step) => step.startsWith('settled'))).toHaveLength(3);
    expect(files.text('/rejects')).toBe('b\n');
    expect(files.text('/rejects.meta.ndjson')).toContain('"reason":"too-large"');
  });

  test('gives its parts the number that they supersede', async () => {
    const { records } = await sendOne([smaller, accepted(1), accepted(1)], ['a', 'b']);
    const superseded = records.flatMap((record) => (record.type === 'intent' ? [record.supersedes] : []));
    expect(superseded).toEqual([undefined, 1, 1]);
  });

  test('holds one slot a job: those of its parts are held until they have ended', async () => {
    const { slots } = await sendOne([smaller, pending('x'), pending('y')], ['a', 'b']);
    expect(slots.active).toBe(2);
  });

  test('is unsent as far as the delivery stops before it was carried', async () => {
    const sending = sendingTo([], { supplies: [rowSupply(['a', 'b', 'c', 'd'])] });
    sending.target.send = async () => {
      sending.stopping.stop({ why: 'deadline' });
      return smaller;
    };
    await sending.sender.send(chunkOf(['a', 'b', 'c', 'd']));
    expect(sending.sender.unsent).toBe(4);
    expect(sending.eventsOf('chunk-dropped').reduce((sum, { rows: left }) => sum + left, 0)).toBe(4);
  });

  test('keeps the rejects of a part in which nothing is left to send', async () => {
    const given = ['a', 'bad', 'b'];
    const { files, story } = await sendOne([smaller, accepted(1), accepted(1)], given);
    expect(files.text('/rejects')).toBe('bad\n');
    expect(story().filter((step) => step.startsWith('settled'))).toHaveLength(3);
  });
});

describe('a chunk that cannot be read once more', () => {
  test('is unsent from where it broke, and what was carried before stays', async () => {
    const given = ['a', 'bad', 'b', 'c', 'd'];
    const supply = rowSupply(given);
    const blocks = supply.blocks.bind(supply);
    supply.blocks = async function* (range, limits) {
      let left = 2;
      for await (const block of blocks(range, limits)) {
        if (left-- === 0) throw new Failure('local', 'the file was shortened');
        yield block;
      }
    };
    const { sender, stopping, eventsOf, target } = await sendOne([smaller, accepted(1), accepted(1)], given, {
      supplies: [supply],
    });
    expect(stopping.reason).toMatchObject({ why: 'failure', failure: { kind: 'local' } });
    expect(sender.unsent).toBe(4 - rowsIn(target.sent.slice(1)));
    expect(eventsOf('chunk-dropped').map(({ rows: left }) => left)).toEqual([sender.unsent]);
  });
});

describe('what counts as progress', () => {
  test.each<[string, Step[], string[], number]>([
    ['a chunk that settled', [accepted(3)], rows, 1],
    ['a chunk that a job has', [pending('j')], rows, 1],
    ['not one that nobody took', [again('no'), again('no'), again('no')], rows, 0],
  ])('%s', async (_name, steps, given, moves) => {
    expect((await sendOne(steps, given)).progress.count).toBe(moves);
  });
});

describe('what may be a repeat', () => {
  const repeats = (records: readonly { type: string; isRepeat?: boolean }[]) =>
    records.filter(({ type }) => type === 'taken').map(({ isRepeat }) => isRepeat);

  test('stays one when it is cut in two', async () => {
    const sending = sendingTo([smaller, pending('x'), pending('y')], { supplies: [rowSupply(['a', 'b'])] });
    await sending.sender.send(chunkOf(['a', 'b'], { isRepeat: true }));
    expect(repeats(sending.records)).toEqual([true, true]);
  });

  test('is one after a request that may have been taken', async () => {
    expect(repeats((await sendOne([again('maybe'), pending('j')], withIds)).records)).toEqual([true]);
    expect(repeats((await sendOne([again('no'), pending('j')], withIds)).records)).toEqual([undefined]);
  });
});

describe('when it is given up', () => {
  test('what the user lets be sent again is unsent, not unknown', async () => {
    const { sender, eventsOf } = await sendOne([again('maybe'), again('maybe'), again('maybe')], rows, {
      onUnknown: 'resend',
    });
    expect(sender.unsent).toBe(3);
    expect(eventsOf('chunk-settled')).toEqual([]);
  });

  test('because the delivery stops, that is the reason', async () => {
    const sending = sendingTo([], { supplies: [rowSupply(rows)] });
    sending.target.send = async () => {
      sending.stopping.stop({ why: 'deadline' });
      return again('no');
    };
    await sending.sender.send(chunkOf(rows));
    expect(sending.stopping.reason).toEqual({ why: 'deadline' });
    expect(sending.sender.unsent).toBe(3);
  });
});

describe('a slot', () => {
  test.each<[string, Step[], number]>([
    ['is free when the chunk has settled', [accepted(3)], 0],
    ['is held by the job that has the chunk', [pending('j')], 1],
    ['is free when the chunk could not be sent', [new Error('x')], 0],
  ])('%s', async (_name, steps, active) => {
    expect((await sendOne(steps, rows)).slots.active).toBe(active);
  });

  test('is held by a job of which it could not be put on record that it has the chunk', async () => {
    const { slots, eventsOf } = await sendOne([pending('j')], rows, {
      onRecord: ({ type }) => {
        if (type === 'taken') throw new Failure('local', 'the disk is full');
      },
    });
    // Nothing follows it in this run: the next one finds it in doubt.
    expect(slots.active).toBe(0);
    expect(eventsOf('chunk-settled')).toMatchObject([{ counts: { unknown: 3 } }]);
  });
});

describe('a job', () => {
  test('is followed from the moment that it has the chunk', async () => {
    const { poller, eventsOf } = await sendOne([pending('j')], rows);
    expect(poller.openJobs).toEqual(['j']);
    expect(eventsOf('chunk-taken')).toEqual([
      { type: 'chunk-taken', chunk: 1, rows: 3, rejected: 0, job: 'j' },
    ]);
  });

  test('that ended in the very reply is judged without a look', async () => {
    const done = { id: 'j', state: 'done' as const, fields: { events_total: 3 } };
    const target = scriptedTarget([{ kind: 'pending', receipt: { id: 'j' }, status: 201, job: done }], {
      judge: async () => ({ kind: 'settled', accepted: 3, rejected: [], unknown: 0 }),
    });
    const { poller, story, slots } = await sendOne([], rows, { target });
    expect(story()).toEqual(['intent 1', 'taken 1', 'settled 1']);
    expect(poller.openJobs).toEqual([]);
    expect(slots.active).toBe(0);
  });

  test('that is told to be in work is looked at later', async () => {
    const open = { id: 'j', state: 'open' as const, fields: { status: 'importing' } };
    const { poller, eventsOf } = await sendOne(
      [{ kind: 'pending', receipt: { id: 'j' }, status: 201, job: open }],
      rows,
    );
    expect(poller.openJobs).toEqual(['j']);
    expect(eventsOf('job-changed')).toEqual([]);
  });

  test('that another chunk has is not believed: the reply is an earlier one', async () => {
    const sending = sendingTo([pending('j'), pending('j'), pending('k')], { supplies: [rowSupply(withIds)] });
    const stopClock = sending.clock.run();
    await sending.sender.send(chunkOf(withIds));
    await sending.sender.send(chunkOf(withIds, { number: 2 }));
    stopClock();
    expect(sending.poller.openJobs).toEqual(['j', 'k']);
    expect(sending.eventsOf('attempt-failed')).toMatchObject([{ chunk: 2, counted: true }]);
  });

  test('that an earlier process was given is not believed either', async () => {
    const sending = sendingTo([pending('j')], { supplies: [rowSupply(rows)] });
    sending.uploads.know('j');
    await sending.sender.send(chunkOf(rows));
    expect(sending.poller.openJobs).toEqual([]);
    expect(sending.eventsOf('chunk-settled')).toMatchObject([{ counts: { unknown: 3 } }]);
  });
});

describe('without a ledger', () => {
  test('rows without ids are refused before a request', async () => {
    const { target, stopping, sender } = await sendOne([accepted(3)], rows, { hasLedger: false });
    expect(target.sent).toEqual([]);
    expect(stopping.reason).toMatchObject({ failure: { kind: 'usage' } });
    expect(sender.unsent).toBe(3);
  });

  test('rows with ids are sent', async () => {
    const { target } = await sendOne([accepted(3)], withIds, { hasLedger: false });
    expect(target.sent).toHaveLength(1);
  });
});

describe('a chunk that is refused', () => {
  test('is a reject row by row, with the words of the vendor', async () => {
    const { files, eventsOf } = await sendOne([refused], rows);
    expect(files.text('/rejects')).toBe('a\nb\nc\n');
    expect(eventsOf('row-rejected').map(({ reject }) => reject.reason)).toEqual(Array(3).fill('not-wanted'));
    expect(eventsOf('chunk-settled')).toMatchObject([{ counts: { accepted: 0, rejected: 3, unknown: 0 } }]);
  });
});

describe('a chunk in which no row is left', () => {
  test('keeps its rejects, without a request', async () => {
    const sending = sendingTo([], { supplies: [rowSupply(['bad', 'bad 2'])] });
    const chunk = chunkOf(['bad', 'bad 2']);
    await sending.sender.keepRejects(chunk);
    expect(sending.story()).toEqual(['intent 1', 'settled 1']);
    expect(sending.files.text('/rejects')).toBe('bad\nbad 2\n');
    expect(chunk.freed).toEqual(['released']);
  });

  test('stops the delivery when the disk does not take them', async () => {
    const sending = sendingTo([], {
      supplies: [rowSupply(['bad'])],
      onRecord: () => {
        throw new Failure('local', 'the disk is full');
      },
    });
    await sending.sender.keepRejects(chunkOf(['bad']));
    expect(sending.stopping.reason).toMatchObject({ failure: { kind: 'local' } });
    expect(sending.eventsOf('chunk-dropped')).toHaveLength(1);
  });
});

describe('a chunk whose job is gone', () => {
  const adopted = {
    number: 7,
    rows: 3,
    rejected: 0,
    localRejects: { kind: 'kept' },
    isRepeat: false,
  } as const;

  test('is sent anew on the slot of the job, and supersedes it', async () => {
    const { pieces } = chunkOf(withIds);
    const sending = sendingTo([accepted(3)], { supplies: [rowSupply(withIds)] });
    sending.slots.adopt();
    await sending.sender.resend({ ...adopted, pieces, earlier: { withoutId: 0, mayResend: true } });
    expect(sending.records[0]).toMatchObject({ type: 'intent', chunk: 100, supersedes: 7 });
    expect(sending.eventsOf('chunk-resent')).toEqual([{ type: 'chunk-resent', chunk: 7 }]);
    expect(sending.slots.active).toBe(0);
  });

  test.each([
    [[pending('x')], 1],
    [[smaller, pending('x'), pending('y')], 2],
  ] as [Step[], number][])('holds as many slots as jobs have it then', async (steps, active) => {
    const { pieces } = chunkOf(withIds);
    const sending = sendingTo(steps, { supplies: [rowSupply(withIds)] });
    sending.slots.adopt();
    await sending.sender.resend({ ...adopted, pieces, earlier: { withoutId: 0, mayResend: true } });
    expect(sending.slots.active).toBe(active);
  });
});
