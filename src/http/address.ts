/** Where a request may go: a token travels over https, or in the clear only to this very machine. */
import { Failure } from '../failure.ts';

/** Checks a base URL and gives it back without a trailing slash, query or credentials. */
export function baseAddress(text: string, name: string, options: { plainAnywhere?: boolean } = {}): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Failure('usage', `${name} is not a URL: ${text}`);
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    throw new Failure('usage', `${name} must begin with https:// (or http:// to this machine)`);
  }
  if (url.username !== '' || url.password !== '') {
    throw new Failure('usage', `${name} must not hold a user name or password`);
  }
  if (url.protocol === 'http:' && options.plainAnywhere !== true && !isLoopback(url.hostname)) {
    throw new Failure('usage', `${name} is plain http to ${url.hostname}: credentials go only over https`, {
      hint: 'use https://, or http:// to 127.0.0.1 for tests',
    });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

/** Host names that mean this very machine, as they stand in a URL. */
export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function isLoopback(hostname: string): boolean {
  return LOOPBACK_NAMES.includes(hostname);
}
