import { hash } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, onTestFinished, test } from 'vitest';
import { ThreadPool, threadsOf } from '../../../../src/application/delivery/threads/thread-pool.ts';
import type { ShapingPass, ShapingThreads } from '../../../../src/contracts/shaping-threads.ts';
import type { RowShape } from '../../../../src/contracts/target.ts';
import { createTableFormat } from '../../../../src/formats/csv/csv.ts';
import { CSV_DIALECT } from '../../../../src/formats/csv/dialect.ts';
import { createNdjsonFormat } from '../../../../src/formats/ndjson.ts';
import { createSupply } from '../../../../src/shaping/blocks/supply.ts';
import { parseJson } from '../../../../src/shaping/json/values.ts';
import type { Reshaping } from '../../../../src/shaping/reshape/reshape.ts';
import type { RowRules } from '../../../../src/shaping/rows/row-rules.ts';
import { createShaping } from '../../../../src/shaping/shaping.ts';
import { createZoneOffset } from '../../../../src/shaping/time/time-zone.ts';
import { propertyRuns } from '../../../property-runs.ts';
import { deliver, roomy, type Delivered } from '../../../shaping/delivered.ts';
import { memoryInput } from '../../../shaping/memory-input.ts';
import { fileText } from '../../../shaping/row-arbitraries.ts';

const SHAPE: RowShape = {
  required: [{ path: '$time', reason: 'time-missing' }],
  times: [{ path: '$time', oldAfterMs: 7 * 86_400_000, oldReason: 'old-event' }],
  oneOf: { keys: ['$package', '$tracking_pixel', '$pixel'], reason: 'artifact-missing' },
  renames: { $pixel: '$tracking_pixel' },
};
const timeZone = 'Europe/Berlin';
const rules: RowRules = {
  shape: SHAPE,
  fillId: 'position',
  idField: '$unique_id',
  recipe: 'r',
  oldEvents: 'warn',
  nowMs: Date.parse('2026-11-24T12:00:00Z'),
  zoneOffset: createZoneOffset(timeZone),
};
const shaping = createShaping(rules);
const PLAIN = '{"$time":"2026-11-24T00:00:00.123Z","$package":"p","n":[1,{"a":"\\u00e9"}],"é":-1.5e3}';
const ZONELESS = '{"$time":"2026-11-24 10:00:00","$package":"p"}';
/** Past the beginning of an input, on which ids depend, and which stays with the thread that reads. */
const BEGINNING = `${PLAIN}\n`.repeat(1000);

async function poolOf(threads: number): Promise<ThreadPool> {
  const pool = ThreadPool.create(threads, { rules, timeZone, maxRowBytes: 10_000 });
  if (pool === undefined) throw new Error('no threads');
  onTestFinished(() => pool.close());
  pool.expect(1e9);
  await pool.started();
  return pool;
}

/** Counts what other threads took. */
function watched(pool: ShapingThreads): {
  threads: ShapingThreads;
  taken: () => number;
  lastOffset: () => number;
} {
  let taken = 0;
  let lastOffset = 0;
  const finish: ShapingThreads['finish'] = (lines, pass) => {
    const blocks = pool.finish(lines, pass);
    if (blocks === undefined) return undefined;
    taken++;
    lastOffset = lines.offset;
    return blocks;
  };
  return { threads: { ahead: pool.ahead, finish }, taken: () => taken, lastOffset: () => lastOffset };
}

interface Reading {
  content: Buffer;
  slabSizes: readonly number[];
  limits?: { maxRows: number; maxBytes: number };
  threads?: ShapingThreads;
}

async function read({ content, slabSizes, limits = roomy, threads }: Reading): Promise<unknown> {
  const input = memoryInput(content, slabSizes, { isShared: true });
  const format = createNdjsonFormat();
  const supply = createSupply({ input, inputIndex: 2, format, shaping, maxRowBytes: 10_000, threads });
  const delivered = await deliver(supply, undefined, { ...limits, takesDeflated: true });
  expect(input.openSlabs()).toBe(0);
  return withoutBounds(delivered);
}

/** What several threads do must leave in the same blocks, too. */
function withoutBounds({ blocks, ...delivered }: Delivered): unknown {
  return { ...delivered, ranges: blocks.map(({ range, nextLine, crc32 }) => ({ range, nextLine, crc32 })) };
}

describe('rows that several threads take', () => {
  test('are what one thread makes of them, in their order, whatever becomes of each', async () => {
    const pool = watched(await poolOf(3));
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.oneof(fileText, fc.constant(`${PLAIN}\n${ZONELESS}\n`)), { maxLength: 30 }),
        fc.integer({ min: 100, max: 5000 }),
        fc.constantFrom(roomy, { maxRows: 2, maxBytes: 1e9 }, { maxRows: 1e9, maxBytes: 250 }),
        async (texts, slabSize, limits) => {
          const content = Buffer.from(BEGINNING + texts.join('') + PLAIN);
          const reading = { content, slabSizes: [70_000, slabSize], limits };
          expect(await read({ ...reading, threads: pool.threads })).toEqual(await read(reading));
        },
      ),
      propertyRuns(20),
    );
    expect(pool.taken()).toBeGreaterThan(0);
  }, 300_000);

  test('may be megabytes', async () => {
    const pool = watched(await poolOf(2));
    const content = Buffer.from(`${PLAIN}\n`.repeat(30_000) + '[]\n');
    const reading = { content, slabSizes: [1 << 20] };
    expect(await read({ ...reading, threads: pool.threads })).toEqual(await read(reading));
    expect(pool.taken()).toBeGreaterThan(0);
  }, 300_000);
});

const reshaping: Reshaping = {
  map: [{ from: 'when', to: '$time' }],
  types: [],
  typeErrors: 'reject',
  set: [
    { at: '$version', value: '1.0' },
    // A number whose digits are kept is an object with methods, which threads cannot be told of.
    { at: 'size', value: parseJson('[1.10]') },
  ],
  keep: [],
  drop: ['note'],
};
const RECORD = '2026-11-24T00:00:00.123Z,p,"a, ""note""\nof lines",1\n';
const ODD_RECORDS = [
  RECORD,
  '2026-11-24 10:00:00,p,,2\n',
  'never,p,,3\n',
  '2026-11-24T00:00:00Z,p,a 3" disc,4\n',
  '2026-11-24T00:00:00Z,p,"open\n',
  `2026-11-24T00:00:00Z,p,"${'\n'.repeat(101)}",5\n`,
  '\n',
  'p\n',
];

describe('records of a table that several threads take', () => {
  const readTable = async ({ content, slabSizes, threads }: Reading): Promise<unknown> => {
    const input = memoryInput(content, slabSizes, { isShared: true });
    const format = createTableFormat({ name: 'csv', dialect: CSV_DIALECT, header: 'first', empty: 'omit' });
    const reshaped = createShaping({ ...rules, reshaping });
    const supply = createSupply({
      input,
      inputIndex: 2,
      format,
      shaping: reshaped,
      maxRowBytes: 10_000,
      threads,
    });
    const { blocks, ...delivered } = await deliver(supply, undefined, { ...roomy, takesDeflated: true });
    expect(input.openSlabs()).toBe(0);
    const { range, nextLine } = blocks.at(-1)!;
    return { ...delivered, end: range.to, nextLine };
  };

  test('are what one thread makes of them, also when quotes mislead where they are cut', async () => {
    const pool = ThreadPool.create(3, { rules: { ...rules, reshaping }, timeZone, maxRowBytes: 10_000 });
    if (pool === undefined) throw new Error('no threads');
    onTestFinished(() => pool.close());
    // Nothing is known to be a table before so much of one was read.
    const many = { start: Buffer.alloc(0), rest: Buffer.alloc(0), offset: 0, release: () => undefined };
    expect(pool.finish({ ...many, byteLength: 1e9 }, pass)).toBeUndefined();
    await pool.started();
    const observed = watched(pool);
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.constantFrom(RECORD, RECORD, RECORD, ...ODD_RECORDS), { maxLength: 40 }),
        fc.integer({ min: 300, max: 3000 }),
        async (records, slabSize) => {
          const beginning = `when,$package,note,n\n${RECORD.repeat(1500)}`;
          const content = Buffer.from(beginning + records.join(''));
          const reading = { content, slabSizes: [70_000, slabSize] };
          expect(await readTable({ ...reading, threads: observed.threads })).toEqual(
            await readTable(reading),
          );
        },
      ),
      propertyRuns(20),
    );
    expect(observed.taken()).toBeGreaterThan(0);
  }, 300_000);
});

test('rows whose keys move are what one thread makes of them', async () => {
  const keysMove = { ...reshaping, drop: ['n'] };
  const pool = ThreadPool.create(2, {
    rules: { ...rules, reshaping: keysMove },
    timeZone,
    maxRowBytes: 10_000,
  });
  if (pool === undefined) throw new Error('no threads');
  onTestFinished(() => pool.close());
  const readRows = async (threads?: ShapingThreads) => {
    const content = Buffer.from(
      `${'{"when":"2026-11-24T00:00:00Z","$package":"p","n":1}\n'.repeat(3000)}[]\n`,
    );
    const input = memoryInput(content, [70_000, 5000], { isShared: true });
    const shaped = createShaping({ ...rules, reshaping: keysMove });
    const format = createNdjsonFormat();
    const supply = createSupply({
      input,
      inputIndex: 2,
      format,
      shaping: shaped,
      maxRowBytes: 1000,
      threads,
    });
    return withoutBounds(await deliver(supply, undefined, { ...roomy, takesDeflated: true }));
  };
  void pool.finish({ ...linesOf(new ArrayBuffer(0)), byteLength: 1e9 }, pass);
  await pool.started();
  const observed = watched(pool);
  expect(await readRows(observed.threads)).toEqual(await readRows());
  expect(observed.taken()).toBeGreaterThan(0);
});

describe('threads are at work again', () => {
  const poolAfter = async (reshaped: RowRules) => {
    const pool = ThreadPool.create(2, { rules: reshaped, timeZone, maxRowBytes: 1e6 });
    if (pool === undefined) throw new Error('no threads');
    onTestFinished(() => pool.close());
    void pool.finish({ ...linesOf(new ArrayBuffer(0)), byteLength: 1e9 }, pass);
    await pool.started();
    return watched(pool);
  };
  const mebibyte = 1 << 20;
  const dialect = { name: 'csv', dialect: CSV_DIALECT, header: 'first', empty: 'omit' } as const;

  test.each([
    [
      'a quote that stands in a cell without quotes',
      () => createTableFormat(dialect),
      [
        `when,$package,note,n\n${RECORD.repeat(30_000)}`,
        '2026-11-24T00:00:00Z,p,a 3" disc,4\n',
        RECORD.repeat(90_000),
      ],
    ],
    [
      'a row that no slab holds',
      () => createNdjsonFormat(),
      [
        `${ZONELESS}\n`.repeat(30_000),
        `{"long":"${'x'.repeat(2 * mebibyte)}"}\n`,
        `${ZONELESS}\n`.repeat(90_000),
      ],
    ],
  ])(
    'behind %s',
    async (_, format, [before, odd, behind]) => {
      const reshaped = odd!.startsWith('{') ? rules : { ...rules, reshaping };
      const content = Buffer.from(before! + odd! + behind!);
      const observed = await poolAfter(reshaped);
      const readAll = async (threads?: ShapingThreads) => {
        const input = memoryInput(content, [mebibyte], { isShared: true });
        const shaped = createShaping(reshaped);
        const supply = createSupply({
          input,
          inputIndex: 2,
          format: format(),
          shaping: shaped,
          maxRowBytes: 1e6,
          threads,
        });
        const { blocks, text, ...delivered } = await deliver(supply, undefined, {
          ...roomy,
          takesDeflated: true,
        });
        expect(input.openSlabs()).toBe(0);
        return {
          ...delivered,
          text: hash('sha256', text),
          end: blocks.at(-1)?.range.to,
          line: blocks.at(-1)?.nextLine,
        };
      };
      expect(await readAll(observed.threads)).toEqual(await readAll());
      expect(observed.lastOffset()).toBeGreaterThan(content.length - 2 * mebibyte - behind!.length / 2);
    },
    120_000,
  );
});

const pass: ShapingPass = {
  input: 0,
  limits: { ...roomy, takesDeflated: true },
  head: Buffer.from(BEGINNING.slice(0, 65_536)),
};

function linesOf(buffer: ArrayBufferLike, release = () => undefined as void) {
  const rest = Buffer.from(buffer);
  rest.write(`${PLAIN}\n`.repeat(Math.floor(rest.length / (PLAIN.length + 2))));
  return { start: Buffer.alloc(0), rest, offset: 100_000, byteLength: rest.length, release };
}

test('lines that a thread had when it ended are an error, and give their memory back', async () => {
  const pool = await poolOf(2);
  let released = 0;
  const taken = pool.finish(
    linesOf(new SharedArrayBuffer(1 << 20), () => void released++),
    pass,
  );
  const failed = expect(taken).rejects.toMatchObject({ kind: 'bug' });
  await pool.close();
  await failed;
  expect(released).toBe(1);
  expect(pool.finish(linesOf(new SharedArrayBuffer(1 << 10)), pass)).toBeUndefined();
});

test('lines in memory that no other thread sees are left to this one', async () => {
  const pool = await poolOf(2);
  expect(pool.finish(linesOf(new ArrayBuffer(1 << 10)), pass)).toBeUndefined();
});

test('a thread that cannot start is not missed', async () => {
  const notCloneable = { ...rules, recipe: (() => 'r') as unknown as string };
  const pool = ThreadPool.create(2, { rules: notCloneable, timeZone, maxRowBytes: 10_000 });
  pool?.expect(1e9);
  await pool?.started();
  expect(pool?.finish(linesOf(new SharedArrayBuffer(1 << 10)), pass)).toBeUndefined();
  await pool?.close();
});

test('says of each thread that it has started', async () => {
  let started = 0;
  const pool = ThreadPool.create(3, { rules, timeZone, maxRowBytes: 10_000 }, () => started++);
  pool?.expect(1e9);
  expect(started).toBe(0);
  await pool?.started();
  expect(started).toBe(2);
  await pool?.close();
});

test('little to read starts no thread', async () => {
  const pool = ThreadPool.create(2, { rules, timeZone, maxRowBytes: 10_000 });
  pool?.expect(8 * 1024 * 1024 - 1);
  await pool?.started();
  expect(pool?.finish(linesOf(new SharedArrayBuffer(0)), pass)).toBeUndefined();
  await pool?.close();
});

test('rows that have times in a form of their own stay in one thread, and reshaped ones until there is a table', async () => {
  const timeFormat = () => undefined;
  expect(ThreadPool.create(2, { rules: { ...rules, timeFormat }, timeZone, maxRowBytes: 1 })).toBeUndefined();
  expect(ThreadPool.create(1, { rules, timeZone, maxRowBytes: 1 })).toBeUndefined();
  const pool = ThreadPool.create(2, { rules: { ...rules, reshaping }, timeZone, maxRowBytes: 1 });
  pool?.expect(1e9);
  await pool?.started();
  expect(pool?.finish(linesOf(new SharedArrayBuffer(1 << 10)), pass)).toBeUndefined();
  await pool?.close();
});

test.each([
  [undefined, undefined, 4, undefined, 4],
  [undefined, undefined, 64, undefined, 8],
  [3, undefined, 1, undefined, 3],
  [3, undefined, 4, 1e9, 1],
  [undefined, 8, 2, undefined, 1],
  [undefined, 2, 4, undefined, 2],
  [undefined, 3, 16, undefined, 5],
  [4, 8, 2, undefined, 4],
])(
  '--threads %s in one of %s parts on %s cores, with %s bytes to address: %s',
  (threads, parts, cores, limitBytes, expected) => {
    const addressSpace = () => ({ limitBytes, hasGuardRegions: true });
    expect(threadsOf({ threads, parts }, { cores, addressSpace })).toBe(expected);
  },
);
