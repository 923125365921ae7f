import { rm } from 'node:fs/promises';
import { missing, type Section } from '../findings.ts';
import { MAPPING, type Material } from '../material.ts';
import { PROJECT, type Place } from '../place.ts';
import { startServer } from '../server.ts';

const CASES: readonly { words: string; kind: Material['kind']; options: readonly string[] }[] = [
  { words: 'NDJSON, ids in the data', kind: 'ndjson', options: ['--format', 'ndjson'] },
  { words: 'NDJSON, ids filled in', kind: 'ndjson-without-ids', options: ['--format', 'ndjson'] },
  { words: 'CSV with --map', kind: 'csv-to-map', options: ['--format', 'csv', ...MAPPING] },
];

/** What a server of imports was sent, decompressed, ids included. */
interface Sent {
  rows: number;
  bytes: number;
  sha256: string;
}

/** Whether the bytes that leave are those of an older build. */
export const sameBytes: Section = async function* (place) {
  const { olderBuild } = place;
  if (olderBuild === undefined) {
    yield missing('no older build to compare with (--older CHECKOUT)');
    return;
  }
  const server = await startServer('digest-sink');
  try {
    for (const { words, kind, options } of CASES) {
      const { path } = await place.file('large', kind, place.sizes.largeBytes);
      const sent = (build: string) =>
        sentBy(build, { place, address: server.address, args: [path, ...options] });
      const mine = await sent(PROJECT);
      const theirs = await sent(olderBuild);
      const isSame = mine.sha256 === theirs.sha256 && mine.rows === theirs.rows;
      yield {
        name: `${words}, beside the older build`,
        value: isSame ? 0 : 1,
        unit: 'differences',
        floor: { most: 0, judgedSmall: true },
        detail: `${mine.rows} rows, ${mine.bytes} bytes, sha256 ${mine.sha256.slice(0, 16)}`,
      };
      await rm(path);
    }
  } finally {
    server.close();
  }
};

/** Imports by a build, one at a time, so that rows come in their order. */
async function sentBy(
  build: string,
  { place, address, args }: { place: Place; address: string; args: readonly string[] },
): Promise<Sent> {
  await place.importBy(build, address, ...args, '--max-active', '1');
  return (await (await fetch(`${address}/sent`)).json()) as Sent;
}
