import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { IdBatch } from '../../../src/replies/dedupe/id-batch.ts';
import { IdSet } from '../../../src/replies/dedupe/id-set.ts';
import { readId } from '../../../src/replies/dedupe/id-words.ts';
import { SeenIds } from '../../../src/replies/dedupe/seen-ids.ts';

const words = fc.tuple(fc.nat(0xffffffff), fc.nat(3), fc.constantFrom(0, 0x80000000), fc.nat(5));

/** Claims one id for each tag; gives who had it before. */
function claimEach(set: IdSet, ids: readonly (readonly number[])[], tag: number): number[] {
  const words = Uint32Array.from(ids.flat());
  const holders = new Uint32Array(ids.length);
  set.claimAll({ count: ids.length, words, holders }, tag);
  return [...holders];
}

describe('the set', () => {
  test('agrees with a map, whatever is claimed together in whatever order', () => {
    fc.assert(
      fc.property(fc.array(fc.array(words, { maxLength: 200 }), { maxLength: 6 }), (batches) => {
        const set = new IdSet();
        const model = new Map<string, number>();
        batches.forEach((ids, index) => {
          const held = ids.map((id) => {
            const before = model.get(id.join()) ?? 0;
            if (before === 0) model.set(id.join(), index + 1);
            return before;
          });
          expect(claimEach(set, ids, index + 1)).toEqual(held);
        });
        expect(set.size).toBe(model.size);
      }),
      { numRuns: 50 },
    );
  });

  test('knows ids again that were claimed together with those that made it grow', () => {
    const set = new IdSet();
    const ids = Array.from({ length: 5_000 }, (_, number) => [number, 1, 2, 3]);
    const repeated = ids.flatMap((id, number) => [id, ids[number - 1] ?? id]);
    const held = claimEach(set, repeated, 1);
    expect(held.filter((holder) => holder === 0)).toHaveLength(ids.length);
  });

  test('holds a million ids in less than 25 bytes each, and the id of zeros', () => {
    const set = new IdSet();
    const million = Array.from({ length: 1_000_000 }, (_, number) => [0, number, 0, 0]);
    for (let first = 0; first < million.length; first += 10_000) {
      const held = claimEach(set, million.slice(first, first + 10_000), 7);
      expect(held.every((holder) => holder === 0)).toBe(true);
      // Small sets have pages that are not full yet.
      if (set.size >= 100_000) expect(set.bytes / set.size).toBeLessThan(25);
    }
    expect(claimEach(set, [million[0] ?? [], million.at(-1) ?? []], 8)).toEqual([7, 7]);
    expect(set.size).toBe(1_000_000);
  });

  test('forgets the ids of all tags but some', () => {
    const set = new IdSet();
    const numbers = Array.from({ length: 20_000 }, (_, number) => [number, 0, 0, 0]);
    claimEach(set, numbers.slice(0, 10_000), 1);
    claimEach(set, numbers.slice(10_000), 2);
    set.keepOnly(new Set([2]));
    expect(set.size).toBe(10_000);
    expect(claimEach(set, [numbers[1] ?? [], numbers[10_001] ?? []], 3)).toEqual([0, 2]);
  });

  test('gives the ids of a withdrawn tag away once, also within one batch', () => {
    const set = new IdSet();
    claimEach(set, [[1, 2, 3, 4]], 1);
    set.withdraw(1);
    const again = [
      [1, 2, 3, 4],
      [1, 2, 3, 4],
    ];
    expect(claimEach(set, again, 2)).toEqual([0, 2]);
  });
});

describe('an id', () => {
  const read = (text: string) => {
    const bytes = Buffer.from(`,${text},`);
    const id = new Uint32Array(4);
    readId(bytes, { from: 1, to: bytes.length - 1 }, id, 0);
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
  const claim = (seen: SeenIds, text: string, tag: number) => {
    const ids = new IdBatch();
    ids.clear(1);
    ids.add(0, Buffer.from(text), 0, text.length);
    seen.claimAll(ids, tag);
    return ids.holders[0] === 0;
  };

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
    const seen = new SeenIds(400_000);
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
