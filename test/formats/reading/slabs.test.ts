/** Slabs: cut behind whole lines, and memory that several hold. */
import { describe, expect, test } from 'vitest';
import { SharedBuffer, SharedBufferPool } from '../../../src/formats/reading/shared-buffer.ts';
import { LineCutter } from '../../../src/formats/reading/whole-lines.ts';

describe('shared memory', () => {
  test('goes back when its last holder lets go of it, once', () => {
    let returned = 0;
    const buffer = new SharedBuffer(Buffer.from('a'), () => returned++);
    buffer.hold();
    buffer.release();
    expect(returned).toBe(0);
    buffer.release();
    expect(returned).toBe(1);
    expect(() => new SharedBuffer(Buffer.from('a')).release()).not.toThrow();
  });

  const block = 65_536;

  test.each([
    [1, block],
    [block, block],
    [block + 1, 2 * block],
    [5 * block - 1, 5 * block],
  ])('for %d bytes has %d', (wanted, length) => {
    expect(new SharedBufferPool().take(wanted).bytes).toHaveLength(length);
  });

  /** Whether so many bytes are taken from the memory of that buffer. */
  const takes = (pool: SharedBufferPool, minBytes: number, from: SharedBuffer) =>
    pool.take(minBytes).bytes === from.bytes;

  test('is used again where it is large enough and less than twice as large as wanted', () => {
    const pool = new SharedBufferPool();
    const four = pool.take(4 * block);
    four.release();
    expect([takes(pool, 4 * block + 1, four), takes(pool, 2 * block, four)]).toEqual([false, false]);
    const again = pool.take(2 * block + 1);
    expect(again.bytes === four.bytes).toBe(true);
    expect(takes(pool, 4 * block, four)).toBe(false);
    again.release();
    expect(takes(pool, 4 * block, four)).toBe(true);
  });

  test('is kept up to a limit, which memory in use does not count against', () => {
    const pool = new SharedBufferPool(3 * block);
    const [one, two, three] = [pool.take(block), pool.take(2 * block), pool.take(block)];
    for (const buffer of [one, two, three]) buffer.release();
    expect([takes(pool, block, one), takes(pool, block, three), takes(pool, 2 * block, two)]).toEqual([
      true,
      false,
      true,
    ]);
    const four = pool.take(4 * block);
    four.release();
    expect(takes(pool, 4 * block, four)).toBe(false);
  });

  test('is kept up to 16 MiB', () => {
    const pool = new SharedBufferPool();
    const most = pool.take(16 * 1024 * 1024);
    const more = pool.take(block);
    most.release();
    more.release();
    expect([takes(pool, block, more), takes(pool, 16 * 1024 * 1024, most)]).toEqual([false, true]);
  });
});

describe('slabs cut behind whole lines', () => {
  /** Cuts these slabs; the lines that each ends, and which slabs were given back. */
  function cutter(from: number, lastEnd?: ConstructorParameters<typeof LineCutter>[1]) {
    const cut = new LineCutter(from, lastEnd);
    const released: string[] = [];
    const take = (text: string) => {
      const lines = cut.take({ bytes: Buffer.from(text), offset: 0, release: () => released.push(text) });
      return lines;
    };
    const textOf = (lines: ReturnType<typeof take>) =>
      lines && [
        Buffer.from(lines.start).toString(),
        Buffer.from(lines.rest).toString(),
        lines.offset,
        lines.byteLength,
      ];
    return { cut, released, take, textOf, open: () => Buffer.from(cut.open).toString() };
  }

  test('give what they end, with its beginning, and keep the rest', () => {
    const { cut, open, released, take, textOf } = cutter(100);
    expect(textOf(take('a\nb'))).toEqual(['', 'a\n', 100, 2]);
    expect([open(), cut.offset]).toEqual(['b', 102]);
    expect([take('c'), take('d')]).toEqual([undefined, undefined]);
    expect([open(), released]).toEqual(['bcd', ['c', 'd']]);
    const lines = take('e\nf\n');
    expect(textOf(lines)).toEqual(['bcd', 'e\nf\n', 102, 7]);
    expect([open(), cut.offset, released]).toEqual(['', 109, ['c', 'd']]);
    lines?.release();
    expect(released).toEqual(['c', 'd', 'e\nf\n']);
    expect(textOf(take('\ng'))).toEqual(['', '\n', 109, 1]);
  });

  test('are cut elsewhere where somebody says so, by what is open too', () => {
    const seen: string[] = [];
    const { open, take, textOf } = cutter(0, (before, bytes) => {
      seen.push(`${Buffer.from(before).toString()}|${Buffer.from(bytes).toString()}`);
      return Buffer.from(bytes).indexOf(';') + 1;
    });
    expect([take('a\n'), textOf(take('b;c;'))]).toEqual([undefined, ['a\n', 'b;', 0, 4]]);
    expect([open(), seen]).toEqual(['c;', ['|a\n', 'a\n|b;c;']]);
  });

  test('are open again when their lines are given back', () => {
    const { cut, open, released, take } = cutter(10);
    take('ab');
    const lines = take('c\nd');
    if (lines === undefined) throw new Error('there is a line');
    cut.giveBack(lines);
    expect([open(), cut.offset, released]).toEqual(['abc\nd', 10, ['ab', 'c\nd']]);
  });
});
