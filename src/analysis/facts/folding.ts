/** Chooses the values to keep when there are too many. */
import { firstValue, type Dictionary } from '../tables/dictionary.ts';

/**
 * Folds the rarer half of the values into `other`; the last one too when only one is left. `totals` is indexed by
 * number. Returns how many were folded.
 */
export function foldRarer(dictionary: Dictionary, totals: Float64Array): number {
  const alive = keptNumbers(dictionary);
  const rarest = alive
    .sort((one, two) => (totals[one] as number) - (totals[two] as number) || two - one)
    .slice(0, Math.ceil(alive.length / 2));
  const gone = new Set(rarest);
  dictionary.fold((number) => gone.has(number));
  return gone.size;
}

/** The numbers that were not folded. */
export function keptNumbers(dictionary: Dictionary): number[] {
  const numbers: number[] = [];
  for (let number = firstValue; number < dictionary.size; number++) {
    if (!dictionary.isFolded(number)) numbers.push(number);
  }
  return numbers;
}
