import { once } from 'node:events';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Exchange } from '../wire/exchange.ts';
import type { Reply } from '../wire/reply.ts';
import { sendReply } from '../wire/send.ts';
import type { Fault } from './plan.ts';

const GARBAGE = '<!doctype html><title>It works</title>\u0000\ufffd{"id":';

/** Waits; rejects when the sandbox closes. */
export type Pause = (delayMs: number) => Promise<void>;

/** Ends a request as the fault says. `reply` is the vendor's normal reply. */
export async function performFault(
  fault: Fault,
  exchange: Exchange,
  reply: Reply,
  pause: Pause,
): Promise<void> {
  const { request, response } = exchange;
  switch (fault.kind) {
    case 'status':
      return sendReply(response, replaceReply(fault, { status: 500 }));
    case 'garbage':
      return sendReply(
        response,
        replaceReply(fault, { status: 200, headers: { 'Content-Type': 'text/html' }, body: GARBAGE }),
      );
    case 'reset':
      return resetConnection(request);
    case 'reset-mid-body':
      return resetWithinBody(exchange, fault.afterBytes ?? 1);
    case 'hang':
      return waitForClose(response);
    case 'reset-mid-reply':
    case 'short-reply':
    case 'slow-reply':
      return sendReply(response, reply, {
        kind: fault.kind,
        ...(fault.afterBytes === undefined ? {} : { afterBytes: fault.afterBytes }),
        pause: () => pause(fault.delayMs ?? 0),
      });
    case 'delay':
      return sendReply(response, reply);
  }
}

function replaceReply(fault: Fault, standard: Reply): Reply {
  return {
    status: fault.status ?? standard.status,
    headers: fault.headers ?? standard.headers ?? {},
    body: fault.body ?? standard.body ?? '',
  };
}

async function waitForClose(response: ServerResponse): Promise<void> {
  if (!response.destroyed) await once(response, 'close');
}

async function resetWithinBody(exchange: Exchange, afterBytes: number): Promise<void> {
  const { request, response } = exchange;
  if (exchange.expectsContinue) response.writeContinue();
  request.on('error', () => undefined);
  request.on('data', (chunk: Buffer) => {
    exchange.wireBytes += chunk.length;
    if (exchange.wireBytes >= afterBytes) resetConnection(request);
  });
  request.on('end', () => resetConnection(request));
  await waitForClose(response);
}

/** A TCP reset. TLS sockets cannot send one and are closed without a closing alert. */
function resetConnection(request: IncomingMessage): void {
  const { socket } = request;
  if ('encrypted' in socket) socket.destroy();
  else socket.resetAndDestroy();
}
