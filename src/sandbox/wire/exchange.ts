import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request being processed, with the parameters of its route's path. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  parameters: Record<string, string>;
  /** Body bytes as received. */
  wireBytes: number;
  /** Body bytes after decompression. */
  bodyBytes: number;
  /** The client waits for `100 Continue` before it sends the body. */
  expectsContinue: boolean;
}

/** A path parameter of the matched route; the router guarantees that it exists. */
export function parameter(exchange: Exchange, name: string): string {
  const value = exchange.parameters[name];
  if (value === undefined) throw new Error(`route has no parameter ${name}`);
  return value;
}

/** A request header as one value; node:http joins repeated ones. */
export function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}
