/** NDJSON rows that a kernel reshapes, against those that are decoded. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { RowShape } from '../../../src/contracts/target.ts';
import { createNdjsonFormat } from '../../../src/formats/ndjson.ts';
import { parseJson } from '../../../src/shaping/json/values.ts';
import type { Reshaping } from '../../../src/shaping/reshape/reshape.ts';
import { HeadBytes } from '../../../src/shaping/ids/head-bytes.ts';
import { ObjectRows } from '../../../src/shaping/rows/object-rows.ts';
import { PlainRows } from '../../../src/shaping/rows/plain-rows.ts';
import type { RowRules } from '../../../src/shaping/rows/row-rules.ts';
import type { Shaping } from '../../../src/shaping/rows/row-shaper.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { propertyRuns } from '../../property-runs.ts';
import { deliver, roomy } from '../delivered.ts';
import { withKernel, withoutKernel } from '../kernel-use.ts';
import { memoryInput } from '../memory-input.ts';

const TIME = '"2026-11-24T00:00:00Z"';
const ANY: RowShape = {
  required: [{ path: '$time', reason: 'time-missing' }],
  times: [{ path: '$time', oldReason: 'old-event' }],
  oneOf: { keys: ['$package', '$tracking_pixel', '$pixel'], reason: 'artifact-missing' },
  renames: { $pixel: '$tracking_pixel' },
  fieldTypes: { $version: 'text' },
};
const OF_PACKAGE: RowShape = {
  required: ANY.required,
  times: ANY.times!,
  fixed: { $package: { value: 'p', reason: 'other-artifact' } },
};
const NONE: Reshaping = { map: [], types: [], typeErrors: 'reject', set: [], keep: [], drop: [] };

function rulesOf(reshaping: Partial<Reshaping>, rules: Partial<RowRules> = {}): RowRules {
  const usual = { shape: ANY, fillId: 'position', idField: '$unique_id', recipe: 'r' } as const;
  const nowMs = Date.parse('2026-11-24T12:00:00Z');
  return { ...usual, oldEvents: 'warn', nowMs, reshaping: { ...NONE, ...reshaping }, ...rules };
}

/** What the kernel makes of a row, or undefined when it leaves it. */
function taken(
  row: string,
  reshaping: Partial<Reshaping>,
  rules: Partial<RowRules> = {},
): string | undefined {
  const all = rulesOf(reshaping, { fillId: 'off', ...rules });
  const shaper = new ObjectRows(all, new HeadBytes(), (...taking) => PlainRows.create(all)?.take(...taking));
  const bytes = Buffer.from(`${row}\n`);
  const run = shaper.takePlain(
    { bytes, from: 0, to: bytes.length, offset: 0 },
    { into: Buffer.alloc(10_000), rows: 9, bytes: 9999, rowBytes: 999 },
  );
  return run?.rows === 1 ? Buffer.from(run.text!).toString().trimEnd() : undefined;
}

const ROW = `{"when":${TIME},"$package":"p","a":1,"b":{"c":[1.5,"x\\n"]}}`;

test.each<[string, Partial<Reshaping>, string]>([
  [
    'moves',
    { map: [{ from: 'when', to: '$time' }] },
    `{"$package":"p","a":1,"b":{"c":[1.5,"x\\n"]},"$time":${TIME}}`,
  ],
  [
    'a value in place of another, and one behind all',
    {
      map: [{ from: 'when', to: '$time' }],
      set: [
        { at: 'a', value: [parseJson('1.10')] },
        { at: 'z', value: null },
      ],
    },
    `{"$package":"p","a":[1.10],"b":{"c":[1.5,"x\\n"]},"$time":${TIME},"z":null}`,
  ],
  [
    'keys that are kept, in their order',
    { map: [{ from: 'when', to: '$time' }], keep: ['b', 'a'] },
    `{"$package":"p","$time":${TIME},"b":{"c":[1.5,"x\\n"]},"a":1}`,
  ],
  [
    'keys that go',
    { map: [{ from: 'when', to: '$time' }], drop: ['a', 'b', 'none'] },
    `{"$package":"p","$time":${TIME}}`,
  ],
  [
    'moves to a key that the target renames',
    {
      map: [
        { from: 'when', to: '$time' },
        { from: '$package', to: '$pixel' },
      ],
      drop: ['b'],
    },
    `{"a":1,"$time":${TIME},"$tracking_pixel":"p"}`,
  ],
])('the kernel does %s', (_, reshaping, expected) => {
  expect(taken(ROW, reshaping)).toBe(expected);
});

test.each([
  ['white space', ROW.replace(',"a"', ', "a"')],
  ['a key twice', ROW.replace('"a":1', '"a":1,"a":2')],
  ['a key twice, further inside', ROW.replace('"c":', '"c":1,"c":')],
  ['an escape that is not needed', ROW.replace('\\n', '\\/')],
  ['letters as escapes', ROW.replace('\\n', '\\u000a')],
  ['an exponent', ROW.replace(':1,', ':1e3,')],
  ['a zero at the end of a fraction', ROW.replace('1.5', '1.50')],
  ['more digits than a double holds', ROW.replace('1.5', '1.2345678901234567')],
  ['a number so small that it is written with an exponent', ROW.replace('1.5', '0.0000001')],
  ['minus zero', ROW.replace('1.5', '-0')],
  ['digits for a key', ROW.replace('"a"', '"7"')],
  ['digits for a key, further inside', ROW.replace('"c"', '"7"')],
  ['a prototype', ROW.replace('"c"', '"__proto__"')],
  ['the key to which another moves', ROW.replace('"a":1', '"$time":1')],
])('the kernel leaves a row with %s', (_, row) => {
  expect(row).not.toBe(ROW);
  expect(taken(row, { map: [{ from: 'when', to: '$time' }] })).toBeUndefined();
});

const NAMES = ['when', 'a', 'b', 'c', '$time', '$package', '$pixel', '$version', 'long'.repeat(8), 'é'];
const name = fc.constantFrom(...NAMES, 'when', 'a', 'b');
const value = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.constantFrom(TIME, '"p"', '1', 'null', '""', '{"a":{"b":[]}}', '-0.25', '[true,{"a":1}]'),
  },
  fc.constantFrom(
    '1.0',
    '1e2',
    '"\\u0041"',
    '"\\\\\\""',
    '{"a":1,"a":2}',
    '{"1":2}',
    '123456789012345678',
    '1790000000',
    '"x y"',
    '{ }',
  ),
  fc.json({ maxDepth: 2 }),
  fc.double().map(String),
);
const row = fc
  .tuple(
    fc.array(fc.tuple(fc.constantFrom(...NAMES), value), { maxLength: 7 }),
    fc.constantFrom('', '', '', ' '),
    fc.boolean(),
  )
  .map(([members, space, isTimed]) => {
    const timed: [string, string][] = isTimed ? [['when', TIME], ['$package', '"p"'], ...members] : members;
    return `{${timed.map(([key, text]) => `"${key}":${space}${text}`).join(',')}}`;
  });
const reshaping = fc.record({
  map: fc
    .array(fc.record({ from: name, to: name }), { maxLength: 3 })
    .map((map) => [{ from: 'when', to: '$time' }, ...map]),
  set: fc.array(
    fc.record({ at: name, value: fc.constantFrom<unknown>('1', 7, null, { x: [1] }, parseJson('1.10')) }),
    { maxLength: 2 },
  ),
  keep: fc.array(name, { maxLength: 3 }),
  drop: fc.array(name, { maxLength: 2 }),
});

test('rows that the kernel reshapes are those that are decoded, to the last byte', async () => {
  let runs = 0;
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { minLength: 1, maxLength: 12 }),
      reshaping,
      fc.constantFrom(ANY, ANY, OF_PACKAGE),
      fc.constantFrom('position', 'off', 'content'),
      fc.constantFrom('\n', '\n', '\r\n'),
      async (rows, asked, shape, fillId, lineEnd) => {
        const rules = rulesOf(asked, { shape, fillId });
        const content = Buffer.from(rows.map((text) => text + lineEnd).join(''));
        const read = async (shaping: Shaping, takesDeflated: boolean) => {
          const input = memoryInput(content, [200]);
          const supply = createSupply({
            input,
            inputIndex: 0,
            format: createNdjsonFormat(),
            shaping,
            maxRowBytes: 300,
          });
          const { blocks, ...delivered } = await deliver(supply, undefined, { ...roomy, takesDeflated });
          return { ...delivered, end: blocks.at(-1)?.nextLine };
        };
        const expected = await read(withoutKernel(rules), false);
        for (const takesDeflated of [false, true]) {
          const taken = await withKernel(rules, (shaping) => read(shaping, takesDeflated));
          expect(taken).toEqual(expected);
        }
        if (expected.rows > 0) runs++;
      },
    ),
    propertyRuns(60),
  );
  expect(runs).toBeGreaterThan(0);
}, 300_000);
