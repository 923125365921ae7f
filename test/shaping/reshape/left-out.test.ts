import { expect, test } from 'vitest';
import { setsLeftOut } from '../../../src/shaping/reshape/left-out.ts';

const isTargets = (key: string) => key.startsWith('$');

test.each([
  ['kept', ['a'], ['a', 'b'], [], []],
  ['nothing is left out', ['a'], [], [], []],
  ['read by the vendor', ['$a'], ['b'], [], []],
  ['inside of what is kept', ['a.b'], ['a'], [], []],
  ['a part of it is kept', ['a'], ['a.b'], [], []],
  ['not kept', ['a', 'ab'], ['b', 'a.c'], [], ['ab']],
  ['dropped', ['a', 'b.c'], [], ['b'], ['b.c']],
  ['a part of it is dropped', ['a'], [], ['a.b'], []],
] as const)('%s', (_name, set, keep, drop, leftOut) => {
  const reshaping = {
    map: [],
    types: [],
    typeErrors: 'reject' as const,
    set: set.map((at) => ({ at, value: 1 })),
    keep,
    drop,
  };
  expect(setsLeftOut(reshaping, isTargets).map((sentence) => sentence.split(' ')[1])).toEqual(leftOut);
});
