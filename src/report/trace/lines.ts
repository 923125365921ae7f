/** Formats the trace as lines: text for people, JSON for programs. */
import type { TraceEvent, TracedHeaders } from '../../trace.ts';
import { formatBytes, formatDuration } from '../terminal/numbers.ts';
import { printable } from '../terminal/printable.ts';

/** How every log begins, in either format and in all versions. */
export const LOG_PREFIX = /^(\{"schema":\d+,"type":"log"|\S+ scarf-cli \S+ log\b)/;

/** The first line of a log. */
export interface LogHead {
  version: string;
  node: string;
  platform: string;
  /** The command line after the program's name. */
  argv: readonly string[];
}

/** The lowest level that prints an event: 1 for `-v`, 2 for `-vv`, 3 for `--debug`. */
export function levelOf({ type }: TraceEvent): 1 | 2 | 3 {
  switch (type) {
    case 'request-ended':
    case 'waiting':
      return 1;
    case 'request-started':
    case 'database-connected':
      return 2;
    case 'statement-ended':
    case 'run-event':
    case 'command-ended':
      return 3;
  }
}

export function headText(time: string, { version, node, platform, argv }: LogHead): string {
  return `${time} scarf-cli ${version} log, Node.js ${node} on ${platform}: ${oneLine(argv.join(' '))}\n`;
}

export function headJson(time: string, head: LogHead): string {
  return `${JSON.stringify({ schema: 1, type: 'log', ts: time, program: 'scarf-cli', ...head })}\n`;
}

/**
 * One line for the event, one for each header if requested, and one for the body if there is one. Each ends
 * in a line feed.
 */
export function eventText(
  time: string,
  event: TraceEvent,
  { withHeaders }: { withHeaders: boolean },
): string {
  const details = 'headers' in event && withHeaders ? headerLines(event.headers) : [];
  const body =
    'body' in event && event.body !== undefined && event.body !== ''
      ? [`    body: ${oneLine(event.body)}`]
      : [];
  return [`${time} ${oneLine(sentenceOf(event))}`, ...details, ...body].map((line) => `${line}\n`).join('');
}

export function eventJson(time: string, event: TraceEvent): string {
  const { type, ...rest } = event;
  const told = type === 'run-event' ? { event: { ...event.event } } : rest;
  const shown = 'headers' in event ? { ...told, headers: safeHeaders(event.headers) } : told;
  const body = 'body' in event && event.body !== undefined ? { body: withoutKeys(event.body) } : {};
  const ms = 'ms' in event ? { ms: Math.round(event.ms) } : {};
  return `${JSON.stringify({ ts: time, type, ...shown, ...ms, ...body })}\n`;
}

function sentenceOf(event: TraceEvent): string {
  switch (event.type) {
    case 'request-started':
      return `request ${event.request}: ${event.method} ${event.url}${attemptOf(event.attempt)}, sending ${formatBytes(event.bytesSent)}`;
    case 'request-ended':
      return requestSentence(event);
    case 'waiting': {
      const counted = event.counted ? '' : ' (does not count as a retry)';
      return `waiting ${formatDuration(event.ms)} after attempt ${event.attempt}: ${event.reason}${counted}`;
    }
    case 'database-connected': {
      const outcome = event.error === undefined ? 'connected' : `no connection: ${event.error}`;
      return `PostgreSQL ${event.server}: ${outcome}, ${formatDuration(event.ms)}`;
    }
    case 'statement-ended': {
      const rows = event.rows === undefined ? '' : `, ${event.rows} rows`;
      const error = event.error === undefined ? '' : `, failed: ${event.error}`;
      return `PostgreSQL ${event.statement}: ${formatDuration(event.ms)}${rows}${error}`;
    }
    case 'run-event':
      return `run: ${eventWords(event.event)}`;
    case 'command-ended':
      return `exit ${event.exit} after ${formatDuration(event.ms)}`;
  }
}

function requestSentence(event: Extract<TraceEvent, { type: 'request-ended' }>): string {
  const { request, attempt, method, url, status, ms, bytesSent, bytesReceived, requestId, error } = event;
  const sent = bytesSent === 0 ? '' : `sent ${formatBytes(bytesSent)}, `;
  const id = requestId === undefined ? '' : `, request id ${requestId}`;
  const failed = error === undefined ? '' : `, ${error}`;
  return `request ${request}: ${method} ${url} ${status ?? 'no reply'}, ${formatDuration(ms)}, ${sent}received ${formatBytes(bytesReceived)}${attemptOf(attempt)}${id}${failed}`;
}

function attemptOf(attempt: number): string {
  return `, attempt ${attempt}`;
}

function eventWords({ type, ...rest }: Readonly<Record<string, unknown>>): string {
  const facts = Object.entries(rest).filter(([, value]) => value !== undefined);
  return [String(type), ...facts.map(([name, value]) => `${name}=${JSON.stringify(value)}`)].join(' ');
}

function headerLines(headers: TracedHeaders): string[] {
  return Object.entries(safeHeaders(headers)).map(([name, value]) => `    ${oneLine(`${name}: ${value}`)}`);
}

/** Headers with credentials, of any vendor. */
const secretHeader = /authorization|cookie|token|secret|password|session|api-?key|application-id/i;

function safeHeaders(headers: TracedHeaders): Record<string, string> {
  const entries = Object.entries(headers).filter(([, value]) => value !== undefined);
  return Object.fromEntries(
    entries.map(([name, value]) => [name, secretHeader.test(name) ? '[secret]' : (value ?? '')]),
  );
}

/**
 * Members whose name suggests a secret. A session or token that a server issues is unknown as a secret until
 * its reply has been parsed.
 */
const secretMember =
  /("(?:[\w-]{0,40})(?:token|password|secret|session_?id|api_?key|authorization|private_?key)"\s{0,8}:\s{0,8})"(?:[^"\\]|\\.)*("|$)/gi;

function withoutKeys(body: string): string {
  return body.replace(secretMember, '$1"[secret]"');
}

/** Removes line feeds and control characters: an event is one line, whatever a server sends. */
function oneLine(text: string): string {
  return printable(withoutKeys(text)).replaceAll('\n', ' ');
}
