/**
 * Required and filled-in fields of events and actions ("Moesif docs, Event Ingestion", 2016-08, and "Collector
 * API", 2026-07). `response.verb`, listed only in 2016, is passed on but not required.
 */
import { asObject } from '../../json.ts';
import type { Rebuilt, RowShape } from '../../contracts/target.ts';
import { ADDRESS_NAMES, TIME_NAMES, USER_AGENT_NAMES } from '../column-names.ts';
import { oldEventAgeMs, maxEventBytes } from './rules.ts';

const requestTime = { path: 'request.time', oldAfterMs: oldEventAgeMs, oldReason: 'old-event' };

const long = { overBytes: maxEventBytes, warning: 'event-cut-by-vendor' };

/** Types of the fields common to events and actions ("Moesif docs, Collector API", 2026-07). */
const commonTypes = {
  session_token: 'text',
  user_id: 'text',
  company_id: 'text',
  subscription_id: 'text',
  metadata: 'object',
  'request.uri': 'text',
  'request.ip_address': 'text',
} as const;

const eventTypes = {
  ...commonTypes,
  direction: 'text',
  weight: 'integer',
  'request.verb': 'text',
  'request.api_version': 'text',
  'request.transfer_encoding': 'text',
  'request.headers': 'header-map',
  'response.status': 'integer',
  'response.ip_address': 'text',
  'response.transfer_encoding': 'text',
  'response.headers': 'header-map',
} as const;

const actionTypes = { ...commonTypes, action_name: 'text', 'request.user_agent_string': 'text' } as const;

/** Column names in tables for the common fields. */
const commonNames = {
  'request.time': TIME_NAMES,
  'request.uri': ['uri', 'url', 'requesturl', 'path', 'requestpath', 'endpoint', 'csuristem'],
  'request.ip_address': ADDRESS_NAMES,
  transaction_id: ['requestid', 'traceid', 'correlationid', 'eventid', 'uuid', 'id'],
  user_id: ['userid', 'user', 'username'],
  company_id: ['companyid', 'company', 'organizationid', 'tenantid'],
  session_token: ['sessiontoken', 'sessionid'],
};

const eventNames = {
  ...commonNames,
  'request.verb': ['verb', 'method', 'requestmethod', 'httpmethod', 'csmethod'],
  'request.headers': ['requestheaders'],
  'request.headers.User-Agent': USER_AGENT_NAMES,
  'request.body': ['requestbody'],
  'response.time': ['responsetime', 'endtime', 'endedat', 'completedat', 'finishedat'],
  'response.status': ['status', 'statuscode', 'responsecode', 'httpstatus', 'responsestatuscode', 'scstatus'],
  'response.headers': ['responseheaders'],
  'response.body': ['responsebody'],
};

const actionNames = {
  ...commonNames,
  action_name: ['actionname', 'action', 'eventname', 'event', 'name'],
  'request.user_agent_string': USER_AGENT_NAMES,
};

/** An API call: a request and, if there was one, a response. */
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
  fieldTypes: eventTypes,
  columnNames: eventNames,
  texts: ['request.headers.*', 'response.headers.*'],
  // Without a response the official clients send one of nulls (moesifapi 3.1.3, 2026-04).
  optionalParts: ['response'],
  long,
  rebuild: (row) => rebuilt(row, ['request', 'response']),
};

/** A user action. The server sets a missing time. */
export const actionShape: RowShape = {
  required: [
    { path: 'action_name', type: 'string', reason: 'action-name-missing' },
    { path: 'request', type: 'object', reason: 'request-missing' },
    { path: 'request.uri', type: 'string', reason: 'request-uri-missing' },
  ],
  times: [requestTime],
  fieldTypes: actionTypes,
  columnNames: actionNames,
  long,
  rebuild: (row) => rebuilt(row, []),
};

/**
 * Completes header maps, and warns about a missing address, which Moesif replaces by that of the importer, and
 * about URIs.
 */
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
  const { ip_address: address = '', uri } = asObject(row['request']) ?? {};
  return {
    events: [changes.size === 0 ? row : event],
    changes: [...changes],
    warnings: [...((address ?? '') === '' ? ['ip-address-missing'] : []), ...warningsAbout(uri)],
  };
}

/** URIs must be absolute, with at most 500 query keys ("Moesif docs, Collector API", 2026-07). */
function warningsAbout(uri: unknown): string[] {
  if (typeof uri !== 'string') return [];
  const isAbsolute = /^[a-z][a-z0-9+.-]*:/i.test(uri);
  const query = uri.includes('?') ? uri.slice(uri.indexOf('?') + 1).replace(/#.*$/s, '') : '';
  const keys = query.length > maxQueryKeys ? query.split('&').filter((part) => part !== '').length : 0;
  return [...(isAbsolute ? [] : ['uri-relative']), ...(keys > maxQueryKeys ? ['query-keys-over-500'] : [])];
}

const maxQueryKeys = 500;

/** Headers as a map of strings: an empty one when missing, repeated headers joined by commas. */
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
