import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { detail, peak, ratio, speed, type Section } from '../findings.ts';
import { measurePairs, measureTimes } from '../measure.ts';

/**
 * Pages of events whose ids are all different: each of an origin of its own, beside DuckDB, which counts the same by SQL in
 * one thread; and more than twice as many in as many bytes, of 300,000 origins.
 */
export const reportEvents: Section = async function* (place) {
  const { largeBytes, pairs } = place.sizes;
  const { path, bytes } = await place.file('report.csv', 'export', largeBytes);
  const page = join(place.directory, 'report.html');
  const { one, other } = await measurePairs(
    pairs,
    () => place.scarf('report', path, '--output', page, '--overwrite', '--quiet'),
    () => place.alone('duckdb-counts', path),
  );
  yield {
    name: 'report of CSV',
    value: speed(one, bytes),
    unit: 'MB/s',
    floor: { least: 150, judgedSmall: false },
    ...detail(one),
  };
  yield {
    name: 'report beside DuckDB counting the same',
    value: ratio(other, one),
    unit: 'times',
    ...detail(one, other),
  };
  yield peak('peak memory of a report', one);
  await rm(path);
  const narrow = await place.file('narrow.csv', 'export-narrow', largeBytes);
  const runs = await measureTimes(pairs, () =>
    place.scarf('report', narrow.path, '--output', page, '--overwrite', '--quiet'),
  );
  yield { name: 'report of short rows', value: speed(runs, narrow.bytes), unit: 'MB/s', ...detail(runs) };
  yield peak('peak memory of a report of short rows', runs);
  await Promise.all([narrow.path, page].map((file) => rm(file)));
};
