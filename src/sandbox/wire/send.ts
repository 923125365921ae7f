import { once } from 'node:events';
import type { ServerResponse } from 'node:http';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Reply } from './reply.ts';

/** How a reply is disturbed when it is sent; see the fault kinds of the same names. */
export interface Disturbance {
  kind: 'reset-mid-reply' | 'short-reply' | 'slow-reply';
  afterBytes?: number;
  pause: () => Promise<void>;
}

const PIECE_BYTES = 16_384;

/** Writes the reply, no faster than the client reads it. Resolves when it is sent or the client is gone. */
export async function sendReply(
  response: ServerResponse,
  reply: Reply,
  disturbance?: Disturbance,
): Promise<void> {
  const whole = wholeBody(reply);
  const headers: Record<string, string> = { ...reply.headers };
  if (whole !== undefined && reply.status !== 204 && disturbance?.kind !== 'short-reply')
    headers['Content-Length'] = String(whole.length);
  response.writeHead(reply.status, headers);
  if (whole !== undefined && disturbance === undefined) {
    response.end(whole);
    return;
  }
  const pieces = whole === undefined ? streamedBody(reply) : slice(whole);
  const limit =
    disturbance === undefined || disturbance.kind === 'slow-reply' ? Infinity : cutAt(disturbance, whole);
  let sent = 0;
  for await (const piece of pieces) {
    if (disturbance?.kind === 'slow-reply') await disturbance.pause();
    const allowed = piece.subarray(0, limit - sent);
    sent += allowed.length;
    if (!(await writeOut(response, allowed))) return;
    if (sent >= limit) break;
  }
  if (disturbance?.kind === 'reset-mid-reply') response.socket?.destroySoon();
  else response.end();
}

function wholeBody(reply: Reply): Buffer | undefined {
  if (reply.status === 204 || reply.body === undefined) return Buffer.alloc(0);
  if (typeof reply.body === 'string') return Buffer.from(reply.body);
  return Buffer.isBuffer(reply.body) ? reply.body : undefined;
}

async function* streamedBody(reply: Reply): AsyncGenerator<Buffer> {
  for await (const piece of reply.body as AsyncIterable<string | Buffer>) yield Buffer.from(piece);
}

function slice(body: Buffer): Buffer[] {
  const pieces: Buffer[] = [];
  for (let from = 0; from < body.length; from += PIECE_BYTES)
    pieces.push(body.subarray(from, from + PIECE_BYTES));
  return pieces;
}

function cutAt(disturbance: Disturbance, whole: Buffer | undefined): number {
  return disturbance.afterBytes ?? (whole === undefined ? PIECE_BYTES : Math.floor(whole.length / 2));
}

/**
 * Waits until the client is ready for more. Waiting for a drained socket alone is not enough: what the kernel
 * accepts at once drains within the same turn of the event loop, and other requests would starve.
 */
async function writeOut(response: ServerResponse, bytes: Buffer): Promise<boolean> {
  if (response.destroyed) return false;
  if (bytes.length > 0 && !response.write(bytes)) {
    const stop = new AbortController();
    const { signal } = stop;
    const drained = once(response, 'drain', { signal });
    await Promise.race([drained, once(response, 'close', { signal })]).finally(() => stop.abort());
  }
  await nextTurn();
  return !response.destroyed;
}
