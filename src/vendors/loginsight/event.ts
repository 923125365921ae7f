/**
 * Converts a row to a log event: from the shape of the vendor (`text`, `timestamp`, `fields` as a list), or from a
 * flat row, where every other key becomes a field ("Log Insight API 1.0, POST events/ingest").
 */
import { asObject } from '../../json.ts';
import { stringify } from 'lossless-json';
import { freeName, legalName, unreserved } from './names.ts';

/** A name with content, with a range of the text, or alone. */
export interface LogField {
  name: string;
  content?: string;
  /** In UTF-16 code units of the text. */
  startPosition?: number;
  length?: number;
}

export interface LogEvent {
  text?: string;
  /** Milliseconds since the epoch. */
  timestamp?: number;
  fields: LogField[];
}

export interface Problem {
  reason: string;
  message: string;
}

/** An event, and how the row was changed to make it one. */
export interface ReadEvent {
  event: LogEvent;
  changes: string[];
  /** Keys of the row that became fields under another name. */
  renames: { from: string; to: string }[];
  /** The row already has the shape of the vendor and the same content. */
  isAsGiven: boolean;
}

/** Keys under which other shippers put the text, in order of preference (VMware fluent plugin 1.4.2, 2023-10). */
export const textKeys: readonly string[] = ['message', 'msg', 'log'];

const knownKeys = new Set(['text', 'timestamp', 'fields']);

/** Converts a row, or returns the problem when it cannot be an event. */
export function readEvent(row: Record<string, unknown>): ReadEvent | Problem {
  const changes: string[] = [];
  const event: LogEvent = { fields: [] };
  const { timestamp, fields } = row;
  const textKey = keyOfText(row);
  if (textKey !== undefined) event.text = contentOf(row[textKey]);
  if (textKey !== undefined && textKey !== 'text') changes.push(`text-from-key: ${textKey}`);

  // Times were already converted to numbers: anything else is not a time.
  if (typeof timestamp === 'number') event.timestamp = timestamp;

  const listed = Array.isArray(fields) ? readListed(fields, event) : undefined;
  if (listed !== undefined) return listed;
  const flat = { ...(Array.isArray(fields) ? {} : asObject(fields)) };
  for (const key of Object.keys(row)) if (!knownKeys.has(key) && key !== textKey) flat[key] = row[key];
  const renames = addFlat(flat, event);
  return isEmpty(event)
    ? { reason: 'event-empty', message: 'neither text nor fields' }
    : { event, changes, renames, isAsGiven: isSame(row, event) };
}

/** The key that holds the text: `text`, unless it is empty and another key has one. */
function keyOfText(row: Record<string, unknown>): string | undefined {
  const says = (key: string): boolean => ['string', 'number'].includes(typeof row[key]) && row[key] !== '';
  const { text } = row;
  const isThere = text !== undefined && text !== null;
  if (isThere && text !== '') return 'text';
  return textKeys.find(says) ?? (isThere ? 'text' : undefined);
}

function readListed(fields: readonly unknown[], event: LogEvent): Problem | undefined {
  const textLength = event.text?.length ?? 0;
  for (const item of fields) {
    const field = readField(item);
    if (field === undefined) {
      return {
        reason: 'field-malformed',
        message: 'a field needs a name and either content, or startPosition and length, or nothing else',
      };
    }
    const { name, startPosition: from, length } = field;
    if (from !== undefined && length !== undefined && from + length > textLength) {
      const range = `${from} to ${from + length}`;
      return {
        reason: 'field-range',
        message: `field ${name}: ${range} is not within the text of ${textLength}`,
      };
    }
    event.fields.push(field);
  }
  return undefined;
}

function isSame(row: Record<string, unknown>, event: LogEvent): boolean {
  const { text, timestamp, fields = [] } = row;
  if (text !== event.text || timestamp !== event.timestamp || !Array.isArray(fields)) return false;
  if (fields.length !== event.fields.length) return false;
  return event.fields.every((field, index) => {
    const given = asObject(fields[index]);
    return (
      given?.['name'] === field.name &&
      given['content'] === field.content &&
      given['startPosition'] === field.startPosition
    );
  });
}

function readField(item: unknown): LogField | undefined {
  const { name, content, startPosition, length, ...others } = asObject(item) ?? {};
  if (typeof name !== 'string' || name === '' || Object.keys(others).length > 0) return undefined;
  const field = { name: unreserved(name) };
  if (startPosition === undefined && length === undefined) {
    return content === undefined ? field : { ...field, content: contentOf(content) };
  }
  if (!isPosition(startPosition) || !isPosition(length) || content !== undefined) return undefined;
  return length === 0 ? { ...field, content: '' } : { ...field, startPosition, length };
}

function addFlat(values: Record<string, unknown>, event: LogEvent): ReadEvent['renames'] {
  const renames: ReadEvent['renames'] = [];
  const taken = new Set(event.fields.map(({ name }) => name));
  for (const [key, value] of Object.entries(values)) {
    if (value === null || value === undefined) continue;
    const name = freeName(legalName(key), taken);
    taken.add(name);
    event.fields.push({ name, content: contentOf(value) });
    if (name !== key) renames.push({ from: key, to: name });
  }
  return renames;
}

/** Contents are strings; other values become JSON, and numbers keep their original digits. */
function contentOf(value: unknown): string {
  return typeof value === 'string' ? value : (stringify(value) ?? '');
}

function isPosition(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value >= 0;
}

function isEmpty(event: LogEvent): boolean {
  return (event.text ?? '') === '' && event.fields.length === 0;
}
