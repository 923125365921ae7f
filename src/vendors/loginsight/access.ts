/** Address and credentials of a Log Insight server. */
import { baseAddress } from '../../http/address.ts';
import { Failure } from '../../failure.ts';
import type { ErrorContext } from '../rules.ts';
import type { LogInsightSettings } from './options.ts';
import { isAuthenticated, type Api } from './rules.ts';
import type { Login } from './sessions.ts';

const hints = {
  credentials: 'check that the user may ingest events',
  misdirected: 'check LOGINSIGHT_URL, --api and --ca-file',
};

export function errorContextFor(now: () => number): ErrorContext {
  return { title: 'Log Insight', now, address: 'LOGINSIGHT_URL', hints };
}

/** Base address of the server. Throws a Failure `usage` when none is set. */
export function addressOf(settings: LogInsightSettings): string {
  const address = settings.apiUrl;
  if (address === undefined) {
    throw new Failure('usage', 'missing server address', {
      hint: 'set LOGINSIGHT_URL, such as https://logs.example.org:9543',
    });
  }
  return baseAddress(address, 'LOGINSIGHT_URL', { plainAnywhere: !isAuthenticated(settings) });
}

/**
 * The login, or the given session id; neither for anonymous requests. Throws a Failure for settings that contradict
 * each other or an id with invalid characters.
 */
export function accessOf(settings: LogInsightSettings, api: Api): { login?: Login; given?: string } {
  const { username, password, provider } = settings;
  const given = settings.sessionId?.trim();
  if ((username === undefined) !== (password === undefined)) {
    throw new Failure('usage', 'LOGINSIGHT_USERNAME and LOGINSIGHT_PASSWORD must both be set');
  }
  if (username !== undefined && api === 'cloud') {
    throw new Failure('usage', '--api cloud has no login by user name', {
      hint: 'set LOGINSIGHT_SESSION_ID to an API token of the service',
    });
  }
  if (given !== undefined && !/^[\x21-\x7e]+$/.test(given)) {
    throw new Failure('credentials', 'LOGINSIGHT_SESSION_ID contains whitespace or invalid characters');
  }
  return {
    ...(username === undefined || password === undefined ? {} : { login: { username, password, provider } }),
    ...(given === undefined ? {} : { given }),
  };
}
