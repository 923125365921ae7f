/** Values of `--set` that `--keep` and `--drop` take away again, in every row. */
import { stepsOf } from '../../formats/paths.ts';
import { isWithin, type Reshaping } from './reshape.ts';

/**
 * A sentence for each value that is set and does not reach the vendor: fields are kept and dropped after they are
 * set. `isTargets` tells which keys the target reads; `keep` need not name them.
 */
export function setsLeftOut(
  { set, keep, drop }: Reshaping,
  isTargets: (key: string) => boolean,
): readonly string[] {
  const isKept = (at: string): boolean =>
    keep.length === 0 || isTargets(String(stepsOf(at)[0])) || keep.some((name) => isOnePath(name, at));
  return set.flatMap(({ at }) => {
    if (!isKept(at)) return [`--set ${at} has no effect: --keep does not name it`];
    return drop.some((name) => isWithin(at, name))
      ? [`--set ${at} has no effect: it is dropped (--drop)`]
      : [];
  });
}

function isOnePath(one: string, other: string): boolean {
  return isWithin(one, other) || isWithin(other, one);
}
