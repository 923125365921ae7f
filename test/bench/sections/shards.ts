import { rm } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import pLimit from 'p-limit';
import { detail, type Finding, type Section } from '../findings.ts';
import { median, measurePairs, type Measured } from '../measure.ts';
import type { Place } from '../place.ts';

const PARTS = 8;

/** Parts are for what is large: what each of them takes to start is less beside more bytes. */
const MUCH = 4;

/**
 * The processor time of eight parts of a file, beside that of one process with all of it. No more run at once than there are
 * processors: what processes take from each other that share one is the machine's, and not theirs.
 */
export const shards: Section = async function* (place) {
  const { largeBytes } = place.sizes;
  const large = await place.file('large.ndjson', 'ndjson', largeBytes);
  yield await besideOne(place, 'check', ['check', large.path, '--quiet']);
  yield await besideOne(place, 'import', ['import', large.path, '--quiet', '--progress', 'none']);
  await rm(large.path);
  const larger = await place.file('larger.ndjson', 'ndjson', MUCH * largeBytes);
  yield await besideOne(place, `check of ${MUCH} times as much`, ['check', larger.path, '--quiet']);
  yield await besideOne(place, `import of ${MUCH} times as much`, [
    'import',
    larger.path,
    '--quiet',
    '--progress',
    'none',
  ]);
  await rm(larger.path);
};

async function besideOne(place: Place, words: string, command: readonly string[]): Promise<Finding> {
  const { one, other } = await measurePairs(
    place.sizes.pairs,
    () => inParts(place, command),
    () => place.scarf(...command),
  );
  return {
    name: `${words} by ${PARTS} parts: processor time beside one process`,
    value: median(one.map(({ cpuMs }, pair) => cpuMs / (other[pair]?.cpuMs ?? Number.NaN))),
    unit: 'times',
    floor: { most: 1.15, judgedSmall: false },
    ...detail(one, other),
  };
}

async function inParts(place: Place, command: readonly string[]): Promise<Measured> {
  const inTurn = pLimit(availableParallelism());
  const parts = Array.from({ length: PARTS }, (_, part) =>
    inTurn(() => place.scarf(...command, '--shard', `${part}/${PARTS}`)),
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
