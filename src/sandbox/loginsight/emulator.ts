import type { Emulator, EmulatorContext, VendorState } from '../emulator.ts';
import { openEventStore } from '../events/open-store.ts';
import type { EventStore } from '../events/store.ts';
import { header, type Exchange } from '../wire/exchange.ts';
import { emptyReply, jsonReply, Refusal, type Reply } from '../wire/reply.ts';
import type { Route } from '../wire/router.ts';
import { ingest, type IngestShape } from './ingest.ts';
import { resolveLogInsightOptions, type LogInsightOptions, type LogInsightSettings } from './options.ts';
import { Sessions } from './sessions.ts';

export type LogInsightState = VendorState;

/** The ingestion API of Log Insight, as appliance or cloud. Nothing is de-duplicated. */
export function createLogInsight(
  options: LogInsightOptions,
  context: EmulatorContext,
): Emulator<LogInsightState> {
  const settings = resolveLogInsightOptions(options);
  const store = openEventStore({ keepEvents: settings.keepEvents, dedupe: 'none' });
  const sessions = new Sessions(settings, context);
  return {
    routes: logInsightRoutes(settings, store, sessions, context),
    state: {
      events: () => store.events(),
      counts: () => ({ ...store.counts, logins: sessions.logins, expiredSessions: sessions.expired }),
    },
    environment: (origin) => ({
      LOGINSIGHT_URL: origin,
      LOGINSIGHT_USERNAME: settings.username,
      LOGINSIGHT_PASSWORD: settings.password,
      LOGINSIGHT_PROVIDER: settings.provider,
    }),
  };
}

function logInsightRoutes(
  settings: LogInsightSettings,
  store: EventStore,
  sessions: Sessions,
  context: EmulatorContext,
): Route[] {
  const route = (name: string, method: string, path: string, handle: Route['handle']): Route => {
    const guarded: Route['handle'] = (exchange) => {
      checkAppliance(settings, exchange);
      return handle(exchange);
    };
    return { owner: 'loginsight', name, method, path, handle: guarded };
  };
  const take = (shape: IngestShape): Route['handle'] => {
    return (exchange) => {
      const isTrusted =
        shape === 'cloud' ? checkCloudToken(settings, exchange) : isLoggedIn(sessions, exchange);
      return ingest(exchange, { shape, isTrusted, settings, store, nowMs: context.clock() });
    };
  };
  return [
    route('session', 'POST', '/api/v1/sessions', (exchange) => sessions.logIn(exchange)),
    route('session', 'POST', '/api/v2/sessions', (exchange) => sessions.logIn(exchange)),
    route('session', 'GET', '/api/v1/sessions/current', (exchange) => sessions.describeCurrent(exchange)),
    route('session', 'GET', '/api/v2/sessions/current', (exchange) => sessions.describeCurrent(exchange)),
    route('ingest', 'POST', '/api/v1/events/ingest/:agent', take('ingest')),
    route('ingest', 'POST', '/api/v2/events/ingest/:agent', take('ingest')),
    route('ingest', 'POST', '/api/v2/events', take(settings.product === 'cloud' ? 'cloud' : 'flat')),
    route('ingest', 'POST', '/api/v1/messages/ingest/:agent', async (exchange) => {
      return markDeprecated(await take('messages')(exchange));
    }),
  ];
}

function isLoggedIn(sessions: Sessions, exchange: Exchange): boolean {
  return sessions.authenticate(exchange) !== undefined;
}

function checkAppliance(settings: LogInsightSettings, exchange: Exchange): void {
  if (!settings.bootstrapped) {
    const errorMessage = 'LI server should be bootstrapped to process this API call';
    throw new Refusal(jsonReply(503, { errorMessage }));
  }
  const isCoded = header(exchange, 'content-encoding') !== undefined;
  if (isCoded && !settings.gzip) throw new Refusal(emptyReply(400));
}

function checkCloudToken(settings: LogInsightSettings, exchange: Exchange): true {
  if (header(exchange, 'authorization') === `Bearer ${settings.cloudToken}`) return true;
  throw new Refusal(jsonReply(401, { errorMessage: 'Unauthorized' }));
}

/** The message route of version 1 is deprecated and marks its replies (firehose-to-loginsight, 2020-08). */
function markDeprecated(reply: Reply): Reply {
  const headers = { 'VMware-LI-API-Status': 'Deprecated', Warning: '299 - "Deprecated API"' };
  return { ...reply, headers: { ...reply.headers, ...headers } };
}
