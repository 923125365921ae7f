import { rm } from 'node:fs/promises';
import { detail, missing, peak, ratio, speed, type Finding, type Section } from '../findings.ts';
import { MAPPING } from '../material.ts';
import { isInstalled, measurePairs, measureTimes } from '../measure.ts';
import type { Place } from '../place.ts';

/** An import of CSV whose columns are renamed, beside the same events as NDJSON, and beside what only reads or turns CSV. */
export const importCsv: Section = async function* (place) {
  const { largeBytes, smallBytes, pairs } = place.sizes;
  const csv = await place.file('large.csv', 'csv-to-map', largeBytes);
  const ndjson = await place.file('large.ndjson', 'ndjson', largeBytes);
  const { one, other } = await measurePairs(
    pairs,
    () => place.import(csv.path, ...MAPPING),
    () => place.import(ndjson.path),
  );
  await rm(ndjson.path);
  const mine = speed(one, csv.bytes);
  yield { name: 'CSV with --map', value: mine, unit: 'MB/s', ...detail(one) };
  yield {
    name: 'CSV with --map beside NDJSON, by bytes of input',
    value: ratio(other, one) * (csv.bytes / ndjson.bytes),
    unit: 'times',
    floor: { least: 0.65, judgedSmall: false },
    ...detail(one, other),
  };
  yield peak('peak memory with CSV', one);
  const small = await place.file('small.csv', 'csv', smallBytes);
  const parsed = speed(
    await measureTimes(pairs, () => place.alone('csv-parse-alone', small.path)),
    small.bytes,
  );
  yield { name: 'csv-parse alone', value: parsed, unit: 'MB/s' };
  yield {
    name: 'CSV with --map beside csv-parse alone',
    value: mine / parsed,
    unit: 'times',
    floor: { least: 8, judgedSmall: false },
  };
  yield* peers(place, csv);
  await rm(csv.path);
};

async function* peers(
  place: Place,
  { path, bytes }: { path: string; bytes: number },
): AsyncGenerator<Finding> {
  const duckdb = [await place.alone('duckdb-alone', path)];
  yield { name: 'DuckDB, CSV to NDJSON', value: speed(duckdb, bytes), unit: 'MB/s', ...detail(duckdb) };
  if (!(await isInstalled('mlr'))) {
    yield missing('Miller is not here');
    return;
  }
  const miller = [await place.shell(`mlr --icsv --ojsonl cat '${path}' > /dev/null`)];
  yield { name: 'Miller, CSV to NDJSON', value: speed(miller, bytes), unit: 'MB/s', ...detail(miller) };
}
