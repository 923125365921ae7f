/** Values as logs write them: addresses with a port, percent-encoded texts. Other values stay as they are. */
import { isIP, isIPv6 } from 'node:net';

/**
 * The address without its port: `192.0.2.1:80`, `[2001:db8::1]:80`, and `2001:db8:0:0:0:0:0:1:50718` as AWS
 * writes it. Text that is a complete address as it is keeps its last digits, even where they could be a port.
 */
export function withoutPort(text: string): string {
  const [, bracketed] = /^\[([\da-f:.%]+)\](?::\d+)?$/i.exec(text) ?? [];
  if (bracketed !== undefined && isIPv6(bracketed)) return bracketed;
  if (isIP(text) !== 0) return text;
  const [, address = '', port] = /^(.+):(\d{1,5})$/.exec(text) ?? [];
  return port !== undefined && isIP(address) !== 0 ? address : text;
}

/** Decodes `%20` and the like where the result is valid UTF-8. */
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
