/** Address and error texts of the Moesif collector. */
import { baseAddress } from '../../http/address.ts';
import { Failure } from '../../failure.ts';
import type { ErrorContext } from '../rules.ts';
import type { MoesifSettings } from './options.ts';

export const secretNames = { noun: 'application id', variable: 'MOESIF_APPLICATION_ID' };

/**
 * Address of a collector route: `events/batch`, `config`. The base URL has no version; the prefix is `/v1`, or
 * `/moesifapi` as in 2016. Throws a Failure `usage` for an invalid address or prefix.
 */
export function collectorUrl(
  { apiUrl, pathPrefix }: Pick<MoesifSettings, 'apiUrl' | 'pathPrefix'>,
  path: string,
): string {
  const base = baseAddress(apiUrl, 'MOESIF_API_URL');
  if (!/^(\/[\w.~-]+)+\/?$/.test(pathPrefix)) {
    throw new Failure('usage', `--path-prefix must be a path such as /v1, not "${pathPrefix}"`);
  }
  return `${base}${pathPrefix.replace(/\/$/, '')}/${path}`;
}

export function errorContextFor(now: () => number): ErrorContext {
  return {
    title: 'Moesif',
    now,
    address: 'MOESIF_API_URL',
    hints: {
      credentials: 'check MOESIF_APPLICATION_ID, and that the subscription is active',
      misdirected: 'check MOESIF_API_URL and --path-prefix',
    },
  };
}
