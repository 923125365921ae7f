import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { noOutcome } from '../../../src/delivery/ledger/ranges.ts';
import { openOutputFiles, type OutputFiles } from '../../../src/delivery/outputs/output-files.ts';
import { openReplies, type KnownReplies, type ReplyWriter } from '../../../src/delivery/outputs/replies.ts';
import { Failure } from '../../../src/failure.ts';
import { realMachine } from '../../../src/real-machine.ts';
import { processMask } from '../../../src/masking/process-mask.ts';
import type { Piece, Settled } from '../../../src/records.ts';
import { rowSupply } from '../send/sending.ts';

let directory: string;
beforeEach(async () => void (directory = await mkdtemp(join(tmpdir(), 'replies-'))));
afterEach(() => rm(directory, { recursive: true }));

const rows = ['a', 'b', 'c', 'd'];
const unknownOf = (known: Partial<KnownReplies> = {}): KnownReplies => ({ ranges: [], gaps: [], ...known });

/** Rows `[from, to)` of an input of rows of two bytes. */
function piece(from: number, to: number, input = 0): Piece {
  const range = { from: 2 * from, to: 2 * to, line: from + 1 };
  return {
    input,
    range,
    nextLine: to + 1,
    rows: to - from,
    events: to - from,
    rejected: 0,
    crc32: 0,
    bytes: 0,
  };
}

const settledWith = (...replies: unknown[]): Settled => ({
  ...{ kind: 'settled', accepted: replies.length, rejected: [], unknown: 0 },
  replies: replies.map((body, row) => ({ row, body })),
});

interface Opened {
  writer: ReplyWriter;
  files: OutputFiles;
  output: () => Promise<string[]>;
}

/** The output of a run, over files that are as long as the ledger says. */
async function open(
  known: readonly KnownReplies[] = [unknownOf()],
  recorded: Record<string, number> = {},
): Promise<Opened> {
  const output = join(directory, 'output');
  const files = openOutputFiles(recorded, {
    machine: realMachine(),
    signal: new AbortController().signal,
    decisions: new Map(),
    onMade: async () => undefined,
  });
  const supplies = known.map((_, input) => rowSupply(rows, input));
  const inputPaths = known.map((_, input) => `in-${input}`);
  const writer = await openReplies(
    { output, goesOn: true, journal: join(directory, 'journal'), inputPaths, known },
    { files, supplies },
  );
  const read = async () =>
    (await readFile(output, 'utf8').catch(() => '')).split('\n').filter((line) => line !== '');
  return { writer, files, output: read };
}

const linesOf = (texts: readonly string[]) =>
  texts.map(
    (text) =>
      JSON.parse(text) as {
        file: string;
        line: number | null;
        reply?: unknown;
        error?: string;
        unknown?: boolean;
      },
  );
const places = async ({ output }: Opened) =>
  linesOf(await output()).map(({ file, line }) => `${file}:${line}`);

describe('what a vendor replied to each row', () => {
  test('is a line a row: its reply, why it was refused, or that nothing is known', async () => {
    const opened = await open();
    await opened.writer.put(
      { pieces: [piece(0, 3)] },
      {
        ...{ kind: 'settled', accepted: 1, unknown: 1 },
        rejected: [{ row: 1, reason: 'bad', message: 'no' }],
        replies: [{ row: 0, body: { score: 1 } }],
      },
    );
    expect(linesOf(await opened.output())).toEqual([
      { file: 'in-0', line: 1, reply: { score: 1 } },
      { file: 'in-0', line: 2, error: 'no' },
      { file: 'in-0', line: 3, unknown: true },
    ]);
    await opened.files.close();
  });

  test('is without secrets', async () => {
    const secret = 'tok-of-replies-5ecre7';
    processMask.add(secret);
    const opened = await open();
    await opened.writer.put({ pieces: [piece(0, 1)] }, settledWith({ echo: secret }));
    expect((await opened.output()).join('')).not.toContain(secret);
    await opened.files.close();
  });

  test('is written in the order of the input, whatever the order of the chunks', async () => {
    const opened = await open();
    await opened.writer.put({ pieces: [piece(2, 3)] }, settledWith('c'));
    await opened.writer.put({ pieces: [piece(1, 2)] }, settledWith('b'));
    expect(await opened.output()).toEqual([]);
    await opened.writer.put({ pieces: [piece(0, 1)] }, settledWith('a'));
    expect(linesOf(await opened.output()).map(({ reply }) => reply)).toEqual(['a', 'b', 'c']);
    await opened.writer.put({ pieces: [piece(3, 4)] }, settledWith('d'));
    expect(await places(opened)).toEqual(['in-0:1', 'in-0:2', 'in-0:3', 'in-0:4']);
    await opened.files.close();
  });

  test('of a later input waits until the end of the one before is known, and reached', async () => {
    const opened = await open([unknownOf(), unknownOf()]);
    await opened.writer.put({ pieces: [piece(0, 1, 1)] }, settledWith('x'));
    await opened.writer.put({ pieces: [piece(0, 2)] }, settledWith('a', 'b'));
    expect(await places(opened)).toEqual(['in-0:1', 'in-0:2']);
    await opened.writer.inputEnded(0, 6);
    expect(await places(opened)).toHaveLength(2);
    await opened.writer.put({ pieces: [piece(2, 3)] }, settledWith('c'));
    expect(await places(opened)).toEqual(['in-0:1', 'in-0:2', 'in-0:3', 'in-1:1']);
    await opened.files.close();
  });

  test('is written at once where earlier processes have settled what stands before', async () => {
    const ranges = [{ from: 0, to: 4, line: 1, nextLine: 3, outcome: noOutcome, inDoubt: false }];
    const opened = await open([unknownOf({ ranges, bytes: 4 }), unknownOf()]);
    await opened.writer.put({ pieces: [piece(0, 1, 1)] }, settledWith('x'));
    expect(await places(opened)).toEqual(['in-1:1']);
    await opened.files.close();
  });

  test('of rows in several inputs is told input by input', async () => {
    const opened = await open([unknownOf(), unknownOf()]);
    await opened.writer.put({ pieces: [piece(0, 2), piece(0, 1, 1)] }, settledWith('a', 'b', 'x'));
    await opened.writer.inputEnded(0, 4);
    expect(linesOf(await opened.output()).map(({ file, line, reply }) => [file, line, reply])).toEqual([
      ['in-0', 1, 'a'],
      ['in-0', 2, 'b'],
      ['in-1', 1, 'x'],
    ]);
    await opened.files.close();
  });

  test('is put down in turn, and trouble with one does not keep the next', async () => {
    const opened = await open();
    const broken = {
      kind: 'settled',
      accepted: 1,
      rejected: [],
      unknown: 0,
      replies: [{ row: 0, body: 1n }],
    } as Settled;
    const first = opened.writer.put({ pieces: [piece(1, 2)] }, broken);
    const second = opened.writer.put({ pieces: [piece(0, 1)] }, settledWith('a'));
    await expect(first).rejects.toThrow();
    await second;
    expect(await places(opened)).toEqual(['in-0:1']);
    await opened.files.close();
  });
});

describe('a reply that cannot be written', () => {
  test('is followed by none, and written once by the next process, in its place', async () => {
    const first = await open();
    const append = first.files.append.bind(first.files);
    first.files.append = async (path, bytes) => {
      if (path.endsWith('output')) throw new Failure('local', 'the disk is full');
      await append(path, bytes);
    };
    await first.writer.put({ pieces: [piece(1, 2)] }, settledWith('b'));
    const recorded = first.files.lengths();
    await expect(first.writer.put({ pieces: [piece(0, 1)] }, settledWith('a'))).rejects.toThrow('full');
    first.files.append = append;
    await expect(first.writer.put({ pieces: [piece(2, 3)] }, settledWith('c'))).rejects.toThrow('full');
    await expect(first.writer.inputEnded(0, 8)).rejects.toThrow('full');
    expect(await first.output()).toEqual([]);
    expect(first.files.lengths()).toEqual(recorded);
    await first.files.close();

    const second = await open([unknownOf({ gaps: [{ from: 6 }] })], recorded);
    await second.writer.put({ pieces: [piece(0, 1)] }, settledWith('a'));
    await second.writer.put({ pieces: [piece(2, 3)] }, settledWith('c'));
    expect(linesOf(await second.output()).map(({ reply }) => reply)).toEqual(['a', 'b', 'c']);
    await second.files.close();
  });
});

describe('a run that goes on', () => {
  test('writes all that it had written once more, and what it held', async () => {
    const first = await open();
    await first.writer.put({ pieces: [piece(0, 1)] }, settledWith('a'));
    await first.writer.put({ pieces: [piece(2, 3)] }, settledWith('c'));
    const recorded = first.files.lengths();
    await first.files.close();
    const second = await open([unknownOf({ gaps: [{ from: 2, to: 4 }, { from: 6 }] })], recorded);
    expect(await places(second)).toEqual(['in-0:1']);
    await second.writer.put({ pieces: [piece(1, 2)] }, settledWith('b'));
    expect(linesOf(await second.output()).map(({ reply }) => reply)).toEqual(['a', 'b', 'c']);
    await second.files.close();
  });

  test('takes the later of two replies to the same rows, which the earlier left unknown', async () => {
    const first = await open();
    const lost: Settled = { kind: 'settled', accepted: 0, rejected: [], unknown: 2 };
    await first.writer.put({ pieces: [piece(0, 2)] }, lost);
    const recorded = first.files.lengths();
    await first.files.close();
    const second = await open([unknownOf({ gaps: [{ from: 0, to: 4 }] })], recorded);
    expect(await second.output()).toEqual([]);
    await second.writer.put({ pieces: [piece(0, 2)] }, settledWith('a', 'b'));
    expect(linesOf(await second.output()).map(({ reply }) => reply)).toEqual(['a', 'b']);
    await second.files.close();
  });

  test.each([
    ['ends where they begin', { from: 0, to: 4 }, ['in-0:3', 'in-0:4']],
    ['begins where they end', { from: 8 }, ['in-0:3', 'in-0:4']],
    ['holds them', { from: 0 }, []],
    // The other one waits for it.
    ['holds their first', { from: 2, to: 6 }, []],
    ['holds their last', { from: 6, to: 10 }, ['in-0:3']],
  ])('leaves out replies to rows that are sent again: a gap that %s', async (_name, gap, kept) => {
    const first = await open();
    await first.writer.put({ pieces: [piece(2, 4)] }, settledWith('c', 'd'));
    const recorded = first.files.lengths();
    await first.files.close();
    const ranges = [{ from: 0, to: 4, line: 1, nextLine: 3, outcome: noOutcome, inDoubt: false }];
    const second = await open([unknownOf({ ranges, gaps: [gap] })], recorded);
    expect(await places(second)).toEqual(kept);
    await second.files.close();
  });

  test('adds behind what the output held before this run', async () => {
    const { writeFile } = await import('node:fs/promises');
    await writeFile(join(directory, 'output'), 'before\n');
    const output = join(directory, 'output');
    const first = await open([unknownOf()], { [output]: 7 });
    await first.writer.put({ pieces: [piece(0, 1)] }, settledWith('a'));
    const recorded = first.files.lengths();
    await first.files.close();
    const second = await open([unknownOf({ gaps: [{ from: 2 }] })], recorded);
    const [before, ...after] = await second.output();
    expect([before, after.length]).toEqual(['before', 1]);
    await second.files.close();
  });

  test('believes no more of its journal than the ledger vouches for', async () => {
    const first = await open();
    await first.writer.put({ pieces: [piece(0, 1)] }, settledWith('a'));
    const recorded = first.files.lengths();
    await first.writer.put({ pieces: [piece(1, 2)] }, settledWith('b'));
    await first.files.close();
    const second = await open([unknownOf({ gaps: [{ from: 2 }] })], recorded);
    expect(await places(second)).toEqual(['in-0:1']);
    await second.files.close();
  });
});

test('rows that were sent again have one reply each, also where some were not reached', async () => {
  const nothingKnown: Settled = { kind: 'settled', accepted: 0, rejected: [], unknown: 4 };
  const gaps = [{ from: 0, to: 8 }];
  const first = await open([unknownOf({ gaps })]);
  await first.writer.note({ pieces: [piece(0, 4)] }, nothingKnown);
  expect(await first.output()).toEqual([]);
  await first.writer.put({ pieces: [piece(1, 3)] }, settledWith('b', 'c'));
  const recorded = first.files.lengths();
  await first.files.close();

  const second = await open([unknownOf({ bytes: 8 })], recorded);
  expect(linesOf(await second.output())).toEqual([
    { file: 'in-0', line: 1, unknown: true },
    { file: 'in-0', line: 2, reply: 'b' },
    { file: 'in-0', line: 3, reply: 'c' },
    { file: 'in-0', line: 4, unknown: true },
  ]);
  await second.files.close();
});

test('rows that a chunk of an earlier process holds have the reply of that, in their place', async () => {
  const nothingKnown: Settled = { kind: 'settled', accepted: 0, rejected: [], unknown: 4 };
  const first = await open();
  await first.writer.put({ pieces: [piece(0, 4)] }, nothingKnown);
  const recorded = first.files.lengths();
  await first.files.close();

  const ranges = [
    { from: 0, to: 2, line: 1, nextLine: 2, outcome: noOutcome, inDoubt: true },
    { from: 4, to: 8, line: 3, nextLine: 5, outcome: noOutcome, inDoubt: true },
  ];
  const second = await open([unknownOf({ ranges, bytes: 8, gaps: [{ from: 2, to: 4 }] })], recorded);
  await second.writer.put({ pieces: [piece(1, 2)] }, settledWith('b'));
  await second.writer.finish();
  expect(linesOf(await second.output())).toEqual([
    { file: 'in-0', line: 1, unknown: true },
    { file: 'in-0', line: 2, reply: 'b' },
    { file: 'in-0', line: 3, unknown: true },
    { file: 'in-0', line: 4, unknown: true },
  ]);
  await second.files.close();
});
