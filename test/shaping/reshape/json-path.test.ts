import fc from 'fast-check';
import { expect, test } from 'vitest';
import { stepsOf } from '../../../src/formats/paths.ts';
import { removeAt, setAt, valueAt } from '../../../src/shaping/reshape/json-path.ts';

test.each([
  ['a', ['a']],
  ['$time', ['$time']],
  ['a.b.c', ['a', 'b', 'c']],
  ['a[0].b[12][3]', ['a', 0, 'b', 12, 3]],
  ['__proto__.x', ['__proto__', 'x']],
  ['', ['']],
  ['.a', ['.a']],
  ['a..b', ['a..b']],
  ['a.', ['a.']],
  ['[0]', ['[0]']],
  ['a[x]', ['a[x]']],
  ['a[0]b', ['a[0]b']],
  ['a[1000]', ['a[1000]']],
])('the steps to %j', (name, steps) => {
  expect(stepsOf(name)).toEqual(steps);
});

test('objects and lists are made on the way, gaps are null', () => {
  const row: Record<string, unknown> = { a: 'text' };
  setAt(row, stepsOf('a.b'), 1);
  setAt(row, stepsOf('l[2].x'), 2);
  setAt(row, stepsOf('l[0]'), 3);
  expect(row).toEqual({ a: { b: 1 }, l: [3, null, { x: 2 }] });
});

test('what a removal leaves empty goes too', () => {
  const row = { a: { b: { c: 1 } }, l: [1, 2], k: { x: 1, y: 2 } };
  removeAt(row, ['a', 'b', 'c']);
  removeAt(row, ['l', 0]);
  removeAt(row, ['k', 'x']);
  removeAt(row, ['nothing', 'there']);
  removeAt(row, ['k', 'y', 'z']);
  expect(row).toEqual({ l: [null, 2], k: { y: 2 } });
});

test('prototype keys are data, and prototypes stay clean', () => {
  const key = fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', 'length', 'a');
  fc.assert(
    fc.property(fc.array(key, { minLength: 1, maxLength: 4 }), (steps) => {
      const row: Record<string, unknown> = {};
      expect(valueAt(row, steps)).toBe(undefined);
      removeAt(row, steps);
      setAt(row, steps, 'polluted');
      expect(valueAt(row, steps)).toBe('polluted');
      expect(JSON.stringify(row)).toBe(
        steps.reduceRight((inner, step) => `{${JSON.stringify(step)}:${inner}}`, '"polluted"'),
      );
      expect(Object.keys(Object.prototype)).toEqual([]);
      expect(({} as Record<string, unknown>)['a']).toBe(undefined);
      removeAt(row, steps);
      expect(Object.keys(row)).toEqual([]);
    }),
  );
});
