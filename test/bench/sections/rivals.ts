import { rm } from 'node:fs/promises';
import { detail, missing, speed, type Section } from '../findings.ts';
import { installRival } from '../rivals.ts';

/** Programs that people send events with otherwise, on a small file: they are far slower. */
export const rivals: Section = async function* (place) {
  const { path, bytes } = await place.file('small.ndjson', 'ndjson', place.sizes.smallBytes);
  const mine = [await place.import(path)];
  yield { name: 'scarf-cli', value: speed(mine, bytes), unit: 'MB/s', ...detail(mine) };
  const elasticdump = await installRival('elasticdump', place.directory);
  if (elasticdump === undefined) yield missing('elasticdump is not here');
  else {
    const output = `--output=${place.address}/bench --type=data --limit=5000 --noRefresh --quiet`;
    const runs = [await place.shell(`'${elasticdump}' --input='${path}' ${output}`)];
    yield { name: 'elasticdump', value: speed(runs, bytes), unit: 'MB/s', ...detail(runs) };
  }
  yield missing('mixpanel-import sends only to the address of its vendor (3.1.43)');
  await rm(path);
};
