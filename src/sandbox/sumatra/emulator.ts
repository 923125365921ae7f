import type { Emulator, EmulatorContext, VendorState } from '../emulator.ts';
import { openEventStore } from '../events/open-store.ts';
import type { EventStore } from '../events/store.ts';
import { isObject, parseJson, readWholeBody } from '../wire/body.ts';
import { header, type Exchange } from '../wire/exchange.ts';
import { emptyReply, jsonReply, Refusal, type Reply } from '../wire/reply.ts';
import type { Route } from '../wire/router.ts';
import { createTopology, type AnswerEvent } from './topology.ts';
import { resolveSumatraOptions, type SumatraOptions, type SumatraSettings } from './options.ts';

export type SumatraState = VendorState;

interface Parts {
  settings: SumatraSettings;
  store: EventStore;
  answerEvent: AnswerEvent;
}

/**
 * The Event API of Sumatra (Sumatra docs, Event API, 2022-08). It has no ids: an event that is sent twice
 * counts twice.
 */
export function createSumatra(options: SumatraOptions, context: EmulatorContext): Emulator<SumatraState> {
  const settings = resolveSumatraOptions(options);
  const store = openEventStore({ keepEvents: settings.keepEvents, dedupe: 'none' });
  const parts: Parts = { settings, store, answerEvent: createTopology(settings, context) };
  const routes: Route[] = [
    { owner: 'sumatra', name: 'event', method: 'POST', path: '/event', handle: (it) => takeEvent(parts, it) },
  ];
  if (settings.batch) {
    const handle: Route['handle'] = (exchange) => takeBatch(parts, exchange);
    routes.push({ owner: 'sumatra', name: 'batch', method: 'POST', path: '/batch', handle });
  }
  return {
    routes,
    state: { events: () => store.events(), counts: () => ({ ...store.counts }) },
    environment: (origin) => ({ SUMATRA_API_URL: origin, SUMATRA_API_KEY: settings.apiKey }),
  };
}

async function takeEvent(parts: Parts, exchange: Exchange): Promise<Reply> {
  const event = await readChecked(parts, exchange);
  const status = refusalOf(parts.settings, event);
  if (status !== undefined || !isObject(event)) return refuse(status ?? 400);
  keep(parts.store, [event], 'event');
  return jsonReply(200, parts.answerEvent(event, exchange.url.searchParams));
}

/**
 * Takes an array and returns an array of answers, in order. How a bad member is refused is undocumented: here
 * the whole batch is.
 */
async function takeBatch(parts: Parts, exchange: Exchange): Promise<Reply> {
  const batch = await readChecked(parts, exchange);
  if (!Array.isArray(batch)) return refuse(400);
  const status = batch.map((event) => refusalOf(parts.settings, event)).find((found) => found !== undefined);
  if (status !== undefined) return refuse(status);
  const events = batch.filter(isObject);
  keep(parts.store, events, 'batch');
  return jsonReply(
    200,
    events.map((event) => parts.answerEvent(event, exchange.url.searchParams)),
  );
}

/** 401 without a key, 403 with a wrong one. No content coding is documented, so a coded body is unreadable. */
async function readChecked({ settings }: Parts, exchange: Exchange): Promise<unknown> {
  const key = header(exchange, 'x-api-key');
  if (key === undefined) throw new Refusal(refuse(401));
  if (key !== settings.apiKey) throw new Refusal(refuse(403));
  if (header(exchange, 'content-encoding') !== undefined) throw new Refusal(refuse(400));
  return parseJson(await readWholeBody(exchange, settings.maxBodyBytes));
}

function refusalOf(settings: SumatraSettings, event: unknown): number | undefined {
  if (!isObject(event) || typeof event['_type'] !== 'string') return 400;
  if (settings.eventTypes === 'any' || settings.eventTypes.includes(event['_type'])) return undefined;
  return 404;
}

function refuse(status: number): Reply {
  return status === 404 ? jsonReply(404, { message: 'Unknown event type' }) : emptyReply(status);
}

function keep(store: EventStore, events: Record<string, unknown>[], origin: string): void {
  const staged = store.stage();
  for (const event of events) staged.add(null, Buffer.from(JSON.stringify(event)));
  staged.commit(origin);
}
