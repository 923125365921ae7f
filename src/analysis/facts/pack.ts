/** Dictionaries as lists: the most frequent value first, without what was folded. */
import type { Dictionary } from '../tables/dictionary.ts';
import { firstValue } from '../tables/dictionary.ts';
import { keptNumbers } from './folding.ts';

export interface PackedValues {
  values: string[];
  /** The number of each value in `values`, in that order. */
  numbers: number[];
  /** A value's new number: 0 and 1 stay, the most frequent value is 2. */
  numberOf: (number: number) => number;
}

/** `totals` is indexed by number. Values that nothing was counted for are left out. */
export function packValues(dictionary: Dictionary, totals: Float64Array): PackedValues {
  const numbers = keptNumbers(dictionary)
    .filter((number) => (totals[number] as number) > 0)
    .sort((one, two) => (totals[two] as number) - (totals[one] as number) || one - two);
  const packed = new Int32Array(dictionary.size);
  for (let number = 0; number < Math.min(firstValue, packed.length); number++) packed[number] = number;
  numbers.forEach((number, index) => (packed[number] = index + firstValue));
  return {
    values: numbers.map((number) => dictionary.valueOf(number)),
    numbers,
    numberOf: (number) => packed[number] as number,
  };
}

/** The indexes of the keys, which are all different, in the order of the keys. */
export function orderOf(keys: Float64Array): Int32Array {
  const order = Int32Array.from(keys.keys());
  return order.sort((one, two) => (keys[one] as number) - (keys[two] as number));
}
