/** What is measured, and the floors it is held to. */
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { EXPORT_DAY } from './material.ts';
import { detail, MB, peakOf, ratio, speed, type Finding, type Section } from './findings.ts';
import { isInstalled, measurePairs, measureShell, type Measured } from './measure.ts';
import { COMMAND, type Place } from './place.ts';
import { fillTable } from './postgres.ts';
import { shareSlots } from './slots.ts';

const startUps = 15;

export const SECTIONS: Readonly<Record<string, Section>> = {
  'start-up': async function* startUp(place) {
    const { one, other } = await measurePairs(
      startUps,
      () => place.startUp(COMMAND, '--version'),
      () => place.startUp('-e', '0'),
    );
    const floor = { most: 1.25, judgedSmall: true };
    yield {
      name: '--version beside node -e 0',
      value: ratio(one, other),
      unit: 'times',
      floor,
      ...detail(one, other),
    };
  },

  import: async function* importRows(place) {
    yield* importBeside(place, { kind: 'ndjson', words: 'ids in the data', least: 1.8 });
    yield* importBeside(place, { kind: 'ndjson-without-ids', words: 'ids filled in', least: 1.4 });
  },

  csv: async function* importCsv(place) {
    const { largeBytes, smallBytes, pairs } = place.sizes;
    const small = await place.file('small.csv', 'csv', smallBytes);
    const parsed = await place.csvParse(small);
    yield { name: 'csv-parse alone', value: speed([parsed], smallBytes), unit: 'MB/s' };
    const large = await place.file('large.csv', 'csv', largeBytes);
    const { one, other } = await measurePairs(pairs, () => importFile(place, large), idle);
    const mine = speed(one, largeBytes);
    yield { name: 'import of CSV', value: mine, unit: 'MB/s', ...detail(one, other) };
    const least = { least: 1, judgedSmall: true };
    yield {
      name: 'beside csv-parse',
      value: mine / speed([parsed], smallBytes),
      unit: 'times',
      floor: least,
    };
    yield peak('peak memory with CSV', one);
    for (const [program, script] of CSV_PEERS) yield await peerSpeed(program, script(large), largeBytes);
    await rm(large);
  },

  export: async function* exportEvents(place) {
    const { largeBytes, pairs } = place.sizes;
    await place.file('export.csv', 'export', largeBytes);
    const output = join(place.directory, 'out.csv');
    const range = ['--from', EXPORT_DAY, '--to', EXPORT_DAY, '--output', output, '--quiet'];
    const { one, other } = await measurePairs(
      pairs,
      () => place.scarf('export', 'events', ...range),
      () => measureShell(`curl -sS -o '${output}.curl' ${place.address}/events`),
    );
    const floor = { least: 0.35, judgedSmall: false };
    yield {
      name: 'export beside curl -o',
      value: ratio(other, one),
      unit: 'times',
      floor,
      ...detail(one, other),
    };
    // It grows with the ids that are remembered, up to --dedupe-memory.
    yield { name: 'peak memory of an export', value: peakOf(one) / MB, unit: 'MB' };
  },

  postgres: fillTable,
  slots: shareSlots,
};

const CSV_PEERS: readonly [program: string, script: (path: string) => string][] = [
  ['mlr', (path) => `mlr --icsv --ojsonl cat '${path}' > /dev/null`],
  ['duckdb', (path) => `duckdb -c "COPY (FROM '${path}') TO '/dev/null' (FORMAT json)"`],
];

interface ImportCase {
  kind: 'ndjson' | 'ndjson-without-ids';
  words: string;
  least: number;
}

/** An import of a large file beside gzip and pigz into curl, and its memory beside that of a small one. */
async function* importBeside(place: Place, { kind, words, least }: ImportCase): AsyncGenerator<Finding> {
  const { largeBytes, smallBytes, pairs } = place.sizes;
  const large = await place.file('large.ndjson', kind, largeBytes);
  const upload = `curl -sS -o /dev/null -X POST -T - ${place.address}/import`;
  const mine = () => importFile(place, large);
  const { one, other } = await measurePairs(pairs, mine, () =>
    measureShell(`gzip -1 < '${large}' | ${upload}`),
  );
  const floor = { least, judgedSmall: false };
  yield {
    name: `${words}: beside gzip -1 | curl`,
    value: ratio(other, one),
    unit: 'times',
    floor,
    ...detail(one, other),
  };
  yield { name: `${words}: speed`, value: speed(one, largeBytes), unit: 'MB/s' };
  if (await isInstalled('pigz')) {
    const pigz = await measurePairs(pairs, mine, () => measureShell(`pigz -1 -p2 < '${large}' | ${upload}`));
    const value = ratio(pigz.other, pigz.one);
    yield {
      name: `${words}: beside pigz -1 -p2 | curl`,
      value,
      unit: 'times',
      ...detail(pigz.one, pigz.other),
    };
  } else {
    yield { name: 'pigz is not installed', value: Number.NaN, unit: 'missing' };
  }
  await rm(large);
  const small = await place.file('small.ndjson', kind, smallBytes);
  const { one: smallRuns } = await measurePairs(pairs, () => importFile(place, small), idle);
  yield peak(`${words}: peak memory`, one);
  yield {
    name: `${words}: peak beside a file of ${smallBytes / MB} MB`,
    value: peakOf(one) / peakOf(smallRuns),
    unit: 'times',
    floor: { least: 0.9, most: 1.1, judgedSmall: false },
  };
}

/** Sent whole each time. */
function importFile(place: Place, path: string): Promise<Measured> {
  return place.scarf('import', path, '--quiet', '--progress', 'none');
}

async function idle(): Promise<Measured> {
  return { wallMs: 0, cpuMs: 0, peakBytes: 0 };
}

async function peerSpeed(program: string, script: string, bytes: number): Promise<Finding> {
  if (!(await isInstalled(program)))
    return { name: `${program} is not installed`, value: Number.NaN, unit: 'missing' };
  return { name: `${program} to NDJSON`, value: speed([await measureShell(script)], bytes), unit: 'MB/s' };
}

function peak(name: string, runs: readonly Measured[]): Finding {
  return { name, value: peakOf(runs) / MB, unit: 'MB', floor: { most: 160, judgedSmall: true } };
}
