/** Names of places in a row: `request.headers.X-Tag` nests, `tags[0]` is an element of a list. */

export type Step = string | number;

/** Lists are written in full, so that larger indexes are taken for names. */
const MAX_INDEX = 999;

/** The steps to a place. A name that is no path from end to end is one step, just as it stands. */
export function stepsOf(name: string): Step[] {
  const steps: Step[] = [];
  for (const part of name.split('.')) {
    const match = /^([^[\]]+)((?:\[\d+\])*)$/.exec(part);
    if (match === null) return [name];
    steps.push(match[1]!);
    for (const [, digits] of match[2]!.matchAll(/\[(\d+)\]/g)) {
      const index = Number(digits);
      if (index > MAX_INDEX) return [name];
      steps.push(index);
    }
  }
  return steps;
}
