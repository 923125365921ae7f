import { parseJson } from '../../src/shaping/json/values.ts';
import type { Reshaping } from '../../src/shaping/reshape/reshape.ts';
import type { Numbers } from '../kernels/deflate-cases.ts';
import { pick, several } from './corpus.ts';

const VALUES: readonly unknown[] = [
  '1',
  7,
  null,
  { x: [1] },
  parseJson('1.10'),
  'a longer text than sixteen',
];

/** Moves, values, names to keep and to drop, of the names given. Undefined, often: nothing is asked. */
export function reshapingOf(names: readonly string[], below: Numbers): Reshaping | undefined {
  if (below(2) === 0) return undefined;
  const name = () => pick(names, below);
  const few = (most: number) => below(most + 1);
  return {
    map: several(few(3), () => ({ from: name(), to: name(), ifThere: true })),
    types: [],
    typeErrors: 'reject',
    set: several(few(2), () => ({ at: name(), value: pick(VALUES, below) })),
    keep: several(below(3) === 0 ? few(3) : 0, name),
    drop: several(few(1), name),
  };
}
