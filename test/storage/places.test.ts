/** Disks and buckets keep the same promises. */
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { bucketPlace } from '../../src/sinks/file/places/bucket.ts';
import { diskPlace } from '../../src/sinks/file/places/disk.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';
import { startFakeS3 } from './fake-s3.ts';
import { placeSuite } from './place-suite.ts';
import { KEYS, openStore } from './store.ts';

placeSuite('a disk', async () => {
  const directory = await temporaryDirectory();
  return { place: diskPlace, nameOf: (name) => join(directory, name), noticesOthers: false };
});

placeSuite('a bucket', async () => {
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  return bucketAt({ ...KEYS, AWS_ENDPOINT_URL: s3.endpoint });
});

placeSuite('a bucket of a server that compares tags without their quotes', async () => {
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  s3.wantsBareTags = true;
  return bucketAt({ ...KEYS, AWS_ENDPOINT_URL: s3.endpoint });
});

placeSuite('a bucket of a server that fails every other time, once the work is done', async () => {
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  let count = 0;
  s3.fault = () => (count++ % 2 === 0 ? { kind: 'lost' } : undefined);
  return bucketAt({ ...KEYS, AWS_ENDPOINT_URL: s3.endpoint });
});

async function bucketAt(environment: Record<string, string>) {
  const objects = openStore(environment);
  const directory = join(await temporaryDirectory(), 'own');
  const place = bucketPlace({ objects, directory, machine: { now: () => Date.now() } });
  return { place, nameOf: (name: string) => `s3://bucket/some/${name}`, noticesOthers: true };
}
