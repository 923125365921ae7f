/** Where a request may go. Tokens are sent over https, or unencrypted only to this machine. */
import { Failure } from '../failure.ts';
import { processMask } from '../masking/process-mask.ts';

/**
 * Checks a base URL and returns it without a trailing slash. Throws a Failure `usage` for text that is not a
 * URL and for a URL that may contain a secret: a user, a password, a query, a fragment, a known secret in its
 * path. The message never shows the text, since addresses are stored and displayed.
 */
export function baseAddress(text: string, name: string, options: { plainAnywhere?: boolean } = {}): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch {
    throw new Failure('usage', `${name} is not a URL`, { hint: 'as in https://api.example.com' });
  }
  if (url.protocol !== 'https:' && url.protocol !== 'http:') {
    const plain = options.plainAnywhere === true ? 'or http://' : '(or http:// to this machine)';
    throw new Failure('usage', `${name} must begin with https:// ${plain}`);
  }
  if (/^[^/?#]*:\/*[^/?#]*@/.test(text)) {
    throw new Failure('usage', `${name} must not contain a user name or password`, {
      hint: secretsGoElsewhere,
    });
  }
  if (/[?#]/.test(text) || processMask.text(url.pathname) !== url.pathname) {
    throw new Failure('usage', `${name} must not contain a query, a fragment or a secret`, {
      hint: secretsGoElsewhere,
    });
  }
  if (url.protocol === 'http:' && options.plainAnywhere !== true && !isLoopback(url.hostname)) {
    throw new Failure('usage', `${name} uses http to ${url.hostname}: credentials are sent over https only`, {
      hint: 'use https://, or http:// to 127.0.0.1 for tests',
    });
  }
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

const secretsGoElsewhere =
  'an address is shown and kept; secrets have variables and files of their own (scarf-cli help environment)';

/** Host names that refer to this machine, as they appear in URLs. */
export const LOOPBACK_NAMES: readonly string[] = ['localhost', '127.0.0.1', '[::1]'];

function isLoopback(hostname: string): boolean {
  return LOOPBACK_NAMES.includes(hostname);
}
