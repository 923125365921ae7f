import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createJsonFormat } from '../../../src/formats/json/json.ts';
import { deliver, roomy, type Delivered } from '../../shaping/delivered.ts';
import { places, rowsOf, supplyIn } from '../rows.ts';
import { propertyRuns } from '../../property-runs.ts';

const SLABS: [number[]][] = [[[1]], [[2, 3]], [[7]], [[10_000]]];

function read(
  content: string,
  slabSizes: readonly number[] = [10_000],
  maxRowBytes = 1 << 20,
): Promise<Delivered> {
  return deliver(supplyIn(createJsonFormat(), content, { slabSizes, maxRowBytes }));
}

test.each(SLABS)('elements in any layout, in slabs of %j', async (slabSizes) => {
  const text =
    '\uFEFF [\n {"a": "x]}\\"[",\r\n  "b": [1, {"c": 2}]} , {"d":12345678901234567890}\n,\n\n{"e":[]}\n]\n\n';
  const delivered = await read(text, slabSizes);
  expect(delivered.text).toBe(
    ' {"a": "x]}\\"[",    "b": [1, {"c": 2}]}\n{"d":12345678901234567890}\n{"e":[]}\n'.slice(1),
  );
  expect(delivered.rejects).toEqual([]);
  expect(delivered.blocks.at(-1)).toMatchObject({ nextLine: 9, range: { to: Buffer.byteLength(text) } });
});

test.each(SLABS)(
  'elements that are no objects are rejects with their lines, in slabs of %i',
  async (slabSizes) => {
    const text = '[1, "a,b"\n,[{}],\n{"a":1},{"b":},\n{"c":"x\ny"}, nonsense , {"d":1} {"e":2}, ]';
    const delivered = await read(text, slabSizes);
    expect(rowsOf(delivered)).toEqual([{}, { a: 1 }, { d: 1 }]);
    expect(places(delivered)).toEqual([
      [1, 'not-an-object'],
      [1, 'not-an-object'],
      [3, 'not-json'],
      [4, 'not-json'],
      [5, 'not-json'],
      [5, 'not-json'],
    ]);
  },
);

describe('values one after another', () => {
  test.each([
    ['{"a":1}{"b":2}\t{"c":3}'],
    ['{\n  "a": 1\n}\n{\n  "b": 2\n}\n{\n  "c": 3\n}\n'],
    ['[{"a":1},{"b":2}]\n[{"c":3}]\n'],
    ['[[{"a":1}],[{"b":2},{"c":3}]]'],
    ['{"a":1},\n{"b":2},\n{"c":3},\n'],
    ['{"a":1}\n\n[{"b":2}]{"c":3}'],
  ])('%j', async (text) => {
    for (const [slabSizes] of SLABS) {
      const delivered = await read(text, slabSizes);
      expect(rowsOf(delivered)).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
      expect(delivered).toMatchObject({ rejects: [], thrown: undefined });
    }
  });

  test('what is no object is a reject with its line', async () => {
    const delivered = await read('{"a":1}\nx\n{"b":2} 5');
    expect(rowsOf(delivered)).toEqual([{ a: 1 }, { b: 2 }]);
    expect(places(delivered).map((place) => (place as unknown[])[0])).toEqual([2, 3]);
  });

  test.each([
    ['a quote that is not closed', '{\n"a": "x,\n"b": 1\n}\n{"c":3}\n{"d":4}\n'],
    ['a bracket that is not closed', '{\n"a": {"b": 1\n}\n{"c":3}\n{"d":4}\n'],
  ])('%s costs its value and no other', async (_, text) => {
    for (const [slabSizes] of SLABS) {
      const delivered = await read(text, slabSizes);
      expect(rowsOf(delivered)).toEqual([{ c: 3 }, { d: 4 }]);
      expect(places(delivered)).toEqual([[1, 'not-json']]);
      expect(delivered.blocks.at(-1)?.nextLine).toBe(text.split('\n').length);
    }
  });
});

describe('rows in an envelope', () => {
  const pages =
    '{"count":2,\n"data":{"n":[0],"items":[{"a":1},\n{"b":2}]},"x":[{"no":1}]}\n{"data":{"items":[{"c":3}]}}\n';

  test.each(SLABS)('at a path, page after page, in slabs of %j', async (slabSizes) => {
    const format = createJsonFormat({ path: ['data', 'items'] });
    const supply = supplyIn(format, pages, { slabSizes });
    const delivered = await deliver(supply, undefined, { ...roomy, maxRows: 1 });
    expect(rowsOf(delivered)).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }]);
    expect(delivered).toMatchObject({ rejects: [], thrown: undefined });
    expect(delivered.blocks.at(-1)).toMatchObject({ nextLine: 5, range: { to: pages.length } });
    for (const { range, text } of delivered.blocks) {
      expect((await deliver(supply, range)).text).toBe(text);
      const rest = await deliver(supply, { from: range.from, line: range.line });
      expect(delivered.text.endsWith(rest.text)).toBe(true);
      expect(rest.thrown).toBe(undefined);
    }
  });

  test('an object without the list is a reject, and one that is cut off a failure', async () => {
    const format = createJsonFormat({ path: ['data'] });
    const delivered = await deliver(supplyIn(format, '{"data":[{"a":1}]}\n{"error":1}\n{"data":[{"b":2},'));
    expect(rowsOf(delivered)).toEqual([{ a: 1 }, { b: 2 }]);
    expect(places(delivered)).toEqual([[2, 'path-missing']]);
    expect(delivered.thrown).toMatchObject({ kind: 'local' });
  });
});

describe('what is around rows', () => {
  test('objects without the list are counted once, wherever slabs end, and pages may be elements', async () => {
    const pages =
      '{"data":[{"a":1}]},\n{"error":1},\n{"data":[{"b":2}]},\n{"error":2},{"data":[{"c":3},{"d":4}]}';
    for (const text of [pages, `[${pages}]\n`]) {
      for (const [slabSizes] of SLABS) {
        const supply = supplyIn(createJsonFormat({ path: ['data'] }), text, { slabSizes });
        const delivered = await deliver(supply, undefined, { ...roomy, maxRows: 1 });
        expect(rowsOf(delivered)).toEqual([{ a: 1 }, { b: 2 }, { c: 3 }, { d: 4 }]);
        expect(places(delivered)).toEqual([
          [2, 'path-missing'],
          [4, 'path-missing'],
        ]);
        expect(delivered.thrown).toBeUndefined();
        for (const { range, text: blockText, rejects } of delivered.blocks) {
          const again = await deliver(supply, range);
          expect([again.text, again.rejects]).toEqual([blockText, rejects]);
        }
      }
    }
  });

  test.each([
    ['{"data":[{"a":1}]}\n{"next":"abc","da', ['data']],
    ['{"data":[{"a":1}]}\n{"next":"abc","data":{', ['data']],
    ['{"data":[[{"a":1}]', ['data']],
    ['[[{"a":1}]', []],
  ])('an input that is cut there is not taken to be whole: %s', async (text, path) => {
    for (const [slabSizes] of SLABS) {
      const delivered = await deliver(supplyIn(createJsonFormat({ path }), text, { slabSizes }));
      expect(rowsOf(delivered)).toEqual([{ a: 1 }]);
      expect(delivered.thrown).toMatchObject({ kind: 'local' });
    }
  });
});

describe('an array', () => {
  test('nothing at all has no rows', async () => {
    expect(await read(' \n')).toMatchObject({ rows: 0, thrown: undefined });
    expect(await read('[ ]')).toMatchObject({ rows: 0, thrown: undefined });
  });

  test.each(SLABS)(
    'an array that is cut off gives its whole elements, then fails, in slabs of %i',
    async (slabSizes) => {
      for (const torn of ['[{"a":1},{"b":2', '[{"a":1},', '[{"a":1}', '[{"a":1},"x']) {
        const delivered = await read(torn, slabSizes);
        expect(rowsOf(delivered)).toEqual([{ a: 1 }]);
        expect(delivered.thrown).toMatchObject({ kind: 'local' });
      }
    },
  );
});

test.each(SLABS)('an element longer than allowed is passed over, in slabs of %j', async (slabSizes) => {
  const long = `{"a":"${'x'.repeat(300)}",\n"b":[\n1]}`;
  const delivered = await read(`[{"a":1},${long},{"c":3}, ${long}]`, slabSizes, 100);
  expect(rowsOf(delivered)).toEqual([{ a: 1 }, { c: 3 }]);
  expect(delivered.rejects.map(({ line, from, to, reason }) => [line, to - from, reason])).toEqual([
    [1, long.length, 'row-too-long'],
    [3, long.length, 'row-too-long'],
  ]);
});

test('any array, written in any way, cut anywhere: each element once, and ranges read again alike', async () => {
  const value = fc.dictionary(fc.string(), fc.jsonValue(), { maxKeys: 3 });
  await fc.assert(
    fc.asyncProperty(
      fc.array(value, { maxLength: 6 }),
      fc.constantFrom(undefined, 1, '\t'),
      fc.integer({ min: 1, max: 40 }),
      async (values, indent, slabSize) => {
        const text = JSON.stringify(values, undefined, indent);
        const supply = supplyIn(createJsonFormat(), text, { slabSizes: [slabSize, 3] });
        const delivered = await deliver(supply, undefined, { ...roomy, maxRows: 2 });
        expect(rowsOf(delivered)).toEqual(JSON.parse(text));
        for (const { range, text: blockText } of delivered.blocks) {
          expect((await deliver(supply, range)).text).toBe(blockText);
          const rest = await deliver(supply, { from: range.from, line: range.line });
          expect(delivered.text.endsWith(rest.text)).toBe(true);
          expect(rest.thrown).toBe(undefined);
        }
      },
    ),
    propertyRuns(100),
  );
});
