/** Limits of Log Insight, and what its statuses mean. */
import type { StatusRule } from '../rules.ts';
import type { LogInsightSettings } from './options.ts';

/** Which of the vendor's interfaces is spoken: their bodies differ. */
export type Api = 'v1' | 'v2' | 'cloud';

/** What is done with a text that is longer than the vendor takes. */
export type LongText = 'split' | 'truncate' | 'reject';

/** Of one text ("Log Insight API 1.0, POST events/ingest": 16KB). */
export const maxTextBytes = 16_384;

/** Without a login, times are forced into this distance from the server's clock (the same page). */
export const clockToleranceMs = 600_000;

/**
 * Of a body, a little below the documented 4 MB ("Log Insight API 1.0, POST events/ingest") and 1 MB ("VMware Aria
 * Operations for Logs SaaS, POST events"). The number of events is our choice, from the vendor's "1 to 500".
 */
export const batchLimits: Readonly<Record<Api, { events: number; bytes: number }>> = {
  v1: { events: 500, bytes: 3_900_000 },
  v2: { events: 500, bytes: 3_900_000 },
  cloud: { events: 500, bytes: 900_000 },
};

export const maxUploads = 2;

/** "Log Insight API 1.0, POST events/ingest, Responses". Nothing is de-duplicated: what is in doubt stays in doubt. */
export const LOGINSIGHT_STATUSES: readonly StatusRule[] = [
  { status: '200', verdict: 'taken', meaning: 'taken; events that "ingested" leaves out are unknown' },
  { status: '400', verdict: 'smaller', meaning: 'an event is refused: sent in halves until it stands alone' },
  { status: '401', verdict: 'session', meaning: 'the session is not valid: logs in again' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '415', verdict: 'misdirected', meaning: 'the interface takes another kind of body' },
  { status: '440', verdict: 'closed', meaning: 'the session ran out: logs in again' },
  { status: '503', verdict: 'closed', meaning: 'overloaded, nothing was taken: waits as long as it says' },
];

/** Of `POST /api/v1/sessions`: asking twice does no harm. */
export const LOGIN_STATUSES: readonly StatusRule[] = [
  { status: '400', verdict: 'credentials', meaning: 'the login is refused' },
  { status: '404', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '5xx', verdict: 'closed', meaning: 'asked again' },
];

/** Of `GET /api/v1/sessions/current`. */
export const SESSION_STATUSES: readonly StatusRule[] = [
  { status: '404', verdict: 'misdirected', meaning: 'not the address of this interface' },
  { status: '440', verdict: 'credentials', meaning: 'the session ran out' },
];

/** Whether requests say who sends them. */
export function isAuthenticated(settings: LogInsightSettings): boolean {
  return settings.username !== undefined || settings.sessionId !== undefined;
}
