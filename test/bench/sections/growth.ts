import { rm } from 'node:fs/promises';
import { detail, missing, speed, type Section } from '../findings.ts';
import { isInstalled, measureTimes } from '../measure.ts';

const ROWS = [1e3, 1e4, 1e5, 1e6, 1e7];
const LEVELS = ['1', '3', '6'];
const PAD_BYTES = [0, 1_000, 10_000];

/** How an import grows with rows, threads, levels of compression, and the size of rows. */
export const growth: Section = async function* (place) {
  const { maxRows, smallBytes, pairs } = place.sizes;
  for (const rows of ROWS.filter((count) => count <= maxRows)) {
    const { path, bytes } = await place.rowsFile('rows.ndjson', { rows });
    const runs = await measureTimes(pairs, () => place.import(path));
    yield { name: `${rows} rows`, value: speed(runs, bytes), unit: 'MB/s', ...detail(runs) };
    await rm(path);
  }
  const { path, bytes } = await place.file('small.ndjson', 'ndjson', smallBytes);
  if (await isInstalled('taskset')) {
    const runs = await measureTimes(pairs, () =>
      place.onOneCore('import', path, '--quiet', '--progress', 'none'),
    );
    yield { name: 'on one core', value: speed(runs, bytes), unit: 'MB/s', ...detail(runs) };
  } else yield missing('taskset is not here');
  for (const level of LEVELS) {
    const runs = await measureTimes(pairs, () => place.import(path, '--compression-level', level));
    yield { name: `--compression-level ${level}`, value: speed(runs, bytes), unit: 'MB/s', ...detail(runs) };
  }
  await rm(path);
  for (const padBytes of PAD_BYTES) {
    const padded = await place.rowsFile('padded.ndjson', { padBytes, bytes: smallBytes });
    const runs = await measureTimes(pairs, () => place.import(padded.path));
    const name = `rows of ${Math.round(padded.bytes / padded.rows)} bytes`;
    yield { name, value: speed(runs, padded.bytes), unit: 'MB/s', ...detail(runs) };
    await rm(padded.path);
  }
};
