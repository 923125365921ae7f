/** Against a real server of S3: signatures, conditions, parts, pages; places, inputs, and exports that equal those to a disk. */
import { createHmac } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { S3Client, CreateBucketCommand } from '@aws-sdk/client-s3';
import { parse } from 'csv-parse/sync';
import pLimit from 'p-limit';
import type { ObjectStore } from '../../../src/contracts/storage.ts';
import { bucketPlace } from '../../../src/sinks/file/places/bucket.ts';
import { makeEvents } from '../../commands/export/event-rows.ts';
import { startExportServer } from '../../commands/export/export-server.ts';
import { play, steps, type Destination } from '../../commands/export/model.ts';
import { runCli } from '../../commands/export/run-cli.ts';
import { eventRows, lines, openPlace, storedNumbers, upTo } from '../../machine.ts';
import { temporaryDirectory } from '../../vendors/temporary.ts';
import { placeSuite } from '../place-suite.ts';
import { openStore } from '../store.ts';
import { missingPrograms, startRgw, type Rgw } from './rgw.ts';

const missing = missingPrograms();
if (missing.length > 0)
  throw new Error(`not installed: ${missing.join(', ')} (Debian: radosgw ceph-mon ceph-osd ceph-common)`);

let directory: string;
let rgw: Rgw;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'scarf-cli-rgw-'));
  rgw = await startRgw(directory);
  const { endpoint, accessKey: accessKeyId, secretKey: secretAccessKey } = rgw;
  const credentials = { accessKeyId, secretAccessKey };
  const client = new S3Client({ endpoint, credentials, forcePathStyle: true, region: 'us-east-1' });
  await client.send(new CreateBucketCommand({ Bucket: 'bucket' }));
  client.destroy();
});
afterAll(async () => {
  await rgw.close();
  await rm(directory, { recursive: true, force: true });
});

function environment(): Record<string, string> {
  const { endpoint, accessKey, secretKey } = rgw;
  return { AWS_ENDPOINT_URL: endpoint, AWS_ACCESS_KEY_ID: accessKey, AWS_SECRET_ACCESS_KEY: secretKey };
}

let places = 0;
placeSuite('a bucket of Ceph', async () => {
  const own = join(await temporaryDirectory(), 'own');
  const objects = openStore(environment());
  const place = bucketPlace({ objects, directory: own, machine: { now: () => Date.now() } });
  const prefix = `s3://bucket/place-${++places}`;
  return { place, nameOf: (name) => `${prefix}/${name}`, noticesOthers: true };
});

async function put(objects: ObjectStore, address: string, content: string | Uint8Array): Promise<void> {
  expect(await objects.put(address, Buffer.from(content))).toMatchObject({ kind: 'written' });
}

describe('inputs', () => {
  test('of a glob over several pages, packed and plain', async () => {
    const place = await openPlace();
    const objects = openStore(environment());
    // More than a page of a listing, which has a thousand.
    const files = 1_010;
    const limit = pLimit(8);
    const write = async (file: number) => {
      const [rows, isPacked] = [lines(eventRows(1, { first: file })), file % 2 === 1];
      const address = `s3://bucket/many/${file}.ndjson${isPacked ? '.gz' : ''}`;
      await put(objects, address, isPacked ? gzipSync(rows) : rows);
    };
    await Promise.all(upTo(files).map((file) => limit(write, file)));
    const argv = ['s3://bucket/many/*.ndjson{,.gz}'];
    const { exit, report } = await place.importFiles(argv, { environment: environment() });
    expect([exit, report.counts.accepted]).toEqual([0, files]);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(files));
    const again = await place.importFiles(argv, { environment: environment() });
    expect(again.report.alreadyDelivered).not.toBeNull();
  }, 240_000);

  test('by a signed address, and not by one whose signature is wrong', async () => {
    const place = await openPlace();
    const objects = openStore(environment());
    await put(objects, 's3://bucket/signed.ndjson', lines(eventRows(500)));
    const { exit, report } = await place.importFiles([signed('/bucket/signed.ndjson')]);
    expect([exit, report.counts.accepted]).toEqual([0, 500]);
    expect(JSON.stringify(report)).not.toMatch(/Signature=(?!\[secret\])/);
    const wrong = await place.importFiles([
      signed('/bucket/signed.ndjson').replace(/Signature=.{6}/, 'Signature=AAAAAA'),
    ]);
    expect(wrong.exit).toBe(4);
  });

  test('an object that is replaced between two ranges is noticed', async () => {
    const objects = openStore(environment());
    await put(objects, 's3://bucket/changing', 'one and only');
    const object = await objects.look('s3://bucket/changing');
    await put(objects, 's3://bucket/changing', 'one and more');
    if (object === undefined) throw new Error('it is there');
    await expect(objects.read(object, 0, 3)).rejects.toMatchObject({ kind: 'local' });
  });

  test.each([
    ['a wrong key', { AWS_ACCESS_KEY_ID: 'NOBODY' }],
    ['a wrong secret', { AWS_SECRET_ACCESS_KEY: 'not-the-secret-of-it' }],
  ])('%s is refused', async (_, wrong) => {
    const place = await openPlace();
    const { exit } = await place.importFiles(['s3://bucket/signed.ndjson'], {
      environment: { ...environment(), ...wrong },
    });
    expect(exit).toBe(4);
  });
});

/** Signed as S3 did it first, with a time in seconds: `Signature`, `AWSAccessKeyId`, `Expires`. */
function signed(path: string): string {
  const expires = Math.floor(Date.now() / 1000) + 600;
  const signature = createHmac('sha1', rgw.secretKey).update(`GET\n\n\n${expires}\n${path}`).digest('base64');
  const query = new URLSearchParams({
    AWSAccessKeyId: rgw.accessKey,
    Expires: String(expires),
    Signature: signature,
  });
  return `${rgw.endpoint}${path}?${query.toString()}`;
}

test.each([
  ['a file', 'ev.csv', []],
  ['a prefix by day', 'days/', ['--split', 'day']],
])(
  'an export to %s, whatever happened before, ends with what one export of everything has',
  async (_, name, options) => {
    let round = 0;
    await fc.assert(
      fc.asyncProperty(steps, (given) =>
        play(exportTo(`s3://bucket/round-${name}-${++round}/${name}`, options), given),
      ),
      { numRuns: Number(process.env['MODEL_RUNS'] ?? 4), seed: Number(process.env['MODEL_SEED'] ?? 12) },
    );
  },
  600_000,
);

test('an export by parts, side by side and once more by the whole, writes what one export writes to a disk', async () => {
  const [from, to] = ['2026-11-01', '2026-11-12'];
  const { url, asked } = await startExportServer({ rows: () => makeEvents({ from, to, perDay: 20 }) });
  const run = async (output: string, more: readonly string[] = []) => {
    const directory = await temporaryDirectory();
    const argv = ['--from', from, '--to', to, '--split', 'day', '--incremental', '--manifest', '--output'];
    const command = ['export', 'events', ...argv, output, ...more];
    const { exit } = await runCli(command, { url, directory, environment: environment() });
    return { exit, directory };
  };
  const { directory } = await run('events/');
  const output = 's3://bucket/by-parts/';
  const ends = await Promise.all([2, 0, 4, 1, 3].map((index) => run(output, ['--shard', `${index}/5`])));
  expect(ends.map(({ exit }) => exit)).toEqual([0, 0, 0, 0, 0]);
  const requests = asked.length;
  expect((await run(output)).exit).toBe(0);
  expect(asked.length).toBe(requests);
  const objects = openStore(environment());
  const names = (await readdir(join(directory, 'events'))).filter((name) => !name.startsWith('.'));
  expect(names).toHaveLength(13);
  for (const name of names) {
    const object = await objects.look(`${output}${name}`);
    if (object === undefined) throw new Error(`${name} is not in the bucket`);
    const text = Buffer.from(await objects.read(object, 0, object.bytes)).toString('utf8');
    const onDisk = await readFile(join(directory, 'events', name), 'utf8');
    if (name.endsWith('.csv')) expect(text).toBe(onDisk);
    else expect(JSON.parse(text)).toEqual(JSON.parse(onDisk));
  }
}, 240_000);

function exportTo(output: string, options: readonly string[]): Destination {
  const objects = openStore(environment());
  const addresses = async () =>
    (await objects.find(`${output.replace(/\/[^/]*$/, '')}/*.csv`)).map(({ address }) => address);
  const read = async (address: string) => {
    const object = await objects.look(address);
    return object === undefined || object.bytes === 0
      ? Buffer.alloc(0)
      : objects.read(object, 0, object.bytes);
  };
  return {
    argv: ['--output', output, ...options],
    environment: environment(),
    // What a kill would leave in the bucket cannot be put back there: the run ends at that point instead.
    undoesKilled: true,
    readIds: async () => {
      const tables = await Promise.all((await addresses()).map(read));
      return tables.flatMap((bytes) => {
        try {
          return parse<{ id: string }>(Buffer.from(bytes), { columns: true }).map(({ id }) => id);
        } catch {
          return [];
        }
      });
    },
    damage: async (_, { cut, pick }) => {
      const all = await addresses();
      const address = all[pick % Math.max(1, all.length)];
      if (address === undefined) return;
      if (cut) await objects.put(address, (await read(address)).subarray(0, 60));
      else await objects.remove(address);
    },
  };
}
