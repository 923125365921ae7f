/**
 * The ingestion of Log Insight as a target ("Log Insight API 1.0, POST events/ingest"; SaaS and v2 where bodies
 * differ).
 */
import { asObject } from '../../json.ts';
import type { Target } from '../../contracts/target.ts';
import { explainReply } from '../../http/explain.ts';
import type { HttpClient, HttpReply } from '../../http/client.ts';
import type { Answer, Body } from '../../records.ts';
import { asCount, JSON_ARRAY, parsedJson } from '../json.ts';
import {
  retryAfterReply,
  retryAfterTransportError,
  answerByRules,
  isSuccess,
  refusedAlone,
  type ErrorContext,
} from '../rules.ts';
import type { TargetContext } from '../vendor.ts';
import { accessOf, addressOf, errorContextFor } from './access.ts';
import { createPlainFallback } from './plain-fallback.ts';
import type { LogInsightSettings } from './options.ts';
import { isNotSetUp, notSetUp, Sessions, type Session } from './sessions.ts';
import { shapeFor } from './shape.ts';
import { isAuthenticated, LOGINSIGHT_STATUSES, maxUploads, batchLimits, type Api } from './rules.ts';

const answerTimeoutMs = 30_000;

/** From an example of the vendor for a list of events. */
const EVENT_LIST = { head: '{"events":[', between: ',', tail: ']}' };

/** Creates the target for one source of events. Throws a Failure for settings that contradict each other. */
export async function createLogInsightTarget(
  settings: LogInsightSettings,
  context: TargetContext,
): Promise<Target> {
  const { api } = settings;
  const baseUrl = addressOf(settings);
  const errorContext = errorContextFor(context.now);
  const { http } = context;
  const sessions = new Sessions({ ...accessOf(settings, api), http, baseUrl, errorContext });
  const endpoint = baseUrl + (await pathOf(settings, api, context));
  const limits = batchLimits[api];
  return {
    vendor: 'loginsight',
    endpoint,
    limits: {
      rows: limits.events,
      bytes: limits.bytes,
      bytesCountAs: 'raw',
      uploads: maxUploads,
      open: maxUploads,
    },
    shape: shapeFor({
      api,
      longText: settings.longText,
      keepTime: !isAuthenticated(settings),
      now: context.now,
    }),
    framing: api === 'v1' ? EVENT_LIST : JSON_ARRAY,
    gzip: true,
    send: createSend({ http, endpoint, sessions, errorContext }),
  };
}

async function pathOf(settings: LogInsightSettings, api: Api, context: TargetContext): Promise<string> {
  if (api !== 'v1') return '/api/v2/events';
  const agentId = settings.agentId ?? (await context.installationId());
  return `/api/v1/events/ingest/${encodeURIComponent(agentId)}`;
}

interface SendParts {
  http: HttpClient;
  endpoint: string;
  sessions: Sessions;
  errorContext: ErrorContext;
}

function createSend({ http, endpoint, sessions, errorContext }: SendParts): Target['send'] {
  const fallback = createPlainFallback();

  return async (body, signal) => {
    const session = await sessions.current(signal);
    if (session.kind === 'retry') return session;
    const sent = await fallback.prepare(body);
    const reply = await http.request({
      method: 'POST',
      url: endpoint,
      headers: headersFor(session, sent),
      body: sent,
      signal,
      timeoutMs: answerTimeoutMs,
    });
    if (reply.kind === 'transport-error') return retryAfterTransportError(reply, errorContext);
    if (reply.status === 440 || (reply.status === 401 && sessions.hasRunOut(session))) {
      sessions.ended(session, explainReply(reply));
      return retryAfterReply('closed', reply, errorContext);
    }
    if (reply.status === 401) {
      sessions.refused(session, explainReply(reply));
      return retryAfterReply('session', reply, errorContext);
    }
    if (reply.status < 300 && !isSuccess(reply)) return answerOf(reply, body, errorContext);
    sessions.worked(session);
    if (fallback.isWorthATry(sent, reply.status)) return retryAfterReply('session', reply, errorContext);
    return answerOf(reply, body, errorContext);
  };
}

function headersFor(session: Session, body: Body): Record<string, string> {
  return {
    'content-type': 'application/json',
    ...(body.encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
    ...(session.id === undefined ? {} : { authorization: `Bearer ${session.id}` }),
  };
}

function answerOf(reply: HttpReply, body: Body, errorContext: ErrorContext): Answer {
  if (isNotSetUp(reply)) throw notSetUp(explainReply(reply));
  if (!isSuccess(reply)) {
    return refusedAlone(answerByRules(reply, LOGINSIGHT_STATUSES, errorContext), body);
  }
  const counted = countIn(reply.text);
  if (counted === undefined) {
    return {
      ...retryAfterReply('doubtful', reply, errorContext),
      message: `${reply.status} without a count`,
    };
  }
  const accepted = Math.min(counted, body.events);
  const unknown = body.events - accepted;
  const warnings = unknown === 0 ? {} : { warnings: { 'left-out-of-count': unknown } };
  return { kind: 'settled', accepted, rejected: [], unknown, ...warnings };
}

/** The number of accepted events: `ingested`, or in the cloud `received`. */
function countIn(text: string): number | undefined {
  const reply = asObject(parsedJson(text));
  return asCount(reply?.['ingested']) ?? asCount(reply?.['received']);
}
