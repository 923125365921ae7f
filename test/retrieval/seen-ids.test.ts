import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdTable } from '../../src/retrieval/id-table.ts';
import { readId } from '../../src/retrieval/id-words.ts';
import { SeenIds } from '../../src/retrieval/seen-ids.ts';

const words = fc.tuple(fc.nat(0xffffffff), fc.nat(3), fc.constantFrom(0, 0x80000000), fc.nat(5));

describe('the table', () => {
  test('agrees with a map, whatever is claimed in whatever order', () => {
    fc.assert(
      fc.property(fc.array(words, { maxLength: 500 }), (ids) => {
        const table = new IdTable();
        const model = new Map<string, number>();
        ids.forEach((id, index) => {
          const held = model.get(id.join()) ?? 0;
          expect(table.claim(Uint32Array.from(id), index + 1)).toBe(held);
          if (held === 0) model.set(id.join(), index + 1);
        });
        expect(table.size).toBe(model.size);
      }),
      { numRuns: 50 },
    );
  });

  test('holds a million ids in less than 45 bytes each, and the id of zeros', () => {
    const table = new IdTable();
    const id = new Uint32Array(4);
    let taken = 0;
    for (let number = 0; number < 1_000_000; number++) {
      id[1] = number;
      if (table.claim(id, 7) !== 0) taken++;
    }
    expect(taken).toBe(0);
    id[1] = 0;
    expect(table.claim(id, 8)).toBe(7);
    id[1] = 999_999;
    expect(table.claim(id, 8)).toBe(7);
    expect(table.size).toBe(1_000_000);
    expect(table.bytes / table.size).toBeLessThan(45);
  });

  test('forgets the ids of all tags but some', () => {
    const table = new IdTable();
    for (let number = 1; number <= 1000; number++)
      table.claim(Uint32Array.of(number, 0, 0, 0), number % 2 ? 1 : 2);
    table.keepOnly(new Set([2]));
    expect(table.size).toBe(500);
    expect(table.claim(Uint32Array.of(1, 0, 0, 0), 3)).toBe(0);
    expect(table.claim(Uint32Array.of(2, 0, 0, 0), 3)).toBe(2);
  });
});

describe('an id', () => {
  const read = (text: string) => {
    const bytes = Buffer.from(`,${text},`);
    const id = new Uint32Array(4);
    readId(bytes, { from: 1, to: bytes.length - 1 }, id);
    return [...id].map((word) => word.toString(16).padStart(8, '0')).join('');
  };

  test('that is a UUID is its 128 bits, in either letter case', () => {
    expect(read('0189f7e2-7a4b-7cde-8f01-23456789abcd')).toBe('0189f7e27a4b7cde8f0123456789abcd');
    expect(read('0189F7E2-7A4B-7CDE-8F01-23456789ABCD')).toBe('0189f7e27a4b7cde8f0123456789abcd');
  });

  test.each([
    'a',
    '',
    'évènement-1',
    '0189f7e2-7a4b-7cde-8f01-23456789abcg',
    '0189f7e2-7a4b-7cde-8f01_23456789abcd',
  ])('that is none, %j, is hashed', (text) => {
    const others = ['a', '', 'évènement-1', 'b'].filter((other) => other !== text);
    for (const other of others) expect(read(other)).not.toBe(read(text));
  });
});

describe('seen ids', () => {
  const claim = (seen: SeenIds, text: string, tag: number) =>
    seen.claim(Buffer.from(text), { from: 0, to: text.length }, tag);

  test('are new once, in all attempts together', () => {
    const seen = new SeenIds(1e9);
    const first = seen.begin();
    expect(claim(seen, 'a', first)).toBe(true);
    expect(claim(seen, 'a', first)).toBe(false);
    seen.settle(first);
    expect(claim(seen, 'a', seen.begin())).toBe(false);
  });

  test('of a withdrawn attempt are new again, once', () => {
    const seen = new SeenIds(1e9);
    const failed = seen.begin();
    claim(seen, 'a', failed);
    seen.withdraw(failed);
    const second = seen.begin();
    expect(claim(seen, 'a', second)).toBe(true);
    expect(claim(seen, 'a', second)).toBe(false);
  });

  test('of settled attempts are forgotten when room is needed, those of open ones never', () => {
    const seen = new SeenIds(600_000);
    const settled = seen.begin();
    for (let number = 0; number < 20_000; number++) claim(seen, `old ${number}`, settled);
    seen.settle(settled);
    const open = seen.begin();
    claim(seen, 'mine', open);
    expect(seen.makeRoom()).toBe(true);
    expect(seen.forgotten).toBe(1);
    expect(claim(seen, 'mine', open)).toBe(false);
    expect(claim(seen, 'old 1', open)).toBe(true);
    for (let number = 0; number < 20_000; number++) claim(seen, `new ${number}`, open);
    expect(seen.makeRoom()).toBe(false);
  });
});
