import fc from 'fast-check';
import { expect, it } from 'vitest';
import { CountTable } from '../../../src/analysis/tables/count-table.ts';
import { propertyRuns } from '../../property-runs.ts';

const pair = fc.tuple(fc.nat(30), fc.nat(30));
const step = fc.oneof(
  { weight: 10, arbitrary: fc.record({ pair, weight: fc.nat(9) }) },
  { weight: 1, arbitrary: fc.record({ divisor: fc.integer({ min: 2, max: 8 }) }) },
);

it('sums what is added to a pair, whenever pairs become one', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200, size: 'max' }), (steps) => {
      const table = new CountTable();
      let sums = new Map<string, number>();
      const add = (to: Map<string, number>, key: string, weight: number) =>
        to.set(key, (to.get(key) ?? 0) + weight);
      for (const one of steps) {
        if ('pair' in one) {
          table.add(table.entryOf(...one.pair), one.weight);
          add(sums, one.pair.join(), one.weight);
          continue;
        }
        const smaller = (number: number) => Math.floor(number / one.divisor);
        table.renumber({ firstOf: smaller, secondOf: smaller });
        const joined = new Map<string, number>();
        for (const [key, sum] of sums) add(joined, key.split(',').map(Number).map(smaller).join(), sum);
        sums = joined;
      }
      const entries = Array.from({ length: table.size }, (_, entry) => [
        `${table.first(entry)},${table.second(entry)}`,
        table.count(entry),
      ]);
      expect(Object.fromEntries(entries)).toEqual(Object.fromEntries(sums));
      expect(table.size).toBe(sums.size);
    }),
    propertyRuns(100),
  );
});
