/**
 * What Moesif demands of an event or an action, and what is filled in ("Moesif docs, Event Ingestion" of 2016-08 and
 * the collector's reference of 2026-07). `response.verb`, which the page of 2016 lists, is passed on, never demanded.
 */
import type { Rebuilt, RowShape } from '../../contracts/target.ts';
import { asObject } from '../json.ts';
import { oldEventAgeMs } from './rules.ts';
import { maxEventBytes } from './rules.ts';

const requestTime = { path: 'request.time', oldAfterMs: oldEventAgeMs, oldReason: 'old-event' };

const long = { overBytes: maxEventBytes, warning: 'event-cut-by-vendor' };

/** An API call: a request, and a response unless there was none. */
export const eventShape: RowShape = {
  fields: ['request', 'response'],
  required: [
    { path: 'request', type: 'object', reason: 'request-missing' },
    { path: 'request.time', reason: 'request-time-missing' },
    { path: 'request.uri', type: 'string', reason: 'request-uri-missing' },
    { path: 'request.verb', type: 'string', reason: 'request-verb-missing' },
    { path: 'response', when: 'response', type: 'object', reason: 'response-not-an-object' },
    { path: 'response.time', when: 'response', reason: 'response-time-missing' },
    { path: 'response.status', when: 'response', type: 'integer', reason: 'response-status-missing' },
  ],
  times: [requestTime, { path: 'response.time' }],
  long,
  rebuild: (row) => rebuilt(row, ['request', 'response']),
};

/** What a user did. The server sets a time where there is none. */
export const actionShape: RowShape = {
  required: [
    { path: 'action_name', type: 'string', reason: 'action-name-missing' },
    { path: 'request', type: 'object', reason: 'request-missing' },
    { path: 'request.uri', type: 'string', reason: 'request-uri-missing' },
  ],
  times: [requestTime],
  long,
  rebuild: (row) => rebuilt(row, []),
};

/** Fills in header maps, and warns where Moesif would take the importer's own address for the user's. */
function rebuilt(row: Record<string, unknown>, sidesWithHeaders: readonly string[]): Rebuilt {
  const changes = new Set<string>();
  const event = { ...row };
  for (const side of sidesWithHeaders) {
    const part = asObject(row[side]);
    if (part === undefined) continue;
    const headers = headerMap(part['headers']);
    if (headers.change === undefined) continue;
    event[side] = { ...part, headers: headers.map };
    changes.add(headers.change);
  }
  const hasAddress = (asObject(row['request'])?.['ip_address'] ?? '') !== '';
  return {
    events: [changes.size === 0 ? row : event],
    changes: [...changes],
    warnings: hasAddress ? [] : ['ip-address-missing'],
  };
}

/** Headers are a map of text to text: where there are none an empty one, and repeated headers joined by commas. */
function headerMap(headers: unknown): { map: unknown; change?: string } {
  if (headers === undefined || headers === null) return { map: {}, change: 'headers-filled' };
  const map = asObject(headers);
  if (map === undefined || !Object.values(map).some(Array.isArray)) return { map: headers };
  const joined = Object.entries(map).map(([name, value]) => [
    name,
    Array.isArray(value) ? value.join(', ') : value,
  ]);
  return { map: Object.fromEntries(joined) as unknown, change: 'headers-joined' };
}
