import type { IncomingMessage, RequestListener, ServerResponse } from 'node:http';
import { performFault, type Pause } from './faults/perform.ts';
import { takesEffectBefore, type AppliedFaults, type FaultPlan } from './faults/plan.ts';
import { selectHeaders, type Traffic } from './traffic.ts';
import { ClientGone } from './wire/body.ts';
import type { Exchange } from './wire/exchange.ts';
import { emptyReply, Refusal, textReply, type Reply } from './wire/reply.ts';
import { createRouter, type Match, type Route } from './wire/router.ts';
import { sendReply } from './wire/send.ts';

/** What a server answers with. `pause` rejects when the sandbox closes. */
export interface ServerParts {
  routes: Route[];
  plan: FaultPlan;
  traffic: Traffic;
  pause: Pause;
}

/** The listeners for a server's `request` and `checkContinue` events. */
export interface Listeners {
  onRequest: RequestListener;
  onCheckContinue: RequestListener;
}

const NO_FAULTS: AppliedFaults = { delaysBeforeMs: 0, delaysAfterMs: 0, ending: undefined, kinds: [] };

/**
 * Routes each request, applies the fault plan and records the request. An error while replying closes the connection;
 * an error of a route is a 500 that says so.
 */
export function createListeners(parts: ServerParts): Listeners {
  const findRoute = createRouter(parts.routes);
  const listen = (expectsContinue: boolean): RequestListener => {
    return (request, response) => {
      const exchange = openExchange(request, response, expectsContinue);
      const match = findRoute(request.method ?? 'GET', exchange.url.pathname);
      if (match.kind === 'route') exchange.parameters = match.parameters;
      response.on('error', () => undefined);
      void serve(parts, exchange, match).catch(() => response.destroy());
    };
  };
  return { onRequest: listen(false), onCheckContinue: listen(true) };
}

function openExchange(
  request: IncomingMessage,
  response: ServerResponse,
  expectsContinue: boolean,
): Exchange {
  const path = (request.url ?? '/').replace(/^\/+/, '/');
  const url = new URL(path, 'http://sandbox.invalid');
  return { request, response, url, parameters: {}, wireBytes: 0, bodyBytes: 0, expectsContinue };
}

async function serve(parts: ServerParts, exchange: Exchange, match: Match): Promise<void> {
  if (match.kind === 'route' && match.route.owner === 'sandbox') {
    return sendReply(exchange.response, await answer(exchange, match.route));
  }
  const owner = match.kind === 'none' ? 'sandbox' : match.kind === 'route' ? match.route.owner : match.owner;
  const route = match.kind === 'route' ? match.route.name : 'none';
  const applied = owner === 'sandbox' ? NO_FAULTS : parts.plan.apply(owner, route);
  parts.traffic.begin(owner);
  try {
    await respond(parts, exchange, match, applied);
  } finally {
    const { request, response, wireBytes, bodyBytes } = exchange;
    parts.traffic.end({
      vendor: owner,
      route,
      method: request.method ?? '',
      path: request.url ?? '',
      status: response.headersSent ? response.statusCode : 0,
      headers: selectHeaders(request.headers),
      wireBytes,
      bodyBytes,
      faults: applied.kinds,
    });
  }
}

async function respond(
  parts: ServerParts,
  exchange: Exchange,
  match: Match,
  { delaysBeforeMs, delaysAfterMs, ending }: AppliedFaults,
): Promise<void> {
  if (delaysBeforeMs > 0) await parts.pause(delaysBeforeMs);
  if (ending !== undefined && takesEffectBefore(ending)) {
    return performFault(ending, exchange, emptyReply(500), parts.pause);
  }
  const reply = await answerMatch(exchange, match);
  if (delaysAfterMs > 0) await parts.pause(delaysAfterMs);
  if (ending !== undefined) return performFault(ending, exchange, reply, parts.pause);
  return sendReply(exchange.response, reply);
}

async function answerMatch(exchange: Exchange, match: Match): Promise<Reply> {
  if (match.kind === 'none') return emptyReply(404);
  if (match.kind === 'other-method') return emptyReply(405);
  return answer(exchange, match.route);
}

async function answer(exchange: Exchange, route: Route): Promise<Reply> {
  try {
    return await route.handle(exchange);
  } catch (error) {
    if (error instanceof Refusal) return error.reply;
    if (error instanceof ClientGone) throw error;
    const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
    return textReply(500, `The sandbox itself failed at ${route.name}: ${reason}`);
  }
}
