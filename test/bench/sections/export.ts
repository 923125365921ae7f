import { join } from 'node:path';
import { rm } from 'node:fs/promises';
import { detail, MB, peakOf, ratio, type Section } from '../findings.ts';
import { EXPORT_DAY } from '../material.ts';
import { measurePairs } from '../measure.ts';

/** What a remembered id takes at most (`src/kernels/id-set`). */
const bytesPerId = 25;

/** An export without duplicates, beside a download that looks at nothing. */
export const exportEvents: Section = async function* (place) {
  const { largeBytes, pairs } = place.sizes;
  const { path, rows } = await place.file('export.csv', 'export', largeBytes);
  const output = join(place.directory, 'out.csv');
  const range = ['--from', EXPORT_DAY, '--to', EXPORT_DAY, '--output', output, '--quiet'];
  const { one, other } = await measurePairs(
    pairs,
    () => place.scarf('export', 'events', ...range),
    () => place.shell(`curl -sS -o '${output}.curl' ${place.address}/events`),
  );
  yield {
    name: 'export beside curl -o',
    value: ratio(other, one),
    unit: 'times',
    floor: { least: 0.45, judgedSmall: false },
    ...detail(one, other),
  };
  yield { name: 'peak memory of an export', value: peakOf(one) / MB, unit: 'MB' };
  const beside = (peakOf(one) - rows * bytesPerId) / MB;
  yield {
    name: 'the same beside its ids',
    value: beside,
    unit: 'MB',
    floor: { most: 160, judgedSmall: true },
  };
  await Promise.all([path, output, `${output}.curl`].map((file) => rm(file)));
};
