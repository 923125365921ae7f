/** Converts rows to events for each API version of Log Insight. */
import type { Rebuilt, RowShape } from '../../contracts/target.ts';
import { TIME_NAMES } from '../column-names.ts';
import { plainText } from '../../http/explain.ts';
import { readEvent, textKeys, type LogEvent } from './event.ts';
import { freeName } from './names.ts';
import { asContent, isTooLong, splitEvent, truncateEvent } from './pieces.ts';
import { batchLimits, clockToleranceMs, type LongText, type Api } from './rules.ts';

export interface ShapeOptions {
  api: Api;
  longText: LongText;
  /** Keep the original time in a field, since without a login the server changes times. */
  keepTime: boolean;
  now: () => number;
}

/** Keys of an event in any API version, and those other shippers use for its text. */
const eventKeys = ['text', 'timestamp', 'fields', ...textKeys];
/**
 * Keys that clients use in place of `timestamp` ("VMware fluent plugin for Log Insight" 1.4.2, 2023-10; Elastic and
 * Docker).
 */
const time = { path: 'timestamp', writes: 'epoch-ms', aliases: ['@timestamp', 'time'] } as const;

const keptTimeField = 'original_timestamp';

const maxRenamesTold = 100;

/** The shape of rows. `rebuild` decides row by row, since the event depends on what is in the row. */
export function shapeFor(options: ShapeOptions): RowShape {
  const describeRename = createRenameCodes();
  return {
    required: [],
    times: [time],
    fields: eventKeys,
    // Contents are strings whatever they hold.
    texts: ['text', ...textKeys, '*'],
    wanted: ['text', 'timestamp'],
    aliases: { text: textKeys },
    columnNames: { text: ['line', 'body', 'content', 'raw'], timestamp: TIME_NAMES },
    rebuild: (row) => rebuild(row, { ...options, describeRename }),
  };
}

type RenameCode = (rename: { from: string; to: string }) => string;

/** A code for each rename, up to a limit: keys may be ids. */
function createRenameCodes(): RenameCode {
  const codes = new Set<string>();
  return ({ from, to }) => {
    const code = `field-renamed: ${plainText(from)} to ${to}`;
    if (codes.size >= maxRenamesTold && !codes.has(code)) return 'field-renamed';
    codes.add(code);
    return code;
  };
}

function rebuild(
  row: Record<string, unknown>,
  options: ShapeOptions & { describeRename: RenameCode },
): Rebuilt {
  const read = readEvent(row);
  if ('reason' in read) return read;
  const { event } = read;
  const changes = [...read.changes, ...read.renames.map(options.describeRename)];
  const missing = [
    ...((event.text ?? '') === '' ? ['text-missing'] : []),
    ...(event.timestamp === undefined ? ['time-missing'] : []),
  ];
  const clamped = options.keepTime ? keepTime(event, { changes, now: options.now }) : [];
  const pieces = fit(event, options.longText, changes);
  if (pieces === undefined) {
    return { reason: 'text-too-long', message: 'the text is longer than 16,384 bytes' };
  }
  if (pieces.length > 1 && !fitsOneRequest(pieces, options.api)) {
    return { reason: 'text-too-long', message: 'the split text does not fit into one request' };
  }
  const isAsItWas = options.api === 'v1' && read.isAsGiven && changes.length === 0;
  const events = isAsItWas ? [row] : pieces.map((piece) => render(piece, options.api));
  return { events, changes: [...new Set(changes)], warnings: [...missing, ...clamped] };
}

/**
 * "Unauthenticated event submissions have their time clamped" ("Log Insight API 1.0, POST events/ingest"): keeps
 * the time in a field, and warns when it will be clamped.
 */
function keepTime(event: LogEvent, { changes, now }: { changes: string[]; now: () => number }): string[] {
  if (event.timestamp === undefined) return [];
  const name = freeName(keptTimeField, new Set(event.fields.map((field) => field.name)));
  event.fields.push({ name, content: new Date(event.timestamp).toISOString() });
  changes.push('time-kept-in-field');
  return Math.abs(now() - event.timestamp) > clockToleranceMs ? ['time-clamped'] : [];
}

/** The event in as many pieces as it needs; undefined when it must not be cut. */
function fit(event: LogEvent, longText: LongText, changes: string[]): LogEvent[] | undefined {
  if (event.text === undefined || !isTooLong(event.text)) return [event];
  switch (longText) {
    case 'split':
      changes.push('text-split');
      return splitEvent(event);
    case 'truncate':
      changes.push('text-truncated');
      return [truncateEvent(event)];
    case 'reject':
      return undefined;
  }
}

/** Whether the pieces of a row fit into one request: they are sent together, since a row has one outcome. */
function fitsOneRequest(pieces: readonly LogEvent[], api: Api): boolean {
  const { events, bytes } = batchLimits[api];
  const length = pieces.reduce((sum, piece) => sum + writtenLength(piece, api), 0);
  return pieces.length <= events && length <= bytes;
}

/** Length in bytes, with the comma that follows. */
function writtenLength(event: LogEvent, api: Api): number {
  return Buffer.byteLength(JSON.stringify(render(event, api))) + 1;
}

function render(event: LogEvent, api: Api): Record<string, unknown> {
  const { fields, text, timestamp } = event;
  const head = { ...(text === undefined ? {} : { text }), ...(timestamp === undefined ? {} : { timestamp }) };
  switch (api) {
    case 'v1':
      return fields.length === 0 ? head : { ...head, fields };
    case 'v2':
      return { ...contentsOf(event), ...head };
    case 'cloud':
      return { ...head, fields: contentsOf(event) };
  }
}

/** Fields as a map, for API versions without ranges: each range becomes content. */
function contentsOf({ fields, text = '' }: LogEvent): Record<string, string> {
  const entries = fields.map((field) => {
    const { content = '' } = field.startPosition === undefined ? field : asContent(field, text);
    return [field.name, content] as const;
  });
  return Object.fromEntries(entries);
}
