/** Values as logs write them: addresses with their port, texts percent-encoded. What is in no such form stays as it is. */
import { isIP, isIPv6 } from 'node:net';

/**
 * The address without the port that follows it: `192.0.2.1:80`, `[2001:db8::1]:80`, and as AWS writes it
 * `2001:db8:0:0:0:0:0:1:50718`. Where the last digits of an address with `::` could be either, they are not taken for a port.
 */
export function withoutPort(text: string): string {
  const [, bracketed] = /^\[([\da-f:.%]+)\](?::\d+)?$/i.exec(text) ?? [];
  if (bracketed !== undefined && isIPv6(bracketed)) return bracketed;
  if (isIP(text) !== 0) return text;
  const [, address = '', port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && isIP(address) !== 0 ? address : text;
}

/** Bytes of UTF-8 that are written as `%20`. */
export function percentDecoded(text: string): string {
  if (!text.includes('%')) return text;
  return text.replace(/(?:%[\da-f]{2})+/gi, (encoded) => {
    try {
      return decodeURIComponent(encoded);
    } catch {
      return encoded;
    }
  });
}
