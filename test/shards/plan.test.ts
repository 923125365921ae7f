/** Whatever the inputs: parts are disjoint, together they are the whole, and lines stay whole. */
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Input } from '../../src/contracts/input.ts';
import { divideInputs } from '../../src/shards/divide.ts';
import { portionsOf } from '../../src/shards/plan.ts';
import { propertyRuns } from '../property-runs.ts';
import { memoryInput } from '../shaping/memory-input.ts';

const sizes = fc.array(fc.oneof(fc.constant(0), fc.nat(50), fc.nat(2 ** 40)), { maxLength: 12 });
const count = fc.integer({ min: 1, max: 20 });

const every = (of: number) => Array.from({ length: of }, (_, index) => ({ index, of }));

describe('portions of inputs', () => {
  test('cover every byte once, in order, in parts that differ by a byte', () => {
    fc.assert(
      fc.property(sizes, count, (given, of) => {
        const parts = every(of).map((shard) => portionsOf(given, shard, 'bytes'));
        const ends = given.map(() => 0);
        for (const { input, from, to } of parts.flat()) {
          expect(from).toBe(ends[input]);
          ends[input] = to;
        }
        expect(ends).toEqual(given);
        const loads = parts.map((portions) => portions.reduce((sum, { from, to }) => sum + to - from, 0));
        expect(Math.max(...loads) - Math.min(...loads)).toBeLessThanOrEqual(1);
      }),
      propertyRuns(300),
    );
  });

  test('have every input once, empty ones too, when the largest go first', () => {
    fc.assert(
      fc.property(sizes, count, (given, of) => {
        const parts = every(of).map((shard) => portionsOf(given, shard, 'size'));
        const taken = parts.flat().map(({ input }) => input);
        expect(taken.sort((one, other) => one - other)).toEqual([...given.keys()]);
        expect(
          parts.flat().every(({ isWhole, from, to, input }) => isWhole && to - from === given[input]),
        ).toBe(true);
      }),
      propertyRuns(300),
    );
  });

  test('have an empty input once', () => {
    fc.assert(
      fc.property(sizes, count, (given, of) => {
        const taken = every(of).flatMap((shard) =>
          portionsOf(given, shard, 'bytes').map(({ input }) => input),
        );
        for (const [input, size] of given.entries()) {
          if (size === 0) expect(taken.filter((one) => one === input)).toHaveLength(1);
        }
      }),
      propertyRuns(300),
    );
  });

  test('are balanced when the largest go first', () => {
    const loads = every(3).map((shard) =>
      portionsOf([1, 9, 2, 8, 3, 7], shard, 'size').reduce((sum, { to }) => sum + to, 0),
    );
    expect(loads).toEqual([10, 10, 10]);
  });

  test('are exact beyond what a double holds', () => {
    const huge = 2 ** 53 - 1;
    const ends = every(1000).map((shard) => portionsOf([huge], shard, 'bytes').at(-1)?.to);
    expect(ends.at(-1)).toBe(huge);
    expect(ends[0]).toBe(Math.floor(huge / 1000));
  });
});

/** Lines, some of them empty or long, the last perhaps without an end. */
const text = fc
  .tuple(fc.array(fc.string({ maxLength: 30 }).map((line) => line.replaceAll(/[\n\r]/g, ' '))), fc.boolean())
  .map(([lines, isEnded]) => lines.join('\n') + (isEnded && lines.length > 0 ? '\n' : ''));

const file = fc.record({ content: text, isCuttable: fc.boolean() });

describe('shares of inputs', () => {
  test('hold every line whole and once, files that cannot be cut whole', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(file, { maxLength: 5 }),
        count,
        fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 3 }),
        async (files, of, slabs) => {
          const inputs = files.map(({ content }) => memoryInput(content, slabs));
          const isCuttable = async (input: Input) => files[inputs.indexOf(input as never)]!.isCuttable;
          const pieces = files.map((): { from: number; bytes: Buffer }[] => []);
          for (const shard of every(of)) {
            for (const { input, span } of await divideInputs(inputs, { shard, way: 'bytes', isCuttable })) {
              const index = inputs.indexOf(input as never);
              const all = Buffer.from(files[index]!.content);
              const { from, to = all.length } = span ?? { from: 0 };
              if (span !== undefined) {
                expect(files[index]!.isCuttable).toBe(true);
                expect(from === 0 || all[from - 1] === 0x0a).toBe(true);
                expect(to === all.length || all[to - 1] === 0x0a).toBe(true);
              }
              pieces[index]!.push({ from, bytes: all.subarray(from, to) });
            }
          }
          for (const [index, { content }] of files.entries()) {
            expect(Buffer.concat(pieces[index]!.map(({ bytes }) => bytes)).toString()).toBe(content);
            if (content !== '') expect(pieces[index]!.every(({ bytes }) => bytes.length > 0)).toBe(true);
            else expect(pieces[index]).toHaveLength(1);
          }
          expect(inputs.every((input) => input.openSlabs() === 0)).toBe(true);
        },
      ),
      propertyRuns(200),
    );
  });
});
