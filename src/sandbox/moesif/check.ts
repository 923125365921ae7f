import { isObject } from '../wire/body.ts';

export type EventKind = 'event' | 'action';

const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/;

/** What is wrong with an event or action, or `undefined` (Moesif docs, Collector API, 2026-07). */
export function findFault(item: unknown, kind: EventKind, oldestMs: number): string | undefined {
  if (!isObject(item)) return 'not an object';
  const { request, response } = item;
  if (kind === 'action' && typeof item['action_name'] !== 'string') return 'action_name is missing';
  if (!isObject(request)) return 'request is missing';
  if (typeof request['uri'] !== 'string') return 'request.uri is missing';
  if (kind === 'event' && typeof request['verb'] !== 'string') return 'request.verb is missing';
  if (kind === 'event' || request['time'] !== undefined) {
    const timeMs = readTimeMs(request['time']);
    if (timeMs === undefined) return 'request.time is missing or no ISO 8601 time';
    if (timeMs < oldestMs) return 'request.time is too old';
  }
  if (kind === 'action' || response === undefined || response === null) return undefined;
  if (!isObject(response)) return 'response is no object';
  if (readTimeMs(response['time']) === undefined) return 'response.time is missing or no ISO 8601 time';
  return Number.isInteger(response['status']) ? undefined : 'response.status is missing';
}

/** The vendor's samples have no time zone; they are read as UTC. */
function readTimeMs(value: unknown): number | undefined {
  const match = typeof value === 'string' ? ISO_TIME.exec(value) : null;
  if (match === null) return undefined;
  const timeMs = Date.parse(match[3] === undefined ? `${match[0]}Z` : match[0]);
  return Number.isNaN(timeMs) ? undefined : timeMs;
}
