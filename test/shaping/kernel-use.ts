/** Shaping without the kernel, and shaping that reports which rows the kernel took. */
import type { RowRules } from '../../src/shaping/rows/row-rules.ts';
import type { RowShaper, Shaping } from '../../src/shaping/rows/row-shaper.ts';
import { createShaping } from '../../src/shaping/shaping.ts';

/** The same rules without the kernel, which define the correct result. */
export function withoutKernel(rules: RowRules): Shaping {
  const shaping = createShaping(rules);
  return {
    prepare(format) {
      const prepared = shaping.prepare(format);
      const alone = (shaper: RowShaper): RowShaper => {
        shaper.takePlain = () => undefined;
        return shaper;
      };
      return { format: prepared.format, shaper: (head) => alone(prepared.shaper(head)) };
    },
  };
}

/** Calls `read` with a shaping that has a kernel. Closes it afterwards, also when `read` throws. */
export async function withKernel<Result>(
  rules: RowRules,
  read: (shaping: Shaping) => Promise<Result>,
): Promise<Result> {
  const shaping = createShaping(rules);
  try {
    return await read(shaping);
  } finally {
    shaping.close();
  }
}

/** Counts the rows that the kernel takes, and those that the general path shapes. */
export interface Watched {
  shaping: Shaping;
  taken: () => number;
  shaped: () => number;
}

export function watched(rules: RowRules): Watched {
  const shaping = createShaping(rules);
  let taken = 0;
  let shaped = 0;
  const watch = (shaper: RowShaper): RowShaper => {
    const shape = shaper.shape.bind(shaper);
    const takePlain = shaper.takePlain?.bind(shaper);
    shaper.shape = (...parts) => {
      shaped++;
      return shape(...parts);
    };
    shaper.takePlain = (...parts) => {
      const run = takePlain?.(...parts);
      taken += run?.rows ?? 0;
      return run;
    };
    return shaper;
  };
  const prepare: Shaping['prepare'] = (format) => {
    const prepared = shaping.prepare(format);
    return { ...prepared, shaper: (head) => watch(prepared.shaper(head)) };
  };
  return { shaping: { prepare }, taken: () => taken, shaped: () => shaped };
}
