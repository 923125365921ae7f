import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Input } from '../../../src/contracts/input.ts';
import type { RowShape } from '../../../src/contracts/target.ts';
import { Failure } from '../../../src/failure.ts';
import { createNdjsonFormat } from '../../../src/formats/ndjson.ts';
import type { RowRules } from '../../../src/shaping/rows/row-rules.ts';
import type { Shaping } from '../../../src/shaping/rows/row-shaper.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { propertyRuns } from '../../property-runs.ts';
import { deliver, roomy, type Delivered } from '../delivered.ts';
import { memoryInput, type MemoryInput } from '../memory-input.ts';
import { fileText } from '../row-arbitraries.ts';

const nowMs = Date.parse('2026-11-24T12:00:00Z');
const SHAPE: RowShape = {
  required: [{ path: '$time', reason: 'time-missing' }],
  times: [{ path: '$time', oldAfterMs: 7 * 86_400_000, oldReason: 'old-event' }],
  oneOf: { keys: ['$package', '$tracking_pixel', '$pixel'], reason: 'artifact-missing' },
  renames: { $pixel: '$tracking_pixel' },
  fieldTypes: { $version: 'text' },
};
const PLAIN = '{"$time":"2026-11-24T00:00:00.123Z","$package":"p","n":[1,{"a":"\\u00e9"}],"é":-1.5e3}';

const SHORT = '{"$time":"2026-11-24T00:00:00Z","$package":"p"}';

interface Reading {
  content: Uint8Array;
  slabSizes: readonly number[];
  fillId?: RowRules['fillId'];
  maxRowBytes?: number;
  limits?: { maxRows: number; maxBytes: number };
  range?: { from: number; to?: number; line: number };
}

const SHAPINGS = { position: shapingOf('position'), content: shapingOf('content'), off: shapingOf('off') };

function shapingOf(fillId: RowRules['fillId']): Shaping {
  return createShaping({
    shape: SHAPE,
    fillId,
    idField: '$unique_id',
    recipe: 'r',
    oldEvents: 'warn',
    nowMs,
  });
}

function supplyOf(input: Input, { fillId = 'position', maxRowBytes = 300 }: Partial<Reading>) {
  const shaping = SHAPINGS[fillId];
  return createSupply({ input, inputIndex: 0, format: createNdjsonFormat(), shaping, maxRowBytes });
}

/** Reads in finished slabs, then row by row as ever. */
async function readBothWays(reading: Reading): Promise<{ finished: Delivered; usual: Delivered }> {
  const { content, slabSizes, limits = roomy, range } = reading;
  const read = async (takesDeflated: boolean): Promise<Delivered> => {
    const input = memoryInput(content, slabSizes);
    const delivered = await deliver(supplyOf(input, reading), range, { ...limits, takesDeflated });
    expect(input.openSlabs()).toBe(0);
    return delivered;
  };
  return { finished: await read(true), usual: await read(false) };
}

/** Where blocks end is no matter; what they say together is. */
function whole({ blocks, ...delivered }: Delivered): unknown {
  return { ...delivered, end: blocks.at(-1)?.range.to, nextLine: blocks.at(-1)?.nextLine };
}

function expectNoGaps({ blocks }: Delivered, content: Uint8Array): void {
  let expected = { from: 0, line: 1 };
  for (const { range, nextLine, crc32: digest } of blocks) {
    expect({ from: range.from, line: range.line }).toEqual(expected);
    expect(digest).toBe(crc32(content.subarray(range.from, range.to)));
    expected = { from: range.to, line: nextLine };
  }
  expect(expected.from).toBe(content.length);
}

const slabSizes = fc.array(fc.integer({ min: 1, max: 2000 }), { minLength: 1, maxLength: 3 });

test('rows of finished slabs are those of rows read one by one, ids and rejects included', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.oneof(fileText, fc.constant(`${PLAIN}\n`)), { maxLength: 4 }),
      fc.boolean(),
      slabSizes,
      fc.constantFrom('position', 'content', 'off'),
      fc.constantFrom(roomy, { maxRows: 2, maxBytes: 1e9 }, { maxRows: 1e9, maxBytes: 250 }),
      async (texts, isClosed, sizes, fillId, limits) => {
        const content = Buffer.from(isClosed ? texts.join('') : `\uFEFF${texts.join('')}${PLAIN}`);
        const { finished, usual } = await readBothWays({ content, slabSizes: sizes, fillId, limits });
        expect(whole(finished)).toEqual(whole(usual));
        expectNoGaps(finished, content);
      },
    ),
    propertyRuns(150),
  );
});

test('an input of so few bytes that they may be a part of a byte order mark is read', async () => {
  for (const text of ['{}\n', '{}', '\n', '[]\n']) {
    const { finished, usual } = await readBothWays({ content: Buffer.from(text), slabSizes: [10] });
    expect(whole(finished)).toEqual(whole(usual));
    expectNoGaps(finished, Buffer.from(text));
  }
});

test('bytes that were changed, and are no UTF-8 perhaps, cost the same rows', async () => {
  await fc.assert(
    fc.asyncProperty(fileText, fc.nat(), fc.nat(255), slabSizes, async (text, place, byte, sizes) => {
      const content = Buffer.from(`${text}${PLAIN}\n`);
      content[place % content.length] = byte;
      const { finished, usual } = await readBothWays({ content, slabSizes: sizes });
      expect(whole(finished)).toEqual(whole(usual));
      // What looks like UTF-16 is refused as a whole.
      if (finished.thrown === undefined) expectNoGaps(finished, content);
    }),
    propertyRuns(150),
  );
});

test('a part that is read again, in other slabs, is the same', async () => {
  await fc.assert(
    fc.asyncProperty(fileText, slabSizes, fc.nat(), fc.nat(), async (text, sizes, first, count) => {
      const content = Buffer.from(`${PLAIN}\n`.repeat(8) + text + PLAIN);
      const { blocks } = (
        await readBothWays({ content, slabSizes: sizes, limits: { maxRows: 2, maxBytes: 1e9 } })
      ).finished;
      const part = blocks.slice(first % blocks.length).slice(0, 1 + (count % 4));
      const range = { ...part[0]!.range, to: part.at(-1)!.range.to };
      const again = await readBothWays({ content, slabSizes: [1 << 20], range });
      expect(again.finished.text).toBe(part.map(({ text: rows }) => rows).join(''));
      expect(again.usual.text).toBe(again.finished.text);
    }),
    propertyRuns(60),
  );
});

test('files of many slabs, with rows that are odd, long, longer than a slab, or swollen by their ids', async () => {
  const rows = Array.from({ length: 30_000 }, (_, index) => PLAIN.replace('"n"', `"n${index}"`));
  rows[11_000] = 'not json';
  rows[12_000] = `${PLAIN}\r`;
  rows[15_000] = PLAIN.replace('"n"', `"long":"${'x'.repeat(100_000)}","n"`);
  rows.splice(20_000, 0, ...Array.from({ length: 60_000 }, () => SHORT));
  const usualRows = Buffer.from(`${rows.join('\n')}\n`);
  rows[25_000] = PLAIN.replace('"n"', `"longer":"${'x'.repeat(2_500_000)}","n"`);
  const longRow = Buffer.from(rows.join('\n'));
  for (const content of [usualRows, longRow]) {
    for (const sizes of [[1 << 20], [70_000, 1 << 20]]) {
      const limits = { maxRows: 1e9, maxBytes: 2 << 20 };
      const reading = { content, slabSizes: sizes, maxRowBytes: 200_000, limits };
      const { finished, usual } = await readBothWays(reading);
      expect(finished.text === usual.text).toBe(true);
      expect({ ...(whole(finished) as object), text: '' }).toEqual({ ...(whole(usual) as object), text: '' });
      expectNoGaps(finished, content);
    }
  }
});

test('bytes that hardly compress fit beside their slab', async () => {
  const noise = fc.sample(fc.stringMatching(/^[!#-[\]-~]{200}$/), { numRuns: 40, seed: 7 });
  const content = Buffer.from(
    noise.map((text) => `{"$time":"2026-11-24T00:00:00Z","$package":"${text}"}\n`).join(''),
  );
  const { finished, usual } = await readBothWays({ content, slabSizes: [300, 5000] });
  expect(whole(finished)).toEqual(whole(usual));
});

test('an input that breaks off gives its whole rows, then its failure', async () => {
  for (const slabSize of [10, 90, 1000]) {
    const source = memoryInput(`${PLAIN}\n${PLAIN}\n{"$time"`, [slabSize]);
    const torn: Input = {
      ...source,
      async *read(from, to) {
        yield* source.read(from, to);
        throw new Failure('local', 'unexpected end of file');
      },
    };
    const delivered = await deliver(supplyOf(torn, {}), undefined, { ...roomy, takesDeflated: true });
    expect(delivered).toMatchObject({ rows: 2, rejects: [], thrown: expect.any(Failure) as unknown });
  }
});

test('a slab that cannot be read at all is given back', async () => {
  const input = memoryInput(`\u0000${PLAIN}\n`, [1]);
  const delivered = await deliver(supplyOf(input, {}), undefined, { ...roomy, takesDeflated: true });
  expect(delivered.thrown).toMatchObject({ kind: 'usage' });
  expect(input.openSlabs()).toBe(0);
});

test('a reader that is left early gives everything back', async () => {
  const input: MemoryInput = memoryInput(`${PLAIN}\n`.repeat(100), [1000]);
  const limits = { maxRows: 3, maxBytes: 1e9, takesDeflated: true };
  for await (const block of supplyOf(input, {}).blocks({ from: 0, line: 1 }, limits)) {
    block.release();
    break;
  }
  expect(input.openSlabs()).toBe(0);
});

test('rows of which only the size matters come with their length, and are checked as all others', async () => {
  // One part in 32 is compressed all the same: the first is.
  const content = Buffer.from(`${PLAIN}\nbad\n${SHORT}\n`.repeat(18_000));
  const read = async (measuredFrom?: number) => {
    const input = memoryInput(content, [65_536]);
    const limits = { ...roomy, takesDeflated: true, ...(measuredFrom === undefined ? {} : { measuredFrom }) };
    const { blocks, text, ...delivered } = await deliver(supplyOf(input, {}), undefined, limits);
    expect(input.openSlabs()).toBe(0);
    const left = blocks.filter(({ measuredLength }) => measuredLength !== undefined);
    const length = left.reduce(
      (sum, { measuredLength = 0 }) => sum + measuredLength,
      Buffer.byteLength(text),
    );
    return { delivered, length, left: left.map(({ range }) => range.from) };
  };
  const exact = await read();
  const measured = await read(2_200_000);
  expect(exact.left).toEqual([]);
  expect(measured.left.length).toBeGreaterThan(2);
  expect(Math.min(...measured.left)).toBeGreaterThanOrEqual(2_200_000);
  expect(measured.delivered).toEqual(exact.delivered);
  expect(measured.length).toBe(exact.length);
});
