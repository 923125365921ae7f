/** What a vendor's target is given: HTTP client, clock, installation id. */
import { readFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { makeDirectory } from '../../../disk/directory.ts';
import { writeWhole } from '../../../disk/output/replace-file.ts';
import { createHttpClient } from '../../../http/request.ts';
import { type HttpClient, type HttpRequest } from '../../../http/client.ts';
import { loadDispatcher } from '../../../http/dispatcher.ts';
import type { Machine } from '../../../machine.ts';
import type { SettingValues } from '../../../settings/values.ts';
import type { TargetContext, Vendor } from '../../../vendors/vendor.ts';

/** More than any vendor's parallel uploads, so that queries never wait behind them. */
const socketsPerOrigin = 64;

/**
 * An HTTP client with the trust settings of the user. Loads nothing before the first request; the caller
 * closes it.
 */
export function openHttp(vendor: Vendor, settings: SettingValues, machine: Machine): HttpClient {
  const trust = vendor.trust?.(settings) ?? {};
  const { environment } = machine;
  return createHttpClient(
    () => loadDispatcher({ environment, connections: socketsPerOrigin, ...trust }),
    machine,
  );
}

/** `findState` returns the directory for the installation id, and may throw. */
export function targetContext(http: HttpClient, machine: Machine, findState: () => string): TargetContext {
  return { http, now: () => machine.now(), installationId: () => installationId(findState, machine) };
}

/**
 * A UUID that is generated once. When it cannot be saved, each run has another one, which every vendor
 * accepts.
 */
async function installationId(findState: () => string, machine: Machine): Promise<string> {
  try {
    return (await readFile(join(findState(), 'installation-id'), 'utf8')).trim();
  } catch {
    const id = machine.uuid();
    try {
      const path = join(findState(), 'installation-id');
      await makeDirectory(dirname(path));
      await writeWhole(path, `${id}\n`);
    } catch {
      // A read-only home directory must not prevent a delivery.
    }
    return id;
  }
}

/** A client that calls `emit` for every request. */
export function observedClient(http: HttpClient, emit: (bytes: number) => void): HttpClient {
  const told = (request: HttpRequest) => {
    emit(request.body?.byteLength ?? 0);
    return request;
  };
  return {
    request: (request) => http.request(told(request)),
    stream: (request) => http.stream(told(request)),
    close: () => http.close(),
  };
}
