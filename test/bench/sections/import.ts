import { rm } from 'node:fs/promises';
import { detail, MB, missing, peak, peakOf, ratio, speed, type Finding, type Section } from '../findings.ts';
import type { Material } from '../material.ts';
import { isInstalled, measurePairs, measureTimes } from '../measure.ts';
import type { Place } from '../place.ts';

/** Floors beside each rival: how many times as fast. Undefined: it is only measured. */
interface ImportCase {
  kind: Material['kind'];
  words: string;
  gzip?: number;
  pigz?: number;
}

const CASES: readonly ImportCase[] = [
  { kind: 'ndjson', words: 'ids in the data', gzip: 3.5, pigz: 1.4 },
  { kind: 'ndjson-without-ids', words: 'ids filled in', gzip: 2.4, pigz: 0.95 },
  // Here pigz is at its best.
  { kind: 'repetitive', words: 'a file that repeats itself' },
];

/** Imports of a large file beside tools that check nothing, and their memory beside that of a small one. */
export const importRows: Section = async function* (place) {
  for (const one of CASES) yield* importBeside(place, one);
};

async function* importBeside(place: Place, { kind, words, gzip, pigz }: ImportCase): AsyncGenerator<Finding> {
  const { largeBytes, smallBytes, pairs } = place.sizes;
  const { path: large, bytes } = await place.file('large.ndjson', kind, largeBytes);
  const mine = () => place.import(large);
  for (const [rival, compress, least] of [
    ['gzip -1', 'gzip -1', gzip],
    ['pigz -1 -p2', 'pigz -1 -p2', pigz],
  ] as const) {
    if (!(await isInstalled(rival.split(' ')[0] ?? ''))) {
      yield missing(`${rival} is not here`);
      continue;
    }
    const runs = await measurePairs(pairs, mine, () => place.upload(`${compress} < '${large}'`, bytes));
    yield {
      name: `${words}: beside ${rival} | curl`,
      value: ratio(runs.other, runs.one),
      unit: 'times',
      ...(least === undefined ? {} : { floor: { least, judgedSmall: false } }),
      ...detail(runs.one, runs.other),
    };
    yield { name: `${words}: speed`, value: speed(runs.one, bytes), unit: 'MB/s' };
    if (rival === 'gzip -1') yield* memory(place, { kind, words, large: runs.one, smallBytes });
  }
  await rm(large);
}

async function* memory(
  place: Place,
  options: { kind: Material['kind']; words: string; large: Parameters<typeof peakOf>[0]; smallBytes: number },
): AsyncGenerator<Finding> {
  const { kind, words, large, smallBytes } = options;
  const { path } = await place.file('small.ndjson', kind, smallBytes);
  const small = await measureTimes(place.sizes.pairs, () => place.import(path));
  await rm(path);
  yield peak(`${words}: peak memory`, large);
  yield {
    name: `${words}: peak beside a file of ${smallBytes / MB} MB`,
    value: peakOf(large) / peakOf(small),
    unit: 'times',
    floor: { least: 0.9, most: 1.1, judgedSmall: false },
  };
}

/** Whether memory stays flat up to a file of ten times the usual size. */
export const hugeImport: Section = async function* (place) {
  const { largeBytes, smallBytes, hugeBytes } = place.sizes;
  const { path, bytes } = await place.file('huge.ndjson', 'ndjson', hugeBytes);
  const huge = [await place.import(path)];
  await rm(path);
  yield { name: `speed with ${hugeBytes / MB} MB`, value: speed(huge, bytes), unit: 'MB/s', ...detail(huge) };
  yield* memory(place, { kind: 'ndjson', words: `${hugeBytes / MB} MB`, large: huge, smallBytes });
  yield* memory(place, {
    kind: 'ndjson',
    words: `${hugeBytes / MB} MB`,
    large: huge,
    smallBytes: largeBytes,
  });
};
