import { rm } from 'node:fs/promises';
import { detail, missing, ratio, speed, type Section } from '../findings.ts';
import { measurePairs, measureTimes } from '../measure.ts';

const CASES = [
  ['NDJSON', 'ndjson', 3],
  ['CSV', 'csv', 6],
] as const;

/** `check`, beside that of an older build where one is given. */
export const checkFiles: Section = async function* (place) {
  const { largeBytes, pairs } = place.sizes;
  for (const [words, kind, least] of CASES) {
    const { path, bytes } = await place.file(`large.${kind}`, kind, largeBytes);
    const { olderBuild } = place;
    const mine = () => place.scarf('check', path, '--quiet');
    if (olderBuild === undefined) {
      const runs = await measureTimes(pairs, mine);
      yield { name: `check of ${words}`, value: speed(runs, bytes), unit: 'MB/s', ...detail(runs) };
      yield missing(`no older build to compare with (--older CHECKOUT)`);
    } else {
      const { one, other } = await measurePairs(pairs, mine, () =>
        place.older(olderBuild, 'check', path, '--quiet'),
      );
      yield { name: `check of ${words}`, value: speed(one, bytes), unit: 'MB/s' };
      const floor = { least, judgedSmall: false };
      const value = ratio(other, one);
      yield {
        name: `check of ${words} beside the older build`,
        value,
        unit: 'times',
        floor,
        ...detail(one, other),
      };
    }
    await rm(path);
  }
};
