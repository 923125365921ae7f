/** Storage as a run is given it. */
import type { ObjectStore } from '../contracts/storage.ts';
import { loadDispatcher } from '../http/dispatcher.ts';
import { createHttpClient } from '../http/request.ts';
import type { Machine } from '../machine.ts';
import { createStorage } from '../storage/storage.ts';
import type { StorageSettings } from './options/storage.ts';

/** Ranges that are read ahead, parts that go up, and questions. */
const socketsPerOrigin = 16;

export interface StorageParts {
  settings: StorageSettings & { retries: number };
  machine: Machine;
  signal: AbortSignal;
  /** RunMessages once when storage keeps the run waiting. */
  warn: (notice: { code: string; message: string }) => void;
}

export interface RunStorage {
  objects: ObjectStore;
  close(): Promise<void>;
}

/** Loads nothing before the first address is used. The caller closes it. */
export function openStorage({ settings, machine, signal, warn }: StorageParts): RunStorage {
  const { environment } = machine;
  const caFile = environment['AWS_CA_BUNDLE'];
  const trust = caFile === undefined ? {} : { caFile };
  const http = createHttpClient(
    () => loadDispatcher({ environment, connections: socketsPerOrigin, ...trust }),
    machine,
  );
  let isTold = false;
  const onRetry = (message: string) => {
    if (!isTold) warn({ code: 'storage-slow', message: `${message}: asked again` });
    isTold = true;
  };
  const objects = createStorage({
    http,
    environment,
    endpoint: settings.s3Endpoint,
    requesterPays: settings.s3RequesterPays,
    createMark: () => machine.uuid(),
    context: { retries: settings.retries, machine, signal, onRetry },
  });
  return { objects, close: () => http.close() };
}
