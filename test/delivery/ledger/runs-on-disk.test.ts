/** Ledgers in a directory: begun, gone on with, found, damaged, made short and removed. */
import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import {
  forgetDamaged,
  refuseDamaged,
  setAside,
  type DamagedRun,
} from '../../../src/delivery/ledger/damaged-run.ts';
import {
  compactLedger,
  createLedger,
  findRuns,
  inMemoryLedger,
  listRunNames,
  nameRun,
  readEntry,
  readRun,
  removeRun,
  reopenLedger,
} from '../../../src/delivery/ledger/ledger.ts';
import { encodeRecord } from '../../../src/delivery/ledger/ledger-text.ts';
import type { LedgerRecord } from '../../../src/delivery/ledger/records.ts';
import {
  findRun,
  forgetRun,
  listRuns,
  pruneRuns,
  removeSpools,
  tidyRuns,
  touchRun,
  type LockRun,
} from '../../../src/delivery/ledger/catalog/run-catalog.ts';
import { ended, found, given, inputRecord, intent, piece, settled, start } from '../resume/earlier-runs.ts';

const text = 'a\nb\nc\nd\n';
const day = 86_400_000;
const delivered = (withoutId = 0): LedgerRecord[] => [
  inputRecord(text),
  intent(1, [piece(text, 0, 4)], withoutId),
  settled(1, 4),
  ended(8),
];
const nameAt = (date: string, chance = 'aaaaaa') =>
  `${date.replace(/-/g, '')}T000000000-${'recipe0recipe'.slice(0, 12)}-${chance}`;

let state: string;
beforeEach(async () => void (state = await mkdtemp(join(tmpdir(), 'runs-'))));
afterEach(() => rm(state, { recursive: true }));

const pathOf = (run: string) => join(state, 'runs', run, 'ledger.ndjson');

/** A run on disk with these records behind its first. */
async function put(run: string, records: readonly LedgerRecord[], more = {}): Promise<string> {
  const startedAt = `${run.slice(0, 4)}-${run.slice(4, 6)}-${run.slice(6, 8)}T00:00:00.000Z`;
  const ledger = await createLedger(state, { ...start, run, startedAt, ...more });
  for (const record of records) await ledger.append(record);
  await ledger.close();
  return run;
}

async function damage(run: string): Promise<string> {
  const lines = (await readFile(pathOf(run), 'utf8')).split('\n');
  lines[2] = 'x';
  await writeFile(pathOf(run), lines.join('\n'));
  return run;
}

const lockAll: LockRun = async () => ({ release: async () => undefined });
const readState = async (run: string) => {
  const entry = await readEntry(state, run);
  return entry?.kind === 'read' ? entry.state : undefined;
};

describe('a run on disk', () => {
  test('is what was appended, in order, for its owner only', async () => {
    const run = await put(nameAt('2026-11-01'), delivered());
    const entry = await readRun(state, run);
    expect(entry).toMatchObject({ kind: 'read', run, directory: join(state, 'runs', run) });
    expect(entry?.state.inputs.get(0)).toMatchObject({ bytes: 8, ranges: [{ from: 0, to: 8 }] });
    expect(entry?.validBytes).toBe((await stat(pathOf(run))).size);
    expect((await stat(pathOf(run))).mode & 0o777).toBe(0o600);
  });

  test('is gone on with behind its last whole record', async () => {
    const run = await put(nameAt('2026-11-01'), [inputRecord(text)]);
    const whole = await readFile(pathOf(run), 'utf8');
    await appendFile(pathOf(run), '{"crc":"12');
    const entry = await readRun(state, run);
    if (entry === undefined) throw new Error('it is there');
    const ledger = await reopenLedger(entry);
    expect({ run: ledger.run, directory: ledger.directory }).toEqual({ run, directory: entry.directory });
    await ledger.append({ type: 'used', at: 'now' });
    await ledger.close();
    expect(await readFile(pathOf(run), 'utf8')).toBe(
      whole + Buffer.from(encodeRecord({ type: 'used', at: 'now' })).toString(),
    );
  });

  test('that cannot be begun says where, and what else can be done', async () => {
    await writeFile(join(state, 'runs'), 'a file');
    await expect(createLedger(state, start)).rejects.toMatchObject({
      kind: 'local',
      hint: expect.stringContaining('--state-dir') as string,
    });
  });

  test('is found with all others, newest first, those that cannot be read apart', async () => {
    const names = [nameAt('2026-11-01'), nameAt('2026-11-03'), nameAt('2026-11-02')];
    for (const name of names) await put(name, delivered());
    await damage(nameAt('2026-11-02'));
    await mkdir(join(state, 'runs', 'empty'));
    const { runs, damaged } = await findRuns(state);
    expect(runs.map(({ run }) => run)).toEqual([nameAt('2026-11-03'), nameAt('2026-11-01')]);
    expect(damaged).toMatchObject([{ kind: 'damaged', run: nameAt('2026-11-02'), isAside: false }]);
    expect((await listRuns(state)).map(({ run }) => run)).toEqual([...names].sort().reverse());
  });

  test('is not there where no run ever was', async () => {
    expect(await findRuns(join(state, 'nowhere'))).toEqual({ runs: [], damaged: [] });
    expect(await listRunNames(join(state, 'nowhere'))).toEqual([]);
    expect(await readRun(state, 'none')).toBeUndefined();
    await writeFile(join(state, 'file'), '');
    expect(await listRunNames(join(state, 'file'))).toEqual([]);
  });

  test('goes with all that it kept', async () => {
    const run = await put(nameAt('2026-11-01'), delivered());
    const entry = await readRun(state, run);
    if (entry) await removeRun(entry);
    expect(await readdir(join(state, 'runs'))).toEqual([]);
  });
});

test('a run is named by its time, its recipe and chance', () => {
  const machine = {
    now: () => Date.UTC(2026, 10, 1, 12, 34, 56, 789),
    randomBytes: () => Uint8Array.of(1, 2, 255),
  };
  expect(nameRun(machine, 'abcdefabcdef0123456789')).toBe('20261101T123456789-abcdefabcdef-0102ff');
});

test('a ledger in memory keeps nothing', async () => {
  const ledger = inMemoryLedger('r');
  await ledger.append(start);
  await ledger.close();
  expect(ledger).toMatchObject({ run: 'r', directory: undefined });
});

describe('a damaged ledger', () => {
  async function damagedRun(records = delivered()): Promise<DamagedRun> {
    const entry = await readEntry(state, await damage(await put(nameAt('2026-11-01'), records)));
    if (entry?.kind !== 'damaged') throw new Error('it is damaged');
    return entry;
  }

  test('is known by what of it can be read', async () => {
    const one = await damagedRun();
    expect(one).toMatchObject({ recipe: 'recipe', inputs: [{ path: '/in.ndjson' }], hidesInputs: true });
    expect(one.problem).toMatchObject({
      kind: 'local',
      message: expect.stringContaining('line 3') as string,
    });
    await expect(readRun(state, one.run)).rejects.toBeDefined();
  });

  test('that has lost its first record is damaged, too', async () => {
    const run = await put(nameAt('2026-11-01'), []);
    await writeFile(pathOf(run), encodeRecord(inputRecord(text)));
    expect(await readEntry(state, run)).toMatchObject({
      kind: 'damaged',
      recipe: undefined,
      hidesInputs: true,
    });
    await writeFile(pathOf(run), '');
    expect(await readEntry(state, run)).toMatchObject({
      kind: 'damaged',
      problem: { message: expect.stringContaining('cannot be read at all') as string },
    });
  });

  test('that is no file may be about anything', async () => {
    const run = await put(nameAt('2026-11-01'), []);
    await rm(pathOf(run));
    await mkdir(pathOf(run));
    expect(await readEntry(state, run)).toMatchObject({ kind: 'damaged', inputs: [], hidesInputs: true });
  });

  test('is set aside once, and is still its run’s', async () => {
    const one = await damagedRun();
    expect(await setAside(one)).toBe(true);
    expect(await readdir(one.directory)).toEqual(['ledger.ndjson.damaged']);
    const aside = await readEntry(state, one.run);
    expect(aside).toMatchObject({ kind: 'damaged', isAside: true, inputs: [{ path: '/in.ndjson' }] });
    expect(await setAside(aside as DamagedRun)).toBe(false);
    expect(await setAside({ ...one, path: '/nowhere/ledger' })).toBe(false);
  });

  test.each(['as it lies', 'set aside'])('is given up %s, and never deleted', async (how) => {
    const one = await damagedRun();
    if (how === 'set aside') await setAside(one);
    await forgetDamaged((await readEntry(state, one.run)) as DamagedRun);
    expect(await readdir(one.directory)).toEqual(['ledger.ndjson.forgotten']);
    expect(await readEntry(state, one.run)).toBeUndefined();
    await expect(forgetDamaged(one)).rejects.toMatchObject({ kind: 'local' });
  });

  describe('stops a delivery', () => {
    const run = nameAt('2026-11-01').replace('recipe0recip', 'abcdefabcdef');
    const one = (more: Partial<DamagedRun> = {}): DamagedRun => ({
      ...{ kind: 'damaged', run, directory: '/d', path: '/d/ledger.ndjson', isAside: false },
      ...{ recipe: 'recipe', inputs: [], hidesInputs: false, problem: { message: 'it is damaged' } as never },
      ...more,
    });
    const inputs = [inputRecord(text)] as Extract<LedgerRecord, { type: 'input' }>[];
    const stream = given(text, '-', { absolutePath: undefined });

    test.each<[string, DamagedRun, Parameters<typeof refuseDamaged>[1], string, string | undefined]>([
      ['of an input that it names', one({ inputs }), [given('other\n')], 'recipe', '/in.ndjson'],
      [
        'of an input with its beginning',
        one({ inputs }),
        [given('x\n', '/x'), given(text, '/new')],
        'recipe',
        '/new',
      ],
      ['not of others', one({ inputs }), [given('other\n', '/other')], 'recipe', undefined],
      [
        'of any, when it hides some',
        one({ hidesInputs: true }),
        [stream, given('x\n', '/x')],
        'recipe',
        '/x',
      ],
      ['not of a stream', one({ hidesInputs: true, inputs }), [stream], 'recipe', undefined],
      ['not of another recipe', one({ hidesInputs: true }), [given(text)], 'another', undefined],
      [
        'by the recipe in its name',
        one({ recipe: undefined, hidesInputs: true }),
        [given(text)],
        'abcdefabcdef99',
        '/in.ndjson',
      ],
      [
        'not by another recipe in its name',
        one({ recipe: undefined, hidesInputs: true }),
        [given(text)],
        'bbb',
        undefined,
      ],
      [
        'when it has no name either',
        one({ recipe: undefined, run: 'lost', hidesInputs: true }),
        [given(text)],
        'bbb',
        '/in.ndjson',
      ],
    ])('%s', (_name, damaged, asked, recipe, path) => {
      const refuse = () => refuseDamaged([damaged], asked, recipe);
      if (path === undefined) expect(refuse).not.toThrow();
      else
        expect(refuse).toThrow(
          expect.objectContaining({
            kind: 'local',
            message: expect.stringContaining(path) as string,
          }) as Error,
        );
    });

    test('not by an input of no byte, which begins like any other', () => {
      const empty = [inputRecord('', { path: '/empty' })] as typeof inputs;
      expect(() => refuseDamaged([one({ inputs: empty })], [given(text)], 'recipe')).not.toThrow();
    });
  });
});

describe('a finished run in short', () => {
  test('says the same', async () => {
    const counts = { read: 4, accepted: 4, rejected: 0, skipped: 0, pending: 0, unknown: 0, unsent: 0 };
    const run = await put(nameAt('2026-11-01'), [
      inputRecord(text),
      { type: 'owned', files: { a: { inode: '1', born: '2' } } },
      intent(1, [piece(text, 0, 4)], 4),
      { ...settled(1, 4), job: 'j', files: { a: 5 } } as LedgerRecord,
      { type: 'input-ended', input: 0, bytes: 8, rows: 4, openTail: { line: 4 } },
      { type: 'ended', at: '2026-11-01T01:00:00.000Z', exit: 0, counts },
      { type: 'used', at: '2026-11-02T00:00:00.000Z' },
    ]);
    const before = await readState(run);
    const entry = await readRun(state, run);
    if (entry) expect(await compactLedger(entry)).toBe(true);
    expect(await readState(run)).toEqual({ ...before, compacted: true, nextChunk: 1 });
  });

  test('leaves out what there is not', async () => {
    const run = await put(nameAt('2026-11-01'), delivered());
    const entry = await readRun(state, run);
    if (entry) await compactLedger(entry);
    const types = (await readFile(pathOf(run), 'utf8')).match(/"type":"[a-z-]+"/g);
    expect(types).toEqual(
      ['run', 'compacted', 'input', 'summary', 'files', 'history'].map((type) => `"type":"${type}"`),
    );
    expect(await readFile(pathOf(run), 'utf8')).not.toContain('openTail');
  });

  test('is only made of one that has finished', async () => {
    const run = await put(nameAt('2026-11-01'), [inputRecord(text)]);
    const before = await readFile(pathOf(run), 'utf8');
    const entry = await readRun(state, run);
    if (entry) expect(await compactLedger(entry)).toBe(false);
    expect(await readFile(pathOf(run), 'utf8')).toBe(before);
  });
});

describe('a run by its name', () => {
  test('is found by a part of it that no other begins with', async () => {
    const first = await put(nameAt('2026-11-01'), delivered());
    // A script whose variable is not set does not mean the only one.
    await expect(findRun(state, '')).rejects.toMatchObject({ kind: 'usage' });
    const second = await put(nameAt('2026-11-02'), delivered());
    expect((await findRun(state, first)).run).toBe(first);
    expect((await findRun(state, '20261102')).run).toBe(second);
    for (const name of ['2026', '2027', '']) {
      await expect(findRun(state, name)).rejects.toMatchObject({ kind: 'usage' });
    }
  });

  test('is found though it is the beginning of another', async () => {
    const short = await put('20261101T1', delivered());
    await put('20261101T12', delivered());
    expect((await findRun(state, short)).run).toBe(short);
  });
});

describe('a run that is told to forget', () => {
  test('says so, and the bytes of its streams are removed', async () => {
    const spools = join(state, 'spool');
    await mkdir(join(spools, 'one'), { recursive: true });
    const stream = {
      ...inputRecord(text),
      kind: 'stream',
      spool: join(spools, 'one', 'bytes'),
    } as LedgerRecord;
    const run = await put(nameAt('2026-11-01'), [stream]);
    await forgetRun(await findRun(state, run), Date.UTC(2026, 10, 5));
    expect(await readState(run)).toMatchObject({ forgotten: true, usedAt: '2026-11-05T00:00:00.000Z' });
    expect(await readdir(spools)).toEqual([]);
  });

  test('is put aside where its ledger cannot be read', async () => {
    const run = await damage(await put(nameAt('2026-11-01'), delivered()));
    await forgetRun(await findRun(state, run), 0);
    expect(await readdir(join(state, 'runs', run))).toEqual(['ledger.ndjson.forgotten']);
  });

  test('has nothing to remove where it had no stream', async () => {
    await removeSpools(found('r', delivered()).state);
    expect(await readdir(state)).toEqual([]);
  });
});

describe('a run of which use is made', () => {
  const usedAt = async (run: string, nowMs: number) => {
    await touchRun(state, run, nowMs);
    return (await readState(run))?.usedAt;
  };

  test('is young again, once a day', async () => {
    const run = await put(nameAt('2026-11-01'), delivered());
    const begun = Date.UTC(2026, 10, 1);
    expect(await usedAt(run, begun + day - 1)).toBeUndefined();
    expect(await usedAt(run, begun + day)).toBe('2026-11-02T00:00:00.000Z');
    expect(await usedAt(run, begun + 2 * day - 1)).toBe('2026-11-02T00:00:00.000Z');
  });

  test('is passed over where it is gone or damaged', async () => {
    await touchRun(state, 'none', day);
    const run = await damage(await put(nameAt('2026-11-01'), delivered()));
    const before = await readFile(pathOf(run), 'utf8');
    await touchRun(state, run, Date.UTC(2027, 0, 1));
    expect(await readFile(pathOf(run), 'utf8')).toBe(before);
  });
});

describe('what is old is cleared away', () => {
  const own = nameAt('2026-12-15', 'bbbbbb');
  const nowMs = Date.UTC(2026, 11, 15);
  const old = nameAt('2026-11-01');
  const tidy = (lock: LockRun = lockAll) => tidyRuns(state, { nowMs, ownRun: own, lock });
  /** Another run that agrees that the time has come. */
  const witness = () => put(nameAt('2026-12-14'), delivered());
  const isThere = async (run: string) => (await listRunNames(state)).includes(run);

  test('when it is over, long not used, and not missed', async () => {
    await witness();
    await put(old, delivered());
    await tidy();
    expect(await isThere(old)).toBe(false);
    expect(await isThere(nameAt('2026-12-14'))).toBe(true);
  });

  test.each<[string, () => Promise<unknown>]>([
    ['its rows would be doubled', () => put(old, delivered(4))],
    [
      'it was used not long ago',
      () => put(old, [...delivered(), { type: 'used', at: '2026-12-01T00:00:00.000Z' }]),
    ],
    ['it is not finished', () => put(old, [inputRecord(text)])],
    ['it is damaged', async () => damage(await put(old, delivered()))],
    [
      'rows that were refused lie beside it',
      async () => {
        await put(old, delivered());
        await writeFile(join(state, 'runs', old, 'rejects.ndjson'), 'bad\n');
      },
    ],
  ])('not when %s', async (_name, make) => {
    await witness();
    await make();
    await tidy();
    expect(await isThere(old)).toBe(true);
  });

  test('though a file of rejects lies there with nothing in it, or one of another name', async () => {
    await witness();
    await put(old, delivered());
    await writeFile(join(state, 'runs', old, 'rejects.ndjson'), '');
    await writeFile(join(state, 'runs', old, 'replies.ndjson'), 'x');
    await tidy();
    expect(await isThere(old)).toBe(false);
  });

  test('not while nobody else agrees that the time has come', async () => {
    await put(old, delivered());
    await tidy();
    expect(await isThere(old)).toBe(true);
  });

  test('not while somebody is at work on it', async () => {
    await witness();
    await put(old, delivered());
    await tidy(async () => undefined);
    expect(await isThere(old)).toBe(true);
  });

  test('and its locks are given back, whatever happens', async () => {
    await witness();
    await put(old, delivered());
    let released = 0;
    await tidy(async () => ({ release: async () => void (released += 1) }));
    expect(released).toBe(1);
  });

  test('else it is made short, and its jobs are let go', async () => {
    await witness();
    const records = delivered(4);
    records[2] = { ...settled(1, 4), job: 'j' } as LedgerRecord;
    await put(old, records);
    await tidy();
    expect(await readState(old)).toMatchObject({ compacted: true, jobs: [] });
    const once = await stat(pathOf(old));
    await tidy();
    expect((await stat(pathOf(old))).ino).toBe(once.ino);
  });
});

describe('because the user says so', () => {
  const nowMs = Date.UTC(2026, 10, 11);

  test('runs that are over and as old as that go, whatever they know', async () => {
    const [old, exact, young] = [nameAt('2026-11-01'), nameAt('2026-11-06'), nameAt('2026-11-07')];
    for (const run of [old, exact, young]) await put(run, delivered(4));
    const open = await put(nameAt('2026-11-02'), [inputRecord(text)]);
    const bad = await damage(await put(nameAt('2026-11-03'), delivered()));
    const told: string[] = [];
    await pruneRuns(state, {
      olderThanMs: 5 * day,
      nowMs,
      lock: lockAll,
      removing: ({ run }) => void told.push(run),
    });
    expect(told).toEqual([exact, old]);
    expect(await listRunNames(state)).toEqual([young, bad, open]);
  });

  test('none goes that somebody is at work on', async () => {
    const run = await put(nameAt('2026-11-01'), delivered());
    await pruneRuns(state, { olderThanMs: 0, nowMs, lock: async () => undefined, removing: () => undefined });
    expect(await listRunNames(state)).toEqual([run]);
  });
});
