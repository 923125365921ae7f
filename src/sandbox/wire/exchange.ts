import type { IncomingMessage, ServerResponse } from 'node:http';

/** One request on its way through the sandbox, with what its route's path names. */
export interface Exchange {
  request: IncomingMessage;
  response: ServerResponse;
  url: URL;
  parameters: Record<string, string>;
  /** Body bytes as they came over the wire. */
  wireBytes: number;
  /** Body bytes after decompression. */
  bodyBytes: number;
  /** The client waits for `100 Continue` before it sends the body. */
  expectsContinue: boolean;
}

/** A named path parameter of a matched route; the router guarantees that it is there. */
export function parameter(exchange: Exchange, name: string): string {
  const value = exchange.parameters[name];
  if (value === undefined) throw new Error(`route has no parameter ${name}`);
  return value;
}

/** A request header with one value; repeated ones are joined as node:http joins them. */
export function header(exchange: Exchange, name: string): string | undefined {
  const value = exchange.request.headers[name.toLowerCase()];
  return Array.isArray(value) ? value.join(', ') : value;
}
