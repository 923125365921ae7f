/**
 * `gs://`: Google's storage over its S3 interface, played by the fake: which host is asked, by which names, and with what in
 * the signature. What Google's server would make of it, no fake can say.
 */
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, onTestFinished, test } from 'vitest';
import type { ObjectStore } from '../../src/contracts/storage.ts';
import type { HttpClient, HttpRequest } from '../../src/http/client.ts';
import { loadDispatcher } from '../../src/http/dispatcher.ts';
import { createHttpClient } from '../../src/http/request.ts';
import { realMachine } from '../../src/real-machine.ts';
import { createStorage } from '../../src/storage/storage.ts';
import { temporaryDirectory } from '../vendors/temporary.ts';
import { startFakeS3, type FakeS3 } from './fake-s3.ts';

const google = 'https://storage.googleapis.com';

interface Playing {
  fake: FakeS3;
  store: ObjectStore;
  /** As they were to leave. */
  asked: Pick<HttpRequest, 'method' | 'url' | 'headers'>[];
}

/** A store with an HMAC key in the variables, whose requests go to the fake. */
async function playGoogle(): Promise<Playing> {
  const fake = await startFakeS3();
  const machine = realMachine();
  const http = createHttpClient(() => loadDispatcher({ environment: {}, connections: 4 }), machine);
  onTestFinished(async () => {
    await http.close();
    await fake.close();
  });
  const asked: Playing['asked'] = [];
  const toFake: HttpClient = {
    ...http,
    stream: async (request) => {
      asked.push(request);
      return http.stream({ ...request, url: request.url.replace(google, fake.endpoint) });
    },
  };
  const store = createStorage({
    http: toFake,
    environment: { AWS_ACCESS_KEY_ID: 'GOOG1TEST', AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-test' },
    // That of `s3://`, which is not asked.
    endpoint: 'http://127.0.0.1:1',
    requesterPays: false,
    createMark: () => machine.uuid(),
    context: { retries: 0, machine, signal: new AbortController().signal, onRetry: () => undefined },
  });
  return { fake, store, asked };
}

test('objects are found, read, written in one piece and in parts, and removed', async () => {
  const { fake, store, asked } = await playGoogle();
  const large = Buffer.alloc(9 * 1024 * 1024, 'row\n');
  const file = join(await temporaryDirectory(), 'large');
  await writeFile(file, large);
  for (const name of ['a', 'b', 'c', 'd']) fake.put(`bucket/deep/${name}.ndjson`, 'rows\n');

  const found = await store.find('gs://bucket/deep/*.ndjson');
  const [first] = found;
  expect(found.map(({ address }) => address)).toEqual(
    ['a', 'b', 'c', 'd'].map((name) => `gs://bucket/deep/${name}.ndjson`),
  );
  expect(Buffer.from(await store.read(first!, 1, 4)).toString()).toBe('ows');
  expect(await store.put('gs://bucket/small', Buffer.from('small'))).toMatchObject({ kind: 'written' });
  expect(await store.upload('gs://bucket/large', file)).toMatchObject({ kind: 'written' });
  expect(fake.objects.get('bucket/large')?.bytes.equals(large)).toBe(true);
  await store.remove('gs://bucket/small');
  expect(fake.objects.has('bucket/small')).toBe(false);

  expect(asked.every(({ url }) => url.startsWith(`${google}/bucket`))).toBe(true);
});

/**
 * An `AWS4` signature has Google expect `x-amz-` headers (https://docs.cloud.google.com/storage/docs/aws-simple-migration, 2026-11).
 * Other clients found that it changes `accept-encoding` before it looks at the signature, and it knows none of Amazon's
 * newer checksums.
 */
test('requests are signed by the HMAC key, without what Google would stumble over', async () => {
  const { store, asked } = await playGoogle();
  await store.put('gs://bucket/small', Buffer.from('small'));
  await store.look('gs://bucket/small');
  for (const { headers } of asked) {
    const authorization = headers['authorization'] ?? '';
    expect(authorization).toMatch(/^AWS4-HMAC-SHA256 Credential=GOOG1TEST\/\d{8}\/[\w-]+\/s3\/aws4_request/);
    expect(/SignedHeaders=([^,]*)/.exec(authorization)?.[1]?.split(';')).not.toContain('accept-encoding');
    const names = Object.keys(headers).map((name) => name.toLowerCase());
    expect(names.filter((name) => /^x-goog-|^x-amz-(checksum|sdk-checksum|trailer)/.test(name))).toEqual([]);
  }
});
