import type { Emulator, EmulatorContext, VendorState } from '../emulator.ts';
import { openEventStore } from '../events/open-store.ts';
import type { EventStore } from '../events/store.ts';
import { makeToken, type Clock } from '../identity.ts';
import { isObject, parseJson, readWholeBody } from '../wire/body.ts';
import { header, type Exchange } from '../wire/exchange.ts';
import { jsonReply, Refusal, type Reply } from '../wire/reply.ts';
import type { Route } from '../wire/router.ts';
import { findFault, type EventKind } from './check.ts';
import { resolveMoesifOptions, type MoesifOptions, type MoesifSettings } from './options.ts';

export type MoesifState = VendorState;

interface Parts {
  settings: MoesifSettings;
  store: EventStore;
  clock: Clock;
  configTag: string;
}

interface Posting {
  kind: EventKind;
  isBatch: boolean;
}

const DAY_MS = 86_400_000;
const PREFIXES = ['/v1', '/moesifapi'];

/**
 * The collector of Moesif: events and actions, single or in batches, de-duplicated by `transaction_id` across
 * requests.
 */
export function createMoesif(options: MoesifOptions, context: EmulatorContext): Emulator<MoesifState> {
  const settings = resolveMoesifOptions(options);
  const { keepEvents, maxTrackedIds } = settings;
  const store = openEventStore({ keepEvents, maxTrackedIds, dedupe: 'first' });
  const parts: Parts = { settings, store, clock: context.clock, configTag: makeToken(context.random, 32) };
  return {
    routes: PREFIXES.slice(0, settings.legacyPaths ? 2 : 1).flatMap((prefix) => moesifRoutes(parts, prefix)),
    state: { events: () => store.events(), counts: () => ({ ...store.counts }) },
    environment: (origin) => ({ MOESIF_API_URL: origin, MOESIF_APPLICATION_ID: settings.applicationId }),
  };
}

function moesifRoutes(parts: Parts, prefix: string): Route[] {
  const post = (name: string, path: string, posting: Posting): Route => {
    const handle: Route['handle'] = (exchange) => takeEvents(parts, exchange, posting);
    return { owner: 'moesif', name, method: 'POST', path: prefix + path, handle };
  };
  const read = (name: string, path: string, value: unknown): Route => {
    const handle: Route['handle'] = (exchange) => {
      checkAccess(parts.settings, exchange);
      return jsonReply(200, value, { 'X-Moesif-Config-Etag': parts.configTag });
    };
    return { owner: 'moesif', name, method: 'GET', path: prefix + path, handle };
  };
  return [
    post('event', '/events', { kind: 'event', isBatch: false }),
    post('batch', '/events/batch', { kind: 'event', isBatch: true }),
    post('action', '/actions', { kind: 'action', isBatch: false }),
    post('actions', '/actions/batch', { kind: 'action', isBatch: true }),
    read('config', '/config', { sample_rate: 100, user_sample_rate: {}, company_sample_rate: {} }),
    read('rules', '/rules', []),
  ];
}

/** 201 with an empty body; the body of a success is not documented. */
async function takeEvents(parts: Parts, exchange: Exchange, { kind, isBatch }: Posting): Promise<Reply> {
  const { settings } = parts;
  checkAccess(settings, exchange);
  const maxBytes = kind === 'event' ? settings.maxBatchBytes : settings.maxActionBatchBytes;
  const value = parseJson(await readWholeBody(exchange, maxBytes));
  if (Array.isArray(value) !== isBatch) return refuse('The body is not what this path takes.');
  const items: unknown[] = Array.isArray(value) ? value : [value];
  const oldestMs =
    settings.oldEvents === 'accept' ? -Infinity : parts.clock() - settings.maxEventAgeDays * DAY_MS;
  const staged = parts.store.stage();
  for (const [index, item] of items.entries()) {
    const fault = findFault(item, kind, oldestMs);
    if (fault === undefined && isObject(item)) {
      const id = item['transaction_id'];
      staged.add(typeof id === 'string' && id !== '' ? id : null, Buffer.from(JSON.stringify(item)));
    } else if (settings.badEvents === 'reject-batch' || !isBatch) {
      return refuse(isBatch ? `Event ${index}: ${fault}` : (fault ?? 'bad event'));
    }
  }
  staged.commit(kind);
  return { status: 201, headers: { 'X-Moesif-Config-Etag': parts.configTag } };
}

function checkAccess(settings: MoesifSettings, exchange: Exchange): void {
  if (header(exchange, 'x-moesif-application-id') !== settings.applicationId) {
    throw new Refusal(jsonReply(401, { error: 'Unauthorized access' }));
  }
  if (!settings.subscribed) throw new Refusal(jsonReply(402, { error: 'Subscription inactive' }));
}

function refuse(reason: string): Reply {
  return jsonReply(400, { error: reason });
}
