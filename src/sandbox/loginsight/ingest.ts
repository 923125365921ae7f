import type { EventStore } from '../events/store.ts';
import { isObject, parseJson, readWholeBody } from '../wire/body.ts';
import type { Exchange } from '../wire/exchange.ts';
import { jsonReply, Refusal, type Reply } from '../wire/reply.ts';
import { BadEvent, readCloudEvent, readFlatEvent, readIngestEvent, type LogEvent } from './event.ts';
import type { LogInsightSettings } from './options.ts';

/**
 * `ingest`: `{events: […]}`. `messages`: the same under its old name. `flat`: a bare array of flat objects,
 * v2 of the appliance. `cloud`: a bare array with `fields` as an object.
 */
export type IngestShape = 'ingest' | 'messages' | 'flat' | 'cloud';

export interface IngestParts {
  shape: IngestShape;
  /** With a session the times of events are trusted. */
  isTrusted: boolean;
  settings: LogInsightSettings;
  store: EventStore;
  nowMs: number;
}

const CLAMP_MS = 600_000;

/** Stores a request's events, or refuses it with 400 and the product's message. */
export async function ingest(exchange: Exchange, parts: IngestParts): Promise<Reply> {
  const { settings, shape } = parts;
  const body = parseJson(await readWholeBody(exchange, settings.maxBodyBytes));
  const values = listOf(body, shape);
  if (values.length === 0) throw refusal(shape, 'LIMIT_ERROR', 'Missing events');
  if (values.length > settings.maxEvents) {
    throw refusal(shape, 'LIMIT_ERROR', `More than ${settings.maxEvents} events`);
  }
  const staged = parts.store.stage();
  let taken = 0;
  for (const value of values) {
    const event = readOrDrop(value, parts);
    if (event === undefined) continue;
    staged.add(null, Buffer.from(JSON.stringify(describe(event, exchange))));
    taken += 1;
  }
  staged.commit(shape);
  const counted = shape === 'cloud' ? { received: taken } : { ingested: taken };
  return jsonReply(200, { ...counted, message: 'events ingested', status: 'ok' });
}

function listOf(body: unknown, shape: IngestShape): unknown[] {
  const isWrapped = shape === 'ingest' || shape === 'messages';
  const key = shape === 'messages' ? 'messages' : 'events';
  if (isWrapped && isObject(body) && body[key] === undefined) return [];
  const list = isWrapped ? (isObject(body) ? body[key] : undefined) : body;
  if (Array.isArray(list)) return list;
  throw refusal(shape, 'JSON_FORMAT_ERROR', 'Invalid request body');
}

/** On the flat route one bad event refuses the whole request, as documented; elsewhere an option decides. */
function readOrDrop(value: unknown, parts: IngestParts): LogEvent | undefined {
  const { settings, shape, nowMs } = parts;
  try {
    const limits = { maxTextBytes: settings.maxTextBytes, maxNameLength: shape === 'cloud' ? 64 : Infinity };
    const read = shape === 'flat' ? readFlatEvent : shape === 'cloud' ? readCloudEvent : readIngestEvent;
    return adjustTime(read(value, limits, nowMs), parts);
  } catch (error) {
    if (!(error instanceof BadEvent)) throw error;
    if (shape !== 'flat' && settings.badEvents === 'drop-event') return undefined;
    throw refusal(shape, 'FIELD_ERROR', error.message);
  }
}

/**
 * Without a session, a time more than ten minutes from the server's is moved to that limit; on the flat route
 * it is replaced by the server's time.
 */
function adjustTime(event: LogEvent, { isTrusted, shape, nowMs }: IngestParts): LogEvent {
  if (isTrusted) return event;
  const clamped = Math.min(nowMs + CLAMP_MS, Math.max(nowMs - CLAMP_MS, event.timestamp));
  const isMoved = clamped !== event.timestamp;
  return { ...event, timestamp: isMoved && shape === 'flat' ? nowMs : clamped };
}

/** The event with the fields that the server adds. */
function describe(event: LogEvent, exchange: Exchange): LogEvent {
  const source = exchange.request.socket.remoteAddress ?? 'unknown';
  const added = { source, hostname: source, event_type: 'v4_00000000' };
  const own = new Set(event.fields.map(({ name }) => name));
  const extra = Object.entries(added).filter(([name]) => !own.has(name));
  return { ...event, fields: [...event.fields, ...extra.map(([name, content]) => ({ name, content }))] };
}

function refusal(shape: IngestShape, errorCode: string, errorMessage: string): Refusal {
  const details = shape === 'cloud' ? { errorCode, errorDetails: {} } : {};
  return new Refusal(jsonReply(400, { errorMessage, ...details }));
}
