import type { IncomingMessage } from 'node:http';
import { createGunzip, type Gunzip } from 'node:zlib';
import type { Exchange } from './exchange.ts';
import { header } from './exchange.ts';
import { emptyReply, Refusal } from './reply.ts';

/** The client disconnected before its request was complete. Nothing of such a request may be kept. */
export class ClientGone extends Error {}

/**
 * The decoded request body as a stream. Throws a `Refusal` of 400 for damaged gzip, of 415 for any other
 * coding, and `ClientGone` when the upload is cut.
 */
export async function* readBody(exchange: Exchange): AsyncGenerator<Buffer> {
  const coding = (header(exchange, 'content-encoding') ?? 'identity').trim().toLowerCase();
  if (coding !== 'identity' && coding !== 'gzip' && coding !== 'x-gzip') throw new Refusal(emptyReply(415));
  if (exchange.expectsContinue) exchange.response.writeContinue();
  const source = coding === 'identity' ? exchange.request : gunzipRequest(exchange);
  try {
    for await (const chunk of source as AsyncIterable<Buffer>) {
      if (coding === 'identity') exchange.wireBytes += chunk.length;
      exchange.bodyBytes += chunk.length;
      yield chunk;
    }
  } catch (error) {
    if (!exchange.request.complete && exchange.request.destroyed) throw new ClientGone();
    if (coding !== 'identity') throw new Refusal(emptyReply(400));
    throw error;
  }
}

/** `pipe` instead of `pipeline`: damaged gzip must not close the socket that the refusal needs. */
function gunzipRequest(exchange: Exchange): Gunzip {
  const { request } = exchange;
  // A request that was destroyed before this emits no further events.
  if (request.destroyed) throw new ClientGone();
  const gunzip = createGunzip({ chunkSize: 65_536 });
  request.on('data', (chunk: Buffer) => (exchange.wireBytes += chunk.length));
  request.pipe(gunzip);
  request.on('error', (error) => gunzip.destroy(error));
  request.on('close', () => {
    if (!request.complete) gunzip.destroy(new ClientGone());
  });
  gunzip.on('error', () => drain(request));
  return gunzip;
}

function drain(request: IncomingMessage): void {
  request.unpipe();
  request.resume();
}

/** Reads a body of at most `maxBytes` decoded bytes; a larger one is refused with `tooLarge`. */
export async function readWholeBody(
  exchange: Exchange,
  maxBytes: number,
  tooLargeStatus = 413,
): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of readBody(exchange)) {
    if (exchange.bodyBytes > maxBytes) throw new Refusal(emptyReply(tooLargeStatus));
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** The parsed JSON; `undefined` for anything else, including invalid UTF-8. */
export function parseJson(bytes: Buffer): unknown {
  try {
    return JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes));
  } catch {
    return undefined;
  }
}

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
