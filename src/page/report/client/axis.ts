/** Round numbers along an axis that begins at zero. */

/** From zero to a round number that is not below `most`, at most so many steps; whole numbers where `most` is one or more. */
export function ticksUpTo(most: number, maxSteps: number): number[] {
  const end = most > 0 ? most : 1;
  const step = stepFor(end / maxSteps, end >= 1);
  const count = Math.ceil(end / step - 1e-9);
  return Array.from({ length: count + 1 }, (_, index) => index * step);
}

/** The first of 1, 2, 5, 10, 20 and so on that is not below `least`. */
function stepFor(least: number, isWhole: boolean): number {
  const power = 10 ** Math.floor(Math.log10(least));
  const step = ([1, 2, 5, 10].find((factor) => factor * power >= least * (1 - 1e-9)) ?? 10) * power;
  return isWhole ? Math.max(1, step) : step;
}
