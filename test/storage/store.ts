/** Creates storage as the program does, against a test's server. */
import { onTestFinished } from 'vitest';
import { openStorage } from '../../src/application/storage.ts';
import type { ObjectStore } from '../../src/contracts/storage.ts';
import { realMachine } from '../../src/real-machine.ts';

/** Any keys will do for a fake. */
export const KEYS = {
  AWS_ACCESS_KEY_ID: 'TESTKEY',
  AWS_SECRET_ACCESS_KEY: 'a-secret-of-the-test',
  AWS_REGION: 'eu-1',
};

/** Waits take no time. */
export function openStore(environment: Record<string, string>, signal?: AbortSignal): ObjectStore {
  const machine = {
    ...realMachine(),
    environment,
    sleep: async (_: number, until?: AbortSignal) => {
      until?.throwIfAborted();
      await new Promise((resolve) => setImmediate(resolve));
    },
  };
  const storage = openStorage({
    settings: { s3Endpoint: environment['AWS_ENDPOINT_URL'] ?? '', s3RequesterPays: false, retries: 3 },
    machine,
    signal: signal ?? new AbortController().signal,
    warn: () => undefined,
  });
  onTestFinished(() => storage.close());
  return storage.objects;
}
