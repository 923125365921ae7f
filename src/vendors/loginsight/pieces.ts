/** Splits or truncates texts longer than Log Insight accepts. */
import type { LogEvent, LogField } from './event.ts';
import { maxTextBytes } from './rules.ts';

/** A part of a text, in UTF-16 code units. */
interface Span {
  from: number;
  to: number;
}

const scratch = new Uint8Array(maxTextBytes);
const encoder = new TextEncoder();

/** Whether the text has more bytes than Log Insight accepts. */
export function isTooLong(text: string): boolean {
  return (
    text.length > maxTextBytes || (text.length * 3 > maxTextBytes && Buffer.byteLength(text) > maxTextBytes)
  );
}

/**
 * Splits an event into pieces whose texts fit, cut between characters. Every piece has the fields without a range.
 * A field with a range goes to the piece where the range starts; a range that is cut becomes content.
 */
export function splitEvent(event: LogEvent): LogEvent[] {
  const text = event.text ?? '';
  return spansOf(text).map((span) => ({
    ...event,
    text: text.slice(span.from, span.to),
    fields: event.fields.map((field) => fieldIn(span, field, text)).filter((field) => field !== undefined),
  }));
}

/** The event with as much of its text as fits. Ranges beyond the cut become content, so that no value is lost. */
export function truncateEvent(event: LogEvent): LogEvent {
  const text = event.text ?? '';
  const kept: Span = { from: 0, to: spansOf(text)[0]?.to ?? 0 };
  return {
    ...event,
    text: text.slice(0, kept.to),
    fields: event.fields.map((field) => (isWithin(kept, field) ? field : asContent(field, text))),
  };
}

/** The field with the content that its range covers. */
export function asContent({ name, startPosition = 0, length = 0 }: LogField, text: string): LogField {
  return { name, content: text.slice(startPosition, startPosition + length) };
}

function spansOf(text: string): Span[] {
  const spans: Span[] = [];
  for (let from = 0; from < text.length;) {
    const { read } = encoder.encodeInto(text.slice(from), scratch);
    spans.push({ from, to: from + read });
    from += read;
  }
  return spans;
}

function fieldIn(span: Span, field: LogField, text: string): LogField | undefined {
  const { startPosition } = field;
  if (startPosition === undefined) return field;
  if (startPosition < span.from || startPosition >= span.to) return undefined;
  if (!isWithin(span, field)) return asContent(field, text);
  return { ...field, startPosition: startPosition - span.from };
}

function isWithin(span: Span, { startPosition, length }: LogField): boolean {
  if (startPosition === undefined || length === undefined) return true;
  return startPosition >= span.from && startPosition + length <= span.to;
}
