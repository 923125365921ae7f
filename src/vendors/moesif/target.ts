/** The Moesif collector as a target ("Moesif docs, Collector API", 2026-07; paths of 2016 with --path-prefix). */
import type { Target, TargetLimits } from '../../contracts/target.ts';
import type { HttpClient, HttpReply } from '../../http/client.ts';
import { Failure } from '../../failure.ts';
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
import { collectorUrl, errorContextFor, secretNames } from './collector.ts';
import type { MoesifSettings } from './options.ts';
import { actionShape, eventShape } from './shape.ts';
import { MOESIF_STATUSES, maxUploads, maxBatchBytes } from './rules.ts';

const answerTimeoutMs = 30_000;

/**
 * Creates the target for API calls or, with `actions`, user actions. Throws a Failure `usage` for settings out of
 * range.
 */
export function createMoesifTarget(
  settings: MoesifSettings,
  context: { http: HttpClient; now: () => number },
): Target {
  const kind = settings.actions === true ? 'actions' : 'events';
  const isSingle = settings.single === true;
  const token = settings.token?.trim();
  const endpoint = collectorUrl(settings, isSingle ? kind : `${kind}/batch`);
  const errorContext = errorContextFor(context.now);
  return {
    vendor: 'moesif',
    endpoint,
    idField: 'transaction_id',
    limits: limitsFor(settings, kind, isSingle),
    shape: kind === 'actions' ? actionShape : eventShape,
    framing: isSingle ? ONE_OBJECT : JSON_ARRAY,
    gzip: true,
    checkCredentials: () => void checkedSecret(token, secretNames),
    async send(body, signal) {
      const reply = await context.http.request({
        method: 'POST',
        url: endpoint,
        headers: {
          'x-moesif-application-id': checkedSecret(token, secretNames),
          'content-type': 'application/json',
          ...(body.encoding === 'gzip' ? { 'content-encoding': 'gzip' } : {}),
        },
        body,
        signal,
        timeoutMs: answerTimeoutMs,
      });
      return reply.kind === 'transport-error'
        ? retryAfterTransportError(reply, errorContext)
        : answerOf(reply, body, errorContext);
    },
  };
}

function limitsFor(settings: MoesifSettings, kind: 'events' | 'actions', isSingle: boolean): TargetLimits {
  const bytes = settings.batchBytes;
  if (bytes > maxBatchBytes[kind]) {
    throw new Failure(
      'usage',
      `--batch-bytes is above what Moesif takes for ${kind}: ${maxBatchBytes[kind]}`,
    );
  }
  return {
    rows: isSingle ? 1 : settings.batchEvents,
    bytes,
    bytesCountAs: 'raw',
    uploads: maxUploads,
    open: maxUploads,
  };
}

function answerOf(reply: HttpReply, body: Body, errorContext: ErrorContext): Answer {
  if (isCollectorsSuccess(reply)) {
    return { kind: 'settled', accepted: body.events, rejected: [], unknown: 0 };
  }
  return refusedAlone(answerByRules(reply, MOESIF_STATUSES, errorContext), body);
}

/**
 * The collector answers 201 with `X-Moesif-Config-Etag`; the documentation promises only a 2xx and describes no
 * body ("Moesif docs, Collector API", 2026-07). Any other 2xx counts when its body is empty or JSON. A web page
 * never counts.
 */
function isCollectorsSuccess(reply: HttpReply): boolean {
  if (!isSuccess(reply)) return false;
  const isMarked = reply.status === 201 || reply.headers['x-moesif-config-etag'] !== undefined;
  return isMarked || reply.text.trim() === '' || parsedJson(reply.text) !== undefined;
}
