import { describe, expect, test } from 'vitest';
import type { Supply } from '../../../src/contracts/supply.ts';
import type { OpenChunk } from '../../../src/delivery/ledger/run-state.ts';
import { adopt } from '../../../src/delivery/send/adopt.ts';
import { chunkOf, rowSupply, sendingTo, type Sending, type SendingOptions } from './sending.ts';

const rows = ['id1', 'bad2', 'id3', 'x4'];
const supplies = [rowSupply(rows)];

/** What an earlier process left of a chunk of all rows. */
function open(more: Partial<OpenChunk> = {}): OpenChunk {
  const { pieces, rejected, withoutId } = chunkOf(rows, { number: 7 });
  return { chunk: 7, pieces, rejected, withoutId, taken: 'maybe', ...more };
}

async function take(
  left: { adopted?: OpenChunk[]; lost?: OpenChunk[] },
  { given = supplies, ...options }: SendingOptions & { given?: readonly Supply[] } = {},
): Promise<Sending> {
  const sending = sendingTo([], { supplies: given, ...options });
  const emit = sending.doubts.listenTo((event) => void sending.events.push(event));
  const all = { adopted: [], lost: [], supplies: given, onUnknown: 'stop' as const, ...left };
  await adopt(all, { ...sending, emit });
  return sending;
}

describe('a chunk that an earlier process left', () => {
  test('with a job holds a slot, and its job is followed', async () => {
    const sending = await take({ adopted: [open({ taken: 'yes', job: 'job-7' })] });
    expect(sending.eventsOf('chunk-adopted')).toMatchObject([
      { chunk: 7, rows: 3, rejected: 1, job: 'job-7', ranges: [{ input: 0, bytes: 16, rows: 4 }] },
    ]);
    expect(sending.slots.active).toBe(1);
    expect(sending.eventsOf('warned')).toEqual([]);
    expect(sending.records).toEqual([]);
    expect([...sending.doubts.ends()]).toEqual([]);
  });

  test('without one is unknown, and the rows that could not be sent are rejects', async () => {
    const sending = await take({ lost: [open()] });
    expect(sending.eventsOf('chunk-adopted')).toMatchObject([{ chunk: 7, rows: 3, rejected: 1 }]);
    expect(sending.slots.active).toBe(0);
    expect(sending.records).toMatchObject([
      { type: 'settled', chunk: 7, counts: { accepted: 0, rejected: 1, skipped: 0, unknown: 3 } },
    ]);
    expect(sending.eventsOf('warned')).toMatchObject([
      { message: '3 rows may or may not have arrived: they were being sent when an earlier run ended' },
    ]);
    expect(sending.files.text('/rejects')).toBe('bad2\n');
    expect([...sending.doubts.ends()]).toEqual([]);
  });

  test('without a job and without rejects is not read again', async () => {
    const whole = chunkOf(['id1', 'id2'], { number: 7 });
    const supply = rowSupply(['id1', 'id2']);
    const unread: Supply = {
      ...supply,
      blocks: () => {
        throw new Error('it was read');
      },
    };
    const lost = [open({ pieces: whole.pieces, rejected: 0 })];
    const sending = await take({ lost }, { given: [unread] });
    expect(sending.records).toMatchObject([{ type: 'settled', counts: { rejected: 0, unknown: 2 } }]);
  });

  test('with an answer, of which not everything was written, is settled by it', async () => {
    const refused = [{ row: 1, events: 1, reason: 'not-wanted', message: 'no' }];
    const answered = { rejected: 1, unknown: 0, refused };
    const sending = await take({ adopted: [open({ taken: 'yes', answered })] });
    expect(sending.records).toMatchObject([
      { type: 'settled', chunk: 7, counts: { accepted: 2, rejected: 2, skipped: 0, unknown: 0 } },
    ]);
    expect(sending.eventsOf('chunk-adopted')).toMatchObject([{ chunk: 7, rows: 3, rejected: 1 }]);
    expect(sending.files.text('/rejects')).toBe('bad2\nid3\n');
    expect(sending.stopping.noNew.aborted).toBe(false);
  });

  test('with an answer is counted by it where its rows cannot be read', async () => {
    const unread: Supply = {
      ...rowSupply(rows),
      blocks: () => {
        throw new Error('it is gone');
      },
    };
    const answered = { rejected: 0, unknown: 1 };
    const sending = await take({ adopted: [open({ taken: 'yes', answered })] }, { given: [unread] });
    expect(sending.records).toEqual([]);
    expect(sending.eventsOf('chunk-settled')).toMatchObject([
      { counts: { accepted: 2, rejected: 1, skipped: 0, unknown: 1 } },
    ]);
    expect(sending.stopping.noNew.aborted).toBe(true);
  });

  test('with a job keeps the rejects that could not be kept before', async () => {
    const sending = await take({ adopted: [open({ taken: 'yes', job: 'j', owesRejects: true })] });
    await sending.poller.update({ id: 'j', state: 'done', fields: {} });
    expect(sending.files.text('/rejects')).toBe('bad2\n');
  });

  test('whose outcome cannot be put down stops the delivery, and is not thrown', async () => {
    const failing = () => {
      throw new Error('the disk is full');
    };
    const sending = await take({ lost: [open()] }, { onRecord: failing });
    expect(sending.stopping.noNew.aborted).toBe(true);
  });
});
