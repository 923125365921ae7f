/** What a command goes on with, over ledgers on disk. */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { createLedger } from '../../../src/delivery/ledger/ledger.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import { openSession, type Session, type SessionOptions } from '../../../src/delivery/resume/session.ts';
import { Failure } from '../../../src/failure.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { ended, given, inputRecord, intent, piece, settled, start } from './earlier-runs.ts';

const text = 'a\nb\nc\nd\n';
const nowMs = Date.parse('2026-11-05T00:00:00.000Z');
const wholeAt = '2026-11-02T00:00:00.000Z';

let state: string;
beforeEach(async () => void (state = await mkdtemp(join(tmpdir(), 'session-'))));
afterEach(() => rm(state, { recursive: true }));

const pathOf = (run: string) => join(state, 'runs', run, 'ledger.ndjson');
const sent = (files = {}): LedgerRecord[] => [
  inputRecord(text),
  intent(1, [piece(text, 0, 2)]),
  { ...settled(1, 2), files } as LedgerRecord,
];
const all = (files = {}): LedgerRecord[] => [
  ...sent(files),
  intent(2, [piece(text, 2, 4)]),
  { ...settled(2, 2), files } as LedgerRecord,
  ended(8),
];
const atEnd: LedgerRecord = {
  ...{ type: 'ended', at: wholeAt, exit: 0 },
  counts: { read: 4, accepted: 4, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 },
};

async function put(run: string, records: readonly LedgerRecord[], more: Partial<typeof start> = {}) {
  const ledger = await createLedger(state, { ...start, run, ...more });
  for (const record of records) await ledger.append(record);
  await ledger.close();
}

/** What a command would begin. */
const begun: SessionOptions['start'] = withoutTime({ ...start, run: 'now' });

const events: { type: string; code?: string }[] = [];
beforeEach(() => void (events.length = 0));

function open({ start: more = begun, ...options }: Partial<SessionOptions> = {}) {
  return openSession({
    stateDirectory: state,
    start: more,
    given: [given(text)],
    onUnknown: 'stop',
    machine: { ...realMachine(), now: () => nowMs },
    emit: (event) => void events.push(event),
    ...options,
  });
}

/** The ledger adds when the run begins. */
function withoutTime({ run, ...more }: typeof start): SessionOptions['start'] {
  const { command, vendor, endpoint, recipe, recipeParts, settings, workingDirectory, again } = more;
  return { run, command, vendor, endpoint, recipe, recipeParts, settings, workingDirectory, again };
}

/** The session, which must not be finished; its ledger is closed. */
async function session(options: Partial<SessionOptions> = {}): Promise<Session> {
  const opening = await open(options);
  if (opening.kind !== 'open') throw new Error('finished');
  await opening.session.ledger.close();
  return opening.session;
}

const gapsOf = ({ plan }: Pick<Session, 'plan'>) =>
  plan.map(({ gaps }) => gaps.map(({ from, to }) => [from, to]));
const recordsOf = async (run: string) =>
  (await readFile(pathOf(run), 'utf8'))
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as { crc: string; type?: string; record?: { type: string } });

describe('a first delivery', () => {
  test('is a run of its own, from the first byte on', async () => {
    const opened = await session();
    expect(opened).toMatchObject({
      ...{ isResumed: false, adopted: [], lost: [], sentBefore: [], endedJobs: [], nextChunk: 1 },
      ...{ files: {}, owned: {}, rejectsKinds: {}, jobs: [] },
    });
    expect(opened.ledger.run).toBe('now');
    expect(gapsOf(opened)).toEqual([[[0, undefined]]]);
    const written = await readFile(pathOf('now'), 'utf8');
    expect(await recordsOf('now')).toHaveLength(2);
    expect(written).toContain('"startedAt":"2026-11-05T00:00:00.000Z"');
    expect(written).toContain('"path":"/in.ndjson"');
    expect(written).not.toContain('resumed');
  });

  test('has its version, its spool and its part of an input on record', async () => {
    const one = given(text);
    const span = { from: 2, to: 6 };
    const input = { ...one.input, version: 'v1' };
    await session({ given: [{ ...one, input, absolutePath: undefined, spool: '/spool', span }] });
    const written = await readFile(pathOf('now'), 'utf8');
    expect(written).toContain('"spool":"/spool"');
    expect(written).toContain('"version":"v1"');
    expect(written).toContain('"span":{"from":2,"to":6}');
    expect(written).toContain('"path":"/in.ndjson"');
  });

  test('without a directory is remembered, and reads no ledger', async () => {
    await put('1', all());
    const remembered: LedgerRecord[] = [];
    const opened = await session({ stateDirectory: undefined, remembered });
    expect(opened.isResumed).toBe(false);
    expect(remembered.map(({ type }) => type)).toEqual(['run', 'input']);
    expect(await session({ stateDirectory: undefined })).toMatchObject({ isResumed: false });
  });

  test('that may not begin leaves nothing behind', async () => {
    const refusal = new Failure('usage', 'not so');
    const opening = open({
      beforeBegin: async ({ plan, resumed, runs }) => {
        expect({ plan: plan.length, resumed, runs }).toEqual({ plan: 1, resumed: undefined, runs: [] });
        throw refusal;
      },
    });
    await expect(opening).rejects.toBe(refusal);
    await expect(readFile(pathOf('now'))).rejects.toThrow('ENOENT');
  });
});

describe('a delivery that was interrupted', () => {
  const job: LedgerRecord = { type: 'taken', chunk: 2, job: 'job-2', files: {} };
  const inFlight = intent(2, [piece(text, 2, 3)]);

  test('goes on where it was left', async () => {
    await put('1', [...sent({ '/out': 7 }), { type: 'rejects', kinds: { '/bad': 'kind' } }]);
    const opened = await session();
    expect(opened).toMatchObject({ isResumed: true, nextChunk: 2, files: { '/out': 7 } });
    expect(opened.rejectsKinds).toEqual({ '/bad': 'kind' });
    expect(opened.ledger.run).toBe('1');
    expect(gapsOf(opened)).toEqual([[[4, undefined]]]);
    const written = await readFile(pathOf('1'), 'utf8');
    expect(written).toContain('"type":"resumed","at":"2026-11-05T00:00:00.000Z"');
    expect(written.match(/"type":"input"/g)).toHaveLength(1);
  });

  test('follows the job that it left, and sends its rows no more', async () => {
    await put('1', [...sent(), inFlight, job]);
    const opened = await session();
    expect(opened.adopted).toMatchObject([{ chunk: 2, job: 'job-2' }]);
    expect(opened).toMatchObject({ lost: [], sentBefore: [] });
    expect(gapsOf(opened)).toEqual([[[6, undefined]]]);
  });

  test('knows which rows were on their way, and the jobs that ended', async () => {
    const done: LedgerRecord[] = [
      { type: 'taken', chunk: 1, job: 'job-1', files: {} },
      { ...settled(1, 2), job: 'job-1' } as LedgerRecord,
    ];
    await put('1', [inputRecord(text), intent(1, [piece(text, 0, 2)]), ...done, inFlight]);
    const opened = await session();
    expect(opened.sentBefore).toMatchObject([{ range: { from: 4, to: 6 } }]);
    expect(opened.endedJobs).toEqual(['job-1']);
    expect(opened.jobs).toMatchObject([{ id: 'job-1' }]);
  });

  test('without ids loses what was on its way, or sends it again when that is asked for', async () => {
    await put('1', [...sent(), intent(2, [piece(text, 2, 3)], 1)]);
    const opened = await session();
    expect(opened.lost).toMatchObject([{ chunk: 2 }]);
    expect(gapsOf(opened)).toEqual([[[6, undefined]]]);
    const again = await session({ onUnknown: 'resend' });
    expect(again.lost).toMatchObject([{ chunk: 2 }]);
    expect(gapsOf(again)).toEqual([
      [
        [4, 6],
        [6, undefined],
      ],
    ]);
    expect(again.plan[0]?.gaps).toMatchObject([{ reading: 'again' }, { reading: 'first' }]);
    expect(again.plan[0]?.known).toEqual(opened.plan[0]?.known);
  });
});

describe('a delivery that is finished', () => {
  test('is not begun again: what it left is told', async () => {
    await put('1', [...all({ '/out': 9 }), { type: 'rejects', kinds: { '/bad': 'kind' } }, atEnd]);
    const opening = await open({ beforeBegin: () => Promise.reject(new Error('nothing begins')) });
    expect(opening).toMatchObject({
      kind: 'finished',
      finished: { run: '1', at: wholeAt, files: { '/out': 9 }, owned: {}, rejectsKinds: { '/bad': 'kind' } },
    });
  });

  test('by several runs is told of the last of them', async () => {
    const other = 'p\nq\n';
    await put('1', all());
    await put('2', [
      inputRecord(other, { path: '/other' }),
      intent(1, [piece(other, 0, 2)]),
      settled(1, 2),
      ended(4),
    ]);
    const opening = await open({ given: [given(text), given(other, '/other')] });
    expect(opening).toMatchObject({ kind: 'finished', finished: { run: '2', at: start.startedAt } });
  });

  test('goes on in a new run for what has grown, which knows what the old one knew', async () => {
    await put('1', all());
    const opened = await session({ given: [given(`${text}e\n`)] });
    expect(opened).toMatchObject({ isResumed: false, sentBefore: [] });
    expect(gapsOf(opened)).toEqual([[[8, undefined]]]);
    expect(await readFile(pathOf('now'), 'utf8')).toMatch(
      /"type":"inherited","input":0,"ranges":\[{"from":0,"to":8/,
    );
  });

  test('is sent once more with --again, all of it, and the run of that is gone on with', async () => {
    await put('1', all());
    const again = { ...begun, again: true };
    const opened = await session({ start: again });
    expect(opened).toMatchObject({ isResumed: false, sentBefore: 'all' });
    expect(gapsOf(opened)).toEqual([[[0, undefined]]]);
    const second = await session({ start: { ...again, run: 'later' } });
    expect(second).toMatchObject({ isResumed: true, sentBefore: 'all' });
    expect(second.ledger.run).toBe('now');
  });

  test('of another recipe is another delivery', async () => {
    await put('1', all(), { recipe: 'other', vendor: 'moesif' });
    expect(await session()).toMatchObject({ isResumed: false });
  });
});

describe('refused before anything is recorded', () => {
  const nothingBegun = () => expect(readFile(pathOf('now'))).rejects.toThrow('ENOENT');

  test('is what was delivered with other options', async () => {
    await put('1', all(), { recipe: 'other', recipeParts: { map: 'a=b' } });
    await expect(open()).rejects.toMatchObject({ kind: 'usage' });
    await nothingBegun();
  });

  test('is a part of another list of these inputs', async () => {
    await put('1', sent(), { part: { index: 1, of: 2, list: 'other' } });
    const part = { index: 2, of: 2, list: 'one' };
    await expect(open({ start: { ...begun, part } })).rejects.toMatchObject({ kind: 'usage' });
    await nothingBegun();
  });

  test('is what a damaged ledger may have delivered; it is set aside, and told of once', async () => {
    await put('1', all());
    const lines = (await readFile(pathOf('1'), 'utf8')).split('\n');
    lines[2] = 'x';
    await writeFile(pathOf('1'), lines.join('\n'));
    await expect(open()).rejects.toMatchObject({ kind: 'local' });
    await expect(open()).rejects.toMatchObject({ kind: 'local' });
    await nothingBegun();
    expect(events).toMatchObject([{ type: 'warned', code: 'damaged-ledger' }]);
  });
});
