/** Limits of Log Insight and meanings of its statuses. */
import type { StatusRule } from '../rules.ts';
import type { LogInsightSettings } from './options.ts';

/** API version; the bodies differ. */
export type Api = 'v1' | 'v2' | 'cloud';

/** How to treat a text longer than the vendor accepts. */
export type LongText = 'split' | 'truncate' | 'reject';

/** Bytes of one text ("Log Insight API 1.0, POST events/ingest": 16KB). */
export const maxTextBytes = 16_384;

/** Without a login the server moves times to within this distance from its clock (same page). */
export const clockToleranceMs = 600_000;

/**
 * Limits of a body: a little below the documented 4 MB ("Log Insight API 1.0, POST events/ingest") and 1 MB
 * ("VMware Aria Operations for Logs SaaS, POST events"). The number of events is chosen within "1 to 500".
 */
export const batchLimits: Readonly<Record<Api, { events: number; bytes: number }>> = {
  v1: { events: 500, bytes: 3_900_000 },
  v2: { events: 500, bytes: 3_900_000 },
  cloud: { events: 500, bytes: 900_000 },
};

export const maxUploads = 2;

/**
 * "Log Insight API 1.0, POST events/ingest, Responses". The vendor does not de-duplicate, so rows in doubt are not
 * sent again.
 */
export const LOGINSIGHT_STATUSES: readonly StatusRule[] = [
  { status: '200', verdict: 'taken', meaning: 'taken; events that "ingested" leaves out are unknown' },
  { status: '400', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '401', verdict: 'session', meaning: 'the session is not valid: logs in again' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '415', verdict: 'misdirected', meaning: 'the interface takes another kind of body' },
  { status: '440', verdict: 'closed', meaning: 'the session ran out: logs in again' },
  { status: '503', verdict: 'closed', meaning: 'overloaded, nothing was taken: waits as long as it says' },
];

/** For `POST /api/v1/sessions`, which is harmless to repeat. */
export const LOGIN_STATUSES: readonly StatusRule[] = [
  { status: '400', verdict: 'credentials', meaning: 'the login is refused' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '5xx', verdict: 'closed', meaning: 'asked again' },
];

/** For `GET /api/v1/sessions/current`. */
export const SESSION_STATUSES: readonly StatusRule[] = [
  { status: '404', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '440', verdict: 'credentials', meaning: 'the session ran out' },
];

/** Whether requests are authenticated. */
export function isAuthenticated(settings: LogInsightSettings): boolean {
  return settings.username !== undefined || settings.sessionId !== undefined;
}
