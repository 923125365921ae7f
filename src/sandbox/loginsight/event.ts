import { isObject } from '../wire/body.ts';

/** An event as the server stores it. */
export interface LogEvent {
  text: string;
  timestamp: number;
  fields: LogField[];
}

interface LogField {
  name: string;
  content?: string;
  startPosition?: number;
  length?: number;
}

export interface EventLimits {
  maxTextBytes: number;
  /** 64 in the cloud; the appliance publishes no limit. */
  maxNameLength: number;
}

/** An invalid event; the message says why. */
export class BadEvent extends Error {}

/** Parses an event of the ingest routes; other keys than the three known ones are ignored. */
export function readIngestEvent(value: unknown, limits: EventLimits, nowMs: number): LogEvent {
  if (!isObject(value)) throw new BadEvent('an event is an object');
  const text = readText(value['text'], limits);
  const fields = value['fields'] ?? [];
  if (!Array.isArray(fields)) throw new BadEvent('fields is an array');
  const read = fields.map((field) => readField(field, text));
  checkNames(read, limits);
  return { text, timestamp: readTimestamp(value['timestamp'], nowMs), fields: read };
}

/** Parses a flat event of `POST /api/v2/events` on the appliance: every other key is a field. */
export function readFlatEvent(value: unknown, limits: EventLimits, nowMs: number): LogEvent {
  if (!isObject(value)) throw new BadEvent('an event is an object');
  const { text, timestamp, ...rest } = value;
  const fields = Object.entries(rest).map(([name, content]) => ({ name, content: contentOf(content) }));
  checkNames(fields, limits);
  return { text: readText(text, limits), timestamp: readTimestamp(timestamp, nowMs), fields };
}

/** Parses an event of the cloud product, whose fields are one object. */
export function readCloudEvent(value: unknown, limits: EventLimits, nowMs: number): LogEvent {
  if (!isObject(value)) throw new BadEvent('an event is an object');
  const given = value['fields'] ?? {};
  if (!isObject(given)) throw new BadEvent('fields is an object');
  const fields = Object.entries(given).map(([name, content]) => ({ name, content: contentOf(content) }));
  checkNames(fields, limits);
  const text = readText(value['text'], limits);
  return { text, timestamp: readTimestamp(value['timestamp'], nowMs), fields };
}

function readText(value: unknown, limits: EventLimits): string {
  if (value === undefined) return '';
  if (typeof value !== 'string') throw new BadEvent('text is a string');
  if (Buffer.byteLength(value) > limits.maxTextBytes) {
    throw new BadEvent(`text is longer than ${limits.maxTextBytes} bytes`);
  }
  return value;
}

function readTimestamp(value: unknown, nowMs: number): number {
  if (value === undefined) return nowMs;
  if (!Number.isInteger(value)) throw new BadEvent('timestamp is an integer of milliseconds');
  return value as number;
}

/** Exactly one of `{name, content}`, `{name, startPosition, length}` and `{name}` (REST reference v1, 2020-02). */
function readField(value: unknown, text: string): LogField {
  if (!isObject(value) || typeof value['name'] !== 'string') throw new BadEvent('a field has a name');
  const { name, content, startPosition, length, ...rest } = value;
  if (Object.keys(rest).length > 0) throw new BadEvent(`field ${name} has unknown keys`);
  if (content !== undefined) {
    if (startPosition !== undefined || length !== undefined) {
      throw new BadEvent(`field ${name} has both content and a range`);
    }
    if (typeof content !== 'string') throw new BadEvent(`the content of field ${name} is a string`);
    return { name, content };
  }
  if (startPosition === undefined && length === undefined) return { name };
  if (!isCount(startPosition) || !isCount(length) || startPosition + length > text.length) {
    throw new BadEvent(`the range of field ${name} lies outside the text`);
  }
  return { name, startPosition, length };
}

function isCount(value: unknown): value is number {
  return Number.isInteger(value) && (value as number) >= 0;
}

function contentOf(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

/**
 * The server refuses an event with a field called `timestamp` (logstash-output-loginsight 0.3.0, 2017-09).
 */
function checkNames(fields: LogField[], limits: EventLimits): void {
  const seen = new Set<string>();
  for (const { name } of fields) {
    if (name === '' || name === 'timestamp') throw new BadEvent(`a field must not be called "${name}"`);
    if (name.length > limits.maxNameLength) throw new BadEvent(`the name of field ${name} is too long`);
    if (seen.has(name)) throw new BadEvent(`field ${name} appears twice`);
    seen.add(name);
  }
}
