/**
 * The Event API of Sumatra as a target: one event per request, one reply per event ("Sumatra docs, Event API").
 * Events carry no id and change counters, so none is sent twice unless requested.
 */
import type { RowShape, Target, TargetLimits } from '../../contracts/target.ts';
import { baseAddress } from '../../http/address.ts';
import type { HttpClient, HttpReply } from '../../http/client.ts';
import type { Answer, Body } from '../../records.ts';
import { JSON_ARRAY, ONE_OBJECT, parsedJson } from '../json.ts';
import {
  retryAfterTransportError,
  answerByRules,
  isSuccess,
  refusedAlone,
  type ErrorContext,
} from '../rules.ts';
import { checkedSecret } from '../secret.ts';
import type { SumatraSettings } from './options.ts';
import { readAnswers } from './answers.ts';
import { SUMATRA_STATUSES, SUMATRA_BATCH_STATUSES, batchLimits } from './rules.ts';

const eventTimeoutMs = 30_000;
const batchTimeoutMs = 300_000;

const secretNames = { noun: 'API key', variable: 'SUMATRA_API_KEY' };

/**
 * Creates the target for single events or, with `batch`, for arrays. Throws a Failure `usage` for an invalid
 * address.
 */
export function createSumatraTarget(
  settings: SumatraSettings,
  context: { http: HttpClient; now: () => number },
): Target {
  const token = settings.token?.trim();
  const base = baseAddress(settings.apiUrl, 'SUMATRA_API_URL');
  const isBatch = settings.batch === true;
  const endpoint = `${base}/${isBatch ? 'batch' : 'event'}`;
  const url = endpoint + wantedParts(settings);
  const errorContext = errorContextFor(context.now);

  return {
    vendor: 'sumatra',
    endpoint,
    limits: limitsFor(settings, isBatch),
    shape: shapeFor(settings.eventType),
    framing: isBatch ? JSON_ARRAY : ONE_OBJECT,
    gzip: false,
    replies: true,
    checkCredentials: () => void checkedSecret(token, secretNames),
    async send(body, signal) {
      const reply = await context.http.request({
        method: 'POST',
        url,
        headers: { 'x-api-key': checkedSecret(token, secretNames), 'content-type': 'application/json' },
        body,
        signal,
        timeoutMs: isBatch ? batchTimeoutMs : eventTimeoutMs,
      });
      if (reply.kind === 'transport-error') return retryAfterTransportError(reply, errorContext);
      return answerOf(reply, { body, isBatch, errorContext });
    },
  };
}

/** Query parameters without values: their presence is enough ("Sumatra docs, Event API, Query Parameters"). */
function wantedParts(settings: SumatraSettings): string {
  const wanted = (['decisions', 'rules', 'features'] as const).filter((name) => settings[name] === true);
  return wanted.length === 0 ? '' : `?${wanted.join('&')}`;
}

function limitsFor(settings: SumatraSettings, isBatch: boolean): TargetLimits {
  const uploads = isBatch ? batchLimits.uploads : settings.concurrency;
  return {
    rows: isBatch ? batchLimits.events : 1,
    bytes: batchLimits.bytes,
    bytesCountAs: 'raw',
    uploads,
    open: uploads,
  };
}

/** Column names in tables for the type of an event. */
const COLUMN_NAMES = { _type: ['type', 'eventtype', 'event', 'eventname', 'kind', 'action'] };

function shapeFor(eventType: string | undefined): RowShape {
  const required = [
    { path: '_type', type: 'string' as const, reason: 'type-missing', hint: '--event-type NAME' },
  ];
  if (eventType === undefined) return { required, columnNames: COLUMN_NAMES };
  return {
    required: [],
    fields: ['_type'],
    rebuild: (row) =>
      Object.hasOwn(row, '_type')
        ? typeof row['_type'] === 'string'
          ? { events: [row] }
          : { reason: 'type-missing', message: '_type is not text' }
        : { events: [{ _type: eventType, ...row }], changes: ['type-filled'] },
  };
}

function errorContextFor(now: () => number): ErrorContext {
  return {
    title: 'Sumatra',
    now,
    address: 'SUMATRA_API_URL',
    hints: { credentials: 'check SUMATRA_API_KEY', misdirected: 'check SUMATRA_API_URL' },
  };
}

function answerOf(
  reply: HttpReply,
  { body, isBatch, errorContext }: { body: Body; isBatch: boolean; errorContext: ErrorContext },
): Answer {
  if (!isSuccess(reply)) {
    const rules = isBatch ? SUMATRA_BATCH_STATUSES : SUMATRA_STATUSES;
    return refusedAlone(answerByRules(reply, rules, errorContext), body);
  }
  const value = parsedJson(reply.text);
  const settled = readAnswers(isBatch ? value : [value], body.events);
  if (settled !== undefined) return settled;
  const message = `${reply.status} without an event id`;
  return { kind: 'retry', taken: 'maybe', why: 'transient', message, status: reply.status };
}
