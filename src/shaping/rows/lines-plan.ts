/**
 * What a kernel does with the keys of NDJSON rows that are reshaped: moves, values and keys that go or stay, as
 * what becomes of each key, and members that are put behind the others. `Reshaper` defines what is correct.
 */
import { stepsOf } from '../../formats/paths.ts';
import { writeJson } from '../json/values.ts';
import { joinedNames, type Reshaping } from '../reshape/reshape.ts';

/** What becomes of a member; each number as the kernel encodes it. */
const FATES = {
  stays: 0,
  leftOut: 1,
  /** It is left out, and its value is written behind the others. */
  taken: 2,
  /** It gets the value of an output, which is not written behind the others then. */
  set: 3,
  /** Rows with it are left to `Reshaper`. */
  banned: 4,
} as const;

/** `index`: of the taken value, or of the output. */
interface KeyFate {
  key: string;
  fate: number;
  index: number;
}

/** A member behind the others: a value that was taken, or the same one in every row, as JSON. */
interface Output {
  key: string;
  value: { taken: number } | { json: Buffer };
}

export interface LinesPlan {
  fates: readonly KeyFate[];
  outputs: readonly Output[];
  /** Whether keys that are not named stay, when they do not begin with a dollar sign. */
  keepsOthers: boolean;
}

/** Undefined when more is asked for than keys of the row itself that move, go or get a value. */
export function planLines(reshaping: Reshaping, targetKeys: readonly string[]): LinesPlan | undefined {
  const { map, types, set, keep, drop } = reshaping;
  const names = [...map.flatMap(({ from, to }) => [from, to]), ...set.map(({ at }) => at), ...keep, ...drop];
  const made = [...map.map(({ to }) => to), ...set.map(({ at }) => at)];
  const joins = map.some(({ from }) => joinedNames(from).length > 0);
  if (types.length > 0 || joins || !names.every(isPlainKey) || new Set(made).size < made.length)
    return undefined;
  return new Planning(reshaping, targetKeys).plan();
}

/** Digits come first in an object, whatever stood before them. */
function isPlainKey(name: string): boolean {
  return stepsOf(name).length === 1 && !/^(\d|__proto__)/.test(name) && JSON.stringify(name) === `"${name}"`;
}

class Planning {
  readonly #reshaping: Reshaping;
  readonly #isTargets: (key: string) => boolean;
  readonly #targetKeys: readonly string[];
  readonly #taken: string[] = [];
  readonly #outputs: Output[] = [];

  constructor(reshaping: Reshaping, targetKeys: readonly string[]) {
    this.#reshaping = reshaping;
    this.#targetKeys = targetKeys;
    this.#isTargets = (key) => key.startsWith('$') || targetKeys.includes(key);
  }

  plan(): LinesPlan {
    const { map, set, keep, drop } = this.#reshaping;
    const values = new Map<string, Output['value']>();
    for (const { from, to } of map) values.set(to, { taken: this.#take(from) });
    for (const { at, value } of set) values.set(at, { json: Buffer.from(writeJson(value)) });
    for (const [key, value] of values) if (this.#staysWhereItIs(key)) this.#outputs.push({ key, value });
    // Keys that are kept come in the order in which they are named, behind those of the target.
    for (const key of new Set(keep)) {
      if (this.#isTargets(key) || drop.includes(key)) continue;
      const isMoved = map.some(({ from }) => from === key);
      const value = values.get(key) ?? (isMoved ? undefined : { taken: this.#take(key) });
      if (value !== undefined) this.#outputs.push({ key, value });
    }
    return { fates: this.#fates(), outputs: this.#outputs, keepsOthers: keep.length === 0 };
  }

  /** Whether a key is neither left out nor put behind those of the target. */
  #staysWhereItIs(key: string): boolean {
    const { keep, drop } = this.#reshaping;
    return (keep.length === 0 || this.#isTargets(key)) && !drop.includes(key);
  }

  #take(key: string): number {
    const known = this.#taken.indexOf(key);
    return known >= 0 ? known : this.#taken.push(key) - 1;
  }

  #fates(): KeyFate[] {
    const { map, set, keep, drop } = this.#reshaping;
    const fates = new Map<string, KeyFate>();
    const add = (key: string, fate: number, index = 0): void => {
      if (!fates.has(key)) fates.set(key, { key, fate, index });
    };
    this.#taken.forEach((key, index) => add(key, FATES.taken, index));
    for (const key of drop) add(key, FATES.leftOut);
    for (const { to } of map) add(to, FATES.banned);
    for (const { at } of set) {
      const output = this.#outputs.findIndex(({ key }) => key === at);
      add(at, this.#staysWhereItIs(at) ? FATES.set : FATES.leftOut, output);
    }
    if (keep.length > 0) for (const key of this.#targetKeys) add(key, FATES.stays);
    return [...fates.values()];
  }
}
