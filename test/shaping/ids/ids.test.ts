import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { createNdjsonFormat } from '../../../src/formats/ndjson.ts';
import { HeadBytes } from '../../../src/shaping/ids/head-bytes.ts';
import { IdMaker, prefixLength } from '../../../src/shaping/ids/ids.ts';
import { createShaping } from '../../../src/shaping/shaping.ts';
import { createSupply } from '../../../src/shaping/blocks/supply.ts';
import { deliver } from '../delivered.ts';
import { memoryInput } from '../memory-input.ts';

const sha256 = (text: string) => createHash('sha256').update(text).digest();

type Mode = 'position' | 'content';

function idOf(
  input: Buffer,
  row: { from: number; to: number; offset?: number },
  options: { recipe?: string; fillId?: Mode } = {},
) {
  const head = new HeadBytes();
  head.note(0, input);
  const { recipe = 'recipe', fillId = 'position' } = options;
  const out = Buffer.alloc(40, '-');
  new IdMaker({ fillId, recipe, head }).write({ bytes: input, offset: row.from, ...row }, out, 2);
  return out.toString('latin1', 2, 38);
}

const UUID8 = /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/;

test('position: 50 bits of recipe and prefix, 40 bits of offset, 32 bits of CRC-32, in a UUIDv8', () => {
  const input = Buffer.alloc(3000, 'abc');
  const offset = 1025;
  const id = idOf(input, { from: offset, to: 1100 });
  expect(id).toMatch(UUID8);
  const bits = BigInt(`0x${id.replaceAll('-', '')}`);
  const custom = ((bits >> 80n) << 74n) | (((bits >> 64n) & 0xfffn) << 62n) | (bits & ((1n << 62n) - 1n));
  expect(Number(custom & 0xffff_ffffn)).toBe(crc32(input.subarray(offset, 1100)));
  expect(Number((custom >> 32n) & ((1n << 40n) - 1n))).toBe(offset);
  const digest = createHash('sha256').update(sha256('recipe')).update(input.subarray(0, 1024)).digest();
  expect(custom >> 72n).toBe(digest.readBigUInt64BE() >> 14n);
});

test('content: 122 bits of SHA-256 over recipe and row, long rows alike', () => {
  for (const length of [10, 65_504, 65_505, 200_000]) {
    const input = Buffer.alloc(length, 'abc');
    const digest = createHash('sha256').update(sha256('recipe')).update(input).digest('hex');
    const id = idOf(input, { from: 0, to: length }, { fillId: 'content' }).replaceAll('-', '');
    const without = (hex: string) => `${hex.slice(0, 12)} ${hex.slice(13, 16)} ${hex.slice(17, 32)}`;
    expect(without(id)).toBe(without(digest));
  }
});

test('an offset of 40 bits is kept whole', () => {
  const input = Buffer.alloc(70_000, 'x');
  const at = (offset: number) => idOf(input, { from: 0, to: 10, offset });
  const offsets = [65_536, 2 ** 30, 2 ** 30 + 65_536, 2 ** 39, 2 ** 39 + 2 ** 30, 2 ** 40 - 1];
  expect(new Set(offsets.map(at)).size).toBe(offsets.length);
});

test.each([
  [0, 0],
  [511, 0],
  [512, 512],
  [1023, 512],
  [1024, 1024],
  [65_535, 32_768],
  [65_536, 65_536],
  [2 ** 35, 65_536],
])('a row at %i hangs on the first %i bytes', (offset, length) => {
  expect(prefixLength(offset)).toBe(length);
});

describe('one id, one row, one destination', () => {
  const row = fc.uint8Array({ minLength: 1, maxLength: 40 });

  test('another recipe, another row, another offset: another id', () => {
    fc.assert(
      fc.property(row, row, fc.constantFrom<Mode>('position', 'content'), (first, second, fillId) => {
        const input = Buffer.concat([first, second]);
        const id = idOf(input, { from: 0, to: first.length }, { fillId });
        expect(id).toMatch(UUID8);
        expect(idOf(input, { from: 0, to: first.length }, { fillId, recipe: 'other' })).not.toBe(id);
        const moved = idOf(input, { from: first.length, to: input.length }, { fillId });
        const same = fillId === 'content' && Buffer.compare(first, second) === 0;
        expect(moved === id).toBe(same);
      }),
    );
  });

  test('rows appended change no id of the rows before', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 600, maxLength: 3000 }), fc.uint8Array(), (before, after) => {
        const short = Buffer.from(before);
        const long = Buffer.concat([before, after]);
        const place = { from: 550, to: 590 };
        expect(idOf(long, place)).toBe(idOf(short, place));
      }),
    );
  });

  test('the bytes in front of a row matter', () => {
    const one = Buffer.alloc(2000, 'a');
    const other = Buffer.from(one);
    other[100] = 0x62;
    const place = { from: 1500, to: 1600 };
    expect(idOf(one, place)).not.toBe(idOf(other, place));
  });
});

async function idsOf(text: string, fillId: Mode, slabSizes: number[]): Promise<string[]> {
  const rules = {
    shape: { required: [] },
    idField: 'id',
    fillId,
    recipe: 'r',
    oldEvents: 'warn',
    nowMs: 0,
  } as const;
  const supply = createSupply({
    input: memoryInput(text, slabSizes),
    inputIndex: 0,
    format: createNdjsonFormat(),
    shaping: createShaping(rules),
    maxRowBytes: 1000,
  });
  const { text: sent, withoutId, changes, rows } = await deliver(supply);
  expect({ withoutId, changes }).toEqual({ withoutId: 0, changes: { 'id-filled': rows } });
  return sent
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { id: string }).id);
}

test('ids do not hang on how the input is read', async () => {
  const text = Array.from({ length: 300 }, (_, index) => `{"n":${index % 7}}`).join('\n');
  const whole = await idsOf(text, 'position', [1 << 20]);
  expect(await idsOf(text, 'position', [13, 700])).toEqual(whole);
  expect(new Set(whole).size).toBe(300);
  const byContent = await idsOf(text, 'content', [100]);
  expect(new Set(byContent).size).toBe(7);
});
