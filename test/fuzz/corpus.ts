/** Rows to begin with: those of the fixtures. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Numbers } from '../kernels/deflate-cases.ts';

/** `npm run fuzz` is run in the folder of the project. */
const folder = 'fixtures/rows';

/** The texts of all files of fixtures whose names end in one of these. */
export function filesOf(...endings: readonly string[]): Buffer[] {
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const wanted = names.filter((name) => endings.some((ending) => name.endsWith(ending)));
  return wanted.sort().map((name) => readFileSync(join(folder, name)));
}

/** The lines of texts, each with its end. */
export function linesOf(texts: readonly Buffer[]): Buffer[] {
  return texts.flatMap((text) =>
    text
      .toString('latin1')
      .split(/(?<=\n)/)
      .map((line) => Buffer.from(line, 'latin1')),
  );
}

export function pick<Value>(values: readonly Value[], below: Numbers): Value {
  return values[below(values.length)] as Value;
}

/** So many of what `make` makes. */
export function several<Value>(count: number, make: () => Value): Value[] {
  return Array.from({ length: count }, make);
}
