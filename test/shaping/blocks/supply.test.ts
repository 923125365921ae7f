import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Input } from '../../../src/contracts/input.ts';
import type { BlockLimits } from '../../../src/contracts/supply.ts';
import type { RowShape } from '../../../src/contracts/target.ts';
import { Failure } from '../../../src/failure.ts';
import { createJsonFormat } from '../../../src/formats/json/json.ts';
import { createNdjsonFormat } from '../../../src/formats/ndjson.ts';
import type { FillId } from '../../../src/shaping/ids/ids.ts';
import type { Shaping } from '../../../src/shaping/rows/row-shaper.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { deliver, roomy } from '../delivered.ts';
import { memoryInput } from '../memory-input.ts';
import { propertyRuns } from '../../property-runs.ts';

const NO_DEMANDS: RowShape = { required: [] };
const DEMANDS: RowShape = {
  required: [{ path: '$time', reason: 'time-missing' }],
  times: [{ path: '$time', oldReason: 'old-event' }],
};

/** By their rules: all inputs may share one. */
const shapings = new Map<string, Shaping>();

function supplyOf(input: Input, options: { shape?: RowShape; fillId?: FillId; maxRowBytes?: number } = {}) {
  const { shape = NO_DEMANDS, fillId = 'off', maxRowBytes = 1 << 20 } = options;
  const rules = { shape, fillId, idField: '$unique_id', recipe: 'r', oldEvents: 'warn', nowMs: 0 } as const;
  const shaping = shapings.get(JSON.stringify(rules)) ?? createShaping(rules);
  shapings.set(JSON.stringify(rules), shaping);
  return createSupply({ input, inputIndex: 3, format: createNdjsonFormat(), shaping, maxRowBytes });
}

describe('rows that need no change', () => {
  test('leave as the bytes that came in, as one view', async () => {
    const text = '{"a":1}\n {"b" : [ 1.50 ] } \n{"c":12345678901234567890}\n';
    const { blocks } = await deliver(supplyOf(memoryInput(text)));
    expect(blocks).toEqual([
      {
        input: 3,
        range: { from: 0, to: text.length, line: 1 },
        nextLine: 4,
        text,
        rows: 3,
        events: 3,
        rejects: [],
        crc32: crc32(text),
        bytesCrc32: crc32(text),
        withoutId: 3,
        changes: {},
        warnings: {},
      },
    ]);
  });

  test.each([
    ['a byte order mark', '\uFEFF{"a":1}\n{"b":2}\n', '{"a":1}\n{"b":2}\n', 3],
    ['carriage returns', '{"a":1}\r\n{"b":2}\r\n', '{"a":1}\n{"b":2}\n', 3],
    ['blank lines', '\n\n{"a":1}\n  \t\r\n{"b":2}\n\n', '{"a":1}\n{"b":2}\n', 7],
    ['no final newline', '{"a":1}\n{"b":2}', '{"a":1}\n{"b":2}\n', 2],
    ['only a byte order mark', '\uFEFF', '', 1],
    ['only blank lines', '\n \n', '', 3],
  ])('%s', async (_, text, leaving, nextLine) => {
    for (const slabSize of [1, 2, 3, 5, 1000]) {
      const delivered = await deliver(supplyOf(memoryInput(text, [slabSize])));
      expect(delivered.text).toBe(leaving);
      expect(delivered.rejects).toEqual([]);
      expect(delivered.blocks.at(-1)).toMatchObject({ nextLine, range: { to: Buffer.byteLength(text) } });
    }
  });

  test('nothing at all is no block', async () => {
    expect((await deliver(supplyOf(memoryInput('')))).blocks).toEqual([]);
  });
});

test('the odd file of every row that can go wrong', async () => {
  const lines = [
    '\uFEFF{"$time":"2024-06-04T00:00:00Z","n":1}\r',
    '',
    'not json\r',
    '{"$time":"2024-06-04T00:00:00Z","n":12345678901234567890}\r',
    '{"n":2}',
    '[1,2]',
    '{"$time":1717459200}{"a":2}',
    '{"$time":"yesterday"}',
    '{"$time":"2024-06-04T00:00:00Z","last":true}',
  ];
  const { text, rejects } = await deliver(supplyOf(memoryInput(lines.join('\n')), { shape: DEMANDS }));
  expect(text).toBe([lines[0]!.slice(1, -1), lines[3]!.slice(0, -1), lines[8], ''].join('\n'));
  expect(rejects.map(({ line, reason, column }) => [line, reason, column])).toEqual([
    [3, 'not-json', 1],
    [5, 'time-missing', undefined],
    [6, 'not-an-object', 1],
    [7, 'more-than-one-value', 21],
    [8, 'time-unreadable', undefined],
  ]);
});

test('bytes that are no UTF-8 cost their own row only', async () => {
  const content = Buffer.concat([
    Buffer.from('{"a":"é"}\n{"b":"é'),
    Buffer.from([0xff]),
    Buffer.from('"}\n{"c":"é"}\n{"d":"'),
    Buffer.from([0xe2, 0x82]),
  ]);
  for (const slabSize of [1, 7, 1000]) {
    const { text, rejects } = await deliver(supplyOf(memoryInput(content, [slabSize])));
    expect(text).toBe('{"a":"é"}\n{"c":"é"}\n');
    expect(rejects.map(({ line, reason, column }) => [line, reason, column])).toEqual([
      [2, 'not-utf8', 8],
      [4, 'not-utf8', 7],
    ]);
  }
});

describe('limits of a block', () => {
  test('a row larger than a block is a block alone', async () => {
    const rows = ['{"a":1}', `{"b":"${'x'.repeat(100)}"}`, '{"c":3}', '{"d":4}', ''];
    const { blocks } = await deliver(supplyOf(memoryInput(rows.join('\n'))), undefined, {
      maxRows: 9,
      maxBytes: 16,
    });
    expect(blocks.map(({ text }) => text)).toEqual([
      `${rows[0]}\n`,
      `${rows[1]}\n`,
      `${rows[2]}\n${rows[3]}\n`,
    ]);
  });

  test('rejects do not pile up in one block', async () => {
    const { blocks, rejects } = await deliver(supplyOf(memoryInput('x\n'.repeat(10_000))));
    expect(rejects).toHaveLength(10_000);
    expect(Math.max(...blocks.map((block) => block.rejects.length))).toBeLessThan(5000);
  });
});

describe('rows that are too long', () => {
  test('one byte more than allowed is one reject', async () => {
    const row = (length: number) => `{"a":"${'x'.repeat(length - 8)}"}`;
    const text = [row(1000), row(1001), row(999), row(5000), row(1000)].join('\n');
    for (const slabSize of [1, 100, 999, 10_000]) {
      const input = memoryInput(text, [slabSize]);
      const delivered = await deliver(supplyOf(input, { maxRowBytes: 1000 }));
      expect(delivered.rows).toBe(3);
      expect(delivered.rejects).toMatchObject([
        { line: 2, from: 1001, to: 2002, reason: 'row-too-long' },
        { line: 4, from: 3003, to: 8003, reason: 'row-too-long' },
      ]);
    }
  });

  test('a long line at the end of the input', async () => {
    const text = `{"a":1}\n${'x'.repeat(3000)}`;
    const { rejects, blocks } = await deliver(supplyOf(memoryInput(text, [500]), { maxRowBytes: 1000 }));
    expect(rejects).toMatchObject([{ line: 2, from: 8, to: 3008, reason: 'row-too-long' }]);
    expect(blocks.at(-1)).toMatchObject({ range: { to: 3008 }, nextLine: 2 });
  });
});

const rowText = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 }).map((row) => JSON.stringify(row)),
  },
  fc.constantFrom(
    '',
    ' ',
    '{"$unique_id":"i","b":2}',
    'x',
    '[]',
    '{"a":"\u20ac"',
    `{"long":"${'é'.repeat(300)}"}`,
  ),
);
const fileText = fc
  .tuple(fc.boolean(), fc.array(fc.tuple(rowText, fc.constantFrom('\n', '\n', '\r\n'))), rowText)
  .map(
    ([mark, lines, last]) => `${mark ? '\uFEFF' : ''}${lines.map(([row, end]) => row + end).join('')}${last}`,
  );
const limitsArbitrary = fc.constantFrom<BlockLimits>(
  roomy,
  { maxRows: 1, maxBytes: 1e9 },
  { maxRows: 3, maxBytes: 100 },
  { maxRows: 1e9, maxBytes: 40 },
);

/** The rows of a file, as a plain reader finds them. */
function plainRows(text: string): { row: string; line: number }[] {
  return text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .map((row, index) => ({ row: row.replace(/\r$/, ''), line: index + 1 }))
    .filter(({ row }) => row.trim() !== '');
}

function isObject(row: string): boolean {
  try {
    const value: unknown = JSON.parse(row);
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

test('any file, in any slabs, under any limits: the good rows leave, ranges have no gaps, memory comes back', async () => {
  await fc.assert(
    fc.asyncProperty(
      fileText,
      fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 4 }),
      limitsArbitrary,
      async (text, slabSizes, limits) => {
        const input = memoryInput(text, slabSizes);
        const delivered = await deliver(supplyOf(input, { maxRowBytes: 500 }), undefined, limits);
        const rows = plainRows(text);
        const good = rows.filter(({ row }) => isObject(row) && Buffer.byteLength(row) <= 500);
        expect(delivered.thrown).toBe(undefined);
        expect(delivered.text).toBe(good.map(({ row }) => `${row}\n`).join(''));
        expect(delivered.rejects.map(({ line }) => line)).toEqual(
          rows.filter((row) => !good.includes(row)).map(({ line }) => line),
        );
        const bytes = Buffer.from(text);
        let expected = { from: 0, line: 1 };
        for (const {
          range,
          nextLine,
          crc32: digest,
          bytesCrc32,
          text: blockText,
          events,
        } of delivered.blocks) {
          expect({ from: range.from, line: range.line }).toEqual(expected);
          expect(digest).toBe(crc32(bytes.subarray(range.from, range.to)));
          expect([undefined, crc32(blockText)]).toContain(bytesCrc32);
          expect(events).toBeLessThanOrEqual(limits.maxRows);
          if (events > 1) expect(Buffer.byteLength(blockText)).toBeLessThanOrEqual(limits.maxBytes);
          expected = { from: range.to, line: nextLine };
        }
        expect(expected.from).toBe(bytes.length);
        expect(input.openSlabs()).toBe(0);
      },
    ),
    propertyRuns(100),
  );
});

test('any range of blocks, read again, gives the same rows, ids included', async () => {
  await fc.assert(
    fc.asyncProperty(fileText, fc.integer({ min: 1, max: 300 }), fc.nat(), async (text, slabSize, choice) => {
      const first = await deliver(supplyOf(memoryInput(text), { fillId: 'position' }), undefined, {
        maxRows: 2,
        maxBytes: 1e9,
      });
      const index = choice % Math.max(1, first.blocks.length);
      const rest = first.blocks.slice(index, index + 3);
      if (rest.length === 0) return;
      const range = { ...rest[0]!.range, to: rest.at(-1)!.range.to };
      const again = await deliver(supplyOf(memoryInput(text, [slabSize]), { fillId: 'position' }), range);
      expect(again.text).toBe(rest.map((block) => block.text).join(''));
    }),
    propertyRuns(60),
  );
});

test('locates events and gives rows back verbatim', async () => {
  const lines = ['{"a":0}', 'bad', '', '{"a":1}\r', '{"a":2}', '{"a":3}'];
  const input = memoryInput(lines.join('\n'), [5]);
  const supply = supplyOf(input);
  const range = { from: 0, to: lines.join('\n').length, line: 1 };
  const places = await supply.locate(range, [1, 3]);
  expect(places.map(({ line }) => line)).toEqual([4, 6]);
  const pieces: string[] = [];
  for await (const piece of supply.verbatim(places[0]!)) pieces.push(Buffer.from(piece).toString());
  expect(pieces.join('')).toBe('{"a":1}');
  expect(input.openSlabs()).toBe(0);
});

test('an input that breaks off gives its whole rows, then its failure', async () => {
  for (const slabSize of [1, 10, 17, 1000]) {
    const whole = memoryInput('{"a":1}\n{"b":2}\r\n{"c":3', [slabSize]);
    const torn: Input = {
      ...whole,
      async *read(from, to) {
        yield* whole.read(from, to);
        throw new Failure('local', 'unexpected end of file');
      },
    };
    const { text, thrown } = await deliver(supplyOf(torn));
    expect(text).toBe('{"a":1}\n{"b":2}\n');
    expect(thrown).toBeInstanceOf(Failure);
  }
});

test.each(['[{"a":1},{"b":2}]\n', '[{"a":1},{"b":2}\n'])(
  'an array that an earlier run has read to its end ends as it did then: %j',
  async (content) => {
    const input = memoryInput(content, [7]);
    const [{ shape, fillId }, format] = [{ shape: NO_DEMANDS, fillId: 'off' } as const, createJsonFormat()];
    const rules = { shape, fillId, idField: '$unique_id', recipe: 'r', oldEvents: 'warn', nowMs: 0 } as const;
    const options = { input, inputIndex: 0, format, shaping: createShaping(rules), maxRowBytes: 1 << 20 };
    const thrownFrom = async (from: number): Promise<unknown> => {
      try {
        for await (const block of createSupply(options).blocks(
          { from, line: 1 },
          { maxRows: 9, maxBytes: 1e9 },
        ))
          block.release();
        return undefined;
      } catch (error) {
        return error;
      }
    };
    const first = await thrownFrom(0);
    expect(first instanceof Failure).toBe(!content.includes(']'));
    expect(await thrownFrom(content.length)).toEqual(first);
    expect(input.openSlabs()).toBe(0);
  },
);

test('a reader that is left early gives everything back', async () => {
  const input = memoryInput('{"a":1}\n'.repeat(100), [64]);
  for await (const block of supplyOf(input).blocks({ from: 0, line: 1 }, { maxRows: 3, maxBytes: 1e9 })) {
    block.release();
    break;
  }
  expect(input.openSlabs()).toBe(0);
});
