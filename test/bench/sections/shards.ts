import { rm } from 'node:fs/promises';
import { detail, type Section } from '../findings.ts';
import { median, measurePairs, type Measured } from '../measure.ts';
import type { Place } from '../place.ts';

const PARTS = 8;

/** The processor time of eight parts of a file at once, beside that of one process with all of it. */
export const shards: Section = async function* (place) {
  const { largeBytes, pairs } = place.sizes;
  const { path } = await place.file('large.ndjson', 'ndjson', largeBytes);
  for (const [words, ...command] of [
    ['check', 'check', path, '--quiet'],
    ['import', 'import', path, '--quiet', '--progress', 'none'],
  ] as const) {
    const { one, other } = await measurePairs(
      pairs,
      () => inParts(place, command),
      () => place.scarf(...command),
    );
    yield {
      name: `${words} by ${PARTS} parts: processor time beside one process`,
      value: median(one.map(({ cpuMs }, pair) => cpuMs / (other[pair]?.cpuMs ?? Number.NaN))),
      unit: 'times',
      floor: { most: 1.15, judgedSmall: false },
      ...detail(one, other),
    };
  }
  await rm(path);
};

async function inParts(place: Place, command: readonly string[]): Promise<Measured> {
  const parts = Array.from({ length: PARTS }, (_, part) =>
    place.scarf(...command, '--shard', `${part}/${PARTS}`),
  );
  const runs = await Promise.all(parts);
  return {
    wallMs: Math.max(...runs.map(({ wallMs }) => wallMs)),
    cpuMs: runs.reduce((sum, { cpuMs }) => sum + cpuMs, 0),
    peakBytes: Math.max(...runs.map(({ peakBytes }) => peakBytes)),
    // To each of them the others are strangers.
    others: Number.NaN,
  };
}
