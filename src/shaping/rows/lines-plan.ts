/**
 * Translates a reshaping of NDJSON rows for the kernel: an action for each key, and members to append. `Reshaper`
 * is the reference implementation.
 */
import { stepsOf } from '../../formats/paths.ts';
import { writeJson } from '../json/values.ts';
import { joinedNames, type Reshaping } from '../reshape/reshape.ts';

/** What the kernel does with a member; the numbers are those in `kernels/plain-rows/reshape.ts`. */
const ACTIONS = {
  keep: 0,
  drop: 1,
  /** Remove the member and append its value under another key. */
  move: 2,
  /** Replace the value in place by that of an output, which is then not appended. */
  set: 3,
  /** Leave the row to `Reshaper`. */
  unsupported: 4,
} as const;

/** `index`: of the moved value, or of the output. */
interface KeyAction {
  key: string;
  action: number;
  index: number;
}

/** A member to append: a moved value, or a constant as JSON. */
interface Output {
  key: string;
  value: { moved: number } | { json: Buffer };
}

export interface LinesPlan {
  actions: readonly KeyAction[];
  outputs: readonly Output[];
  /** Whether unnamed keys without a dollar sign are kept. */
  keepsOthers: boolean;
}

/** Undefined when the reshaping needs more than moving, dropping and setting top-level keys. */
export function planLines(reshaping: Reshaping, targetKeys: readonly string[]): LinesPlan | undefined {
  const { map, types, set, keep, drop } = reshaping;
  const names = [...map.flatMap(({ from, to }) => [from, to]), ...set.map(({ at }) => at), ...keep, ...drop];
  const made = [...map.map(({ to }) => to), ...set.map(({ at }) => at)];
  const joins = map.some(({ from }) => joinedNames(from).length > 0);
  if (types.length > 0 || joins || !names.every(isPlainKey) || new Set(made).size < made.length)
    return undefined;
  return new Planning(reshaping, targetKeys).plan();
}

/** JavaScript objects list integer keys first, so moving those would change the order. */
function isPlainKey(name: string): boolean {
  return stepsOf(name).length === 1 && !/^(\d|__proto__)/.test(name) && JSON.stringify(name) === `"${name}"`;
}

class Planning {
  readonly #reshaping: Reshaping;
  readonly #isTargetKey: (key: string) => boolean;
  readonly #targetKeys: readonly string[];
  readonly #movedKeys: string[] = [];
  readonly #outputs: Output[] = [];

  constructor(reshaping: Reshaping, targetKeys: readonly string[]) {
    this.#reshaping = reshaping;
    this.#targetKeys = targetKeys;
    this.#isTargetKey = (key) => key.startsWith('$') || targetKeys.includes(key);
  }

  plan(): LinesPlan {
    const { map, set, keep, drop } = this.#reshaping;
    const values = new Map<string, Output['value']>();
    for (const { from, to } of map) values.set(to, { moved: this.#moved(from) });
    for (const { at, value } of set) values.set(at, { json: Buffer.from(writeJson(value)) });
    for (const [key, value] of values) if (this.#staysWhereItIs(key)) this.#outputs.push({ key, value });
    // Kept keys follow those of the target, in the order of `--keep`.
    for (const key of new Set(keep)) {
      if (this.#isTargetKey(key) || drop.includes(key)) continue;
      const isMoved = map.some(({ from }) => from === key);
      const value = values.get(key) ?? (isMoved ? undefined : { moved: this.#moved(key) });
      if (value !== undefined) this.#outputs.push({ key, value });
    }
    return { actions: this.#actions(), outputs: this.#outputs, keepsOthers: keep.length === 0 };
  }

  /** Whether a key is neither dropped nor moved behind those of the target. */
  #staysWhereItIs(key: string): boolean {
    const { keep, drop } = this.#reshaping;
    return (keep.length === 0 || this.#isTargetKey(key)) && !drop.includes(key);
  }

  #moved(key: string): number {
    const known = this.#movedKeys.indexOf(key);
    return known >= 0 ? known : this.#movedKeys.push(key) - 1;
  }

  #actions(): KeyAction[] {
    const { map, set, keep, drop } = this.#reshaping;
    const actions = new Map<string, KeyAction>();
    const add = (key: string, action: number, index = 0): void => {
      if (!actions.has(key)) actions.set(key, { key, action, index });
    };
    this.#movedKeys.forEach((key, index) => add(key, ACTIONS.move, index));
    for (const key of drop) add(key, ACTIONS.drop);
    for (const { to } of map) add(to, ACTIONS.unsupported);
    for (const { at } of set) {
      const output = this.#outputs.findIndex(({ key }) => key === at);
      add(at, this.#staysWhereItIs(at) ? ACTIONS.set : ACTIONS.drop, output);
    }
    if (keep.length > 0) for (const key of this.#targetKeys) add(key, ACTIONS.keep);
    return [...actions.values()];
  }
}
