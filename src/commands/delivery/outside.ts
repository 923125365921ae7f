/** What a vendor's target needs of the outside. */
import { createHttpClient, type HttpClient, type HttpRequest } from '../../http/request.ts';
import { loadDispatcher } from '../../http/dispatcher.ts';
import type { Machine } from '../../machine.ts';
import type { Settings } from '../../settings/resolve.ts';
import type { TargetSurroundings, Vendor } from '../../vendors/vendor.ts';

/** More than any vendor's uploads at once, so that questions never wait behind them. */
const socketsPerOrigin = 64;

/** A client with the trust that the settings ask for. Nothing is loaded before the first request; the caller closes it. */
export function openHttp(
  { vendor, settings }: { vendor: Vendor; settings: Settings },
  machine: Machine,
): HttpClient {
  const trust = vendor.trust?.(settings.values) ?? {};
  const { environment } = machine;
  return createHttpClient(() => loadDispatcher({ environment, connections: socketsPerOrigin, ...trust }));
}

export function surroundings(http: HttpClient, machine: Machine): TargetSurroundings {
  return { http, now: () => machine.now(), installationId: async () => '0' };
}

/** The same client, telling of every request. */
export function tellingClient(http: HttpClient, tell: (bytes: number) => void): HttpClient {
  const told = (request: HttpRequest) => {
    tell(request.body?.byteLength ?? 0);
    return request;
  };
  return {
    request: (request) => http.request(told(request)),
    stream: (request) => http.stream(told(request)),
    close: () => http.close(),
  };
}
