/**
 * One request over undici. Never retries, never follows redirects, never logs. An answer of any status
 * is a reply; only the lack of one is trouble, and trouble says whether bytes may have been taken.
 */
import { Readable } from 'node:stream';
import type { Dispatcher } from 'undici';
import type { Taken } from '../records.ts';
import { classifyTransportError } from './trouble.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  /** Sent as a stream with a known length; made anew for each request. */
  body?: { segments: readonly Uint8Array[]; byteLength: number };
  signal: AbortSignal;
  /** From the last byte sent to the first byte of the reply, and between bytes of the reply. */
  timeoutMs: number;
}

export interface HttpReply {
  kind: 'reply';
  status: number;
  headers: Record<string, string | undefined>;
  /** The body as text, at most `maxReplyBytes` of it. */
  text: string;
}

/** No usable reply came. */
export interface HttpTrouble {
  kind: 'trouble';
  taken: Taken;
  /** For people: `connection reset by the server (ECONNRESET)`. */
  message: string;
  code: string;
  /** Trouble that no repetition cures, such as a certificate nobody trusts. */
  final: boolean;
}

/** A reply whose body is read as it comes; the caller reads or destroys it. */
export interface HttpStream {
  kind: 'stream';
  status: number;
  headers: Record<string, string | undefined>;
  body: AsyncIterable<Uint8Array> & { destroy(error?: Error): unknown };
}

export interface HttpClient {
  /** Sends and reads a small reply. */
  request(request: HttpRequest): Promise<HttpReply | HttpTrouble>;
  /** Sends and hands over the reply's body. Errors while it is read surface in the iteration. */
  stream(request: HttpRequest): Promise<HttpStream | HttpTrouble>;
  close(): Promise<void>;
}

const maxReplyBytes = 1024 * 1024;

/** A client over a dispatcher that is loaded on first use. `connections` bounds sockets per origin. */
export function createHttpClient(loadDispatcher: () => Promise<Dispatcher>): HttpClient {
  let loading: Promise<Dispatcher> | undefined;
  const dispatcher = () => (loading ??= loadDispatcher());

  return {
    async request(request) {
      const opened = await open(await dispatcher(), request);
      if (opened.kind === 'trouble') return opened;
      try {
        const text = await readText(opened.body);
        return { kind: 'reply', status: opened.status, headers: opened.headers, text };
      } catch (error) {
        return { ...classifyTransportError(error), taken: 'maybe' };
      }
    },
    stream: async (request) => open(await dispatcher(), request),
    async close() {
      if (loading) await (await loading).destroy();
    },
  };
}

async function open(dispatcher: Dispatcher, request: HttpRequest): Promise<HttpStream | HttpTrouble> {
  const { request: undiciRequest } = await import('undici');
  const { body } = request;
  const headers = { ...request.headers };
  if (body) headers['content-length'] = String(body.byteLength);
  try {
    const reply = await undiciRequest(request.url, {
      dispatcher,
      method: request.method,
      headers,
      body: body ? Readable.from(body.segments) : null,
      signal: request.signal,
      headersTimeout: request.timeoutMs,
      bodyTimeout: request.timeoutMs,
    });
    return { kind: 'stream', status: reply.statusCode, headers: flatten(reply.headers), body: reply.body };
  } catch (error) {
    return classifyTransportError(error);
  }
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}

async function readText(body: AsyncIterable<Uint8Array>): Promise<string> {
  const parts: Uint8Array[] = [];
  let length = 0;
  for await (const part of body) {
    length += part.length;
    if (length <= maxReplyBytes) parts.push(part);
  }
  return Buffer.concat(parts).toString('utf8');
}
