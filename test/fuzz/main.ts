/**
 * Gives made-up inputs to the kernels and to what is right by definition beside each, until a time is over:
 * `npm run fuzz -- [--seconds 60] [--seed 1] [--tries N] [TARGET...] [--files FOLDER...]`. Ends with 1 at the first
 * difference, and names the seed with which the input is made again.
 */
import { parseArgs } from 'node:util';
import { numbersFrom, type Numbers } from '../kernels/deflate-cases.ts';
import { deflateTarget } from './deflate.ts';
import { exportTarget } from './exports.ts';
import { ndjsonTarget } from './lines.ts';
import { tableTarget } from './tables.ts';
import type { FuzzTarget } from './target.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seconds: { type: 'string', default: '60' },
    seed: { type: 'string', default: '1' },
    tries: { type: 'string', default: 'Infinity' },
    files: { type: 'string', multiple: true, default: [] },
  },
});

const TARGETS: Readonly<Record<string, () => FuzzTarget>> = {
  deflate: () => deflateTarget(values.files),
  ndjson: ndjsonTarget,
  csv: () => tableTarget('csv'),
  tsv: () => tableTarget('tsv'),
  exports: () => exportTarget,
};
/** Names for several of them. */
const GROUPS: Readonly<Record<string, readonly string[]>> = { rows: ['ndjson', 'csv', 'tsv', 'exports'] };

process.exitCode = await fuzzAll();

async function fuzzAll(): Promise<number> {
  const wanted = positionals.length === 0 ? Object.keys(TARGETS) : positionals;
  const names = wanted.flatMap((name) => GROUPS[name] ?? [name]);
  const unknown = names.filter((name) => TARGETS[name] === undefined);
  if (unknown.length > 0) {
    console.error(
      `no such target: ${unknown.join(', ')}; there are ${Object.keys(TARGETS).join(', ')}, rows`,
    );
    return 2;
  }
  const seconds = Number(values.seconds) / names.length;
  for (const name of names) if (!(await fuzz(name, seconds))) return 1;
  return 0;
}

/** Whether no difference was found. */
async function fuzz(name: string, seconds: number): Promise<boolean> {
  const target = TARGETS[name]?.();
  const end = Date.now() + seconds * 1_000;
  const sums: Record<string, number> = {};
  const first = Number(values.seed);
  for (let seed = first; seed < first + Number(values.tries) && Date.now() < end; seed++) {
    try {
      const counts = (await target?.attempt(numbersOf(seed))) ?? {};
      for (const [key, count] of Object.entries(counts)) sums[key] = (sums[key] ?? 0) + count;
    } catch (error) {
      console.error(`${name}, seed ${seed}: npm run fuzz -- ${name} --seed ${seed} --tries 1`);
      console.error(error);
      return false;
    }
  }
  const words = Object.entries(sums).map(([key, count]) => `${count.toLocaleString('en')} ${key}`);
  console.log(`${name}: ${words.join(', ')}, no difference`);
  return true;
}

/** Mixes the seed: adjacent seeds would begin with similar numbers. */
function numbersOf(seed: number): Numbers {
  return numbersFrom(Math.imul(seed, 0x9e_37_79_b1));
}
