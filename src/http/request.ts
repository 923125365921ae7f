/**
 * One request over undici. Never retries, never follows redirects; notifies the trace. An answer of any status
 * is a reply; only the lack of one is a transport error, which says whether bytes may have been taken.
 */
import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import { unlessAborted } from '../concurrency.ts';
import type { Dispatcher } from '#bundled/undici';
import { decompressed, verbatim } from './reply/decompress.ts';
import type { Machine } from '../machine.ts';
import { Pace, type Clock } from './pace.ts';
import { proxyFor } from './proxy.ts';
import { readReply } from './reply/reply.ts';
import { TracedRequest } from './traced-request.ts';
import { classifyTransportError, interrupted } from './transport-error.ts';
import type { HttpClient, HttpRequest, HttpStream, TransportError } from './client.ts';

/** A clock, and of a real machine also who watches, and where its proxies stand. */
type HttpMachine = Clock & Partial<Pick<Machine, 'environment' | 'trace'>>;

/** A client over a dispatcher that is loaded on first use. Requests without a body are rate-limited. */
export function createHttpClient(
  loadDispatcher: () => Promise<Dispatcher>,
  machine: HttpMachine,
): HttpClient {
  let loading: Promise<Dispatcher> | undefined;
  const dispatcher = () => (loading ??= loadDispatcher());
  const pace = new Pace(machine);
  const ask = async (request: HttpRequest) => open(await dispatcher(), request, machine.environment);

  return {
    async request(request) {
      if (request.body === undefined && !(await mayAsk(pace, request.signal))) return interrupted('no');
      const traced = traceOf(request, machine);
      const opened = await ask(request);
      const reply = opened.kind === 'transport-error' ? opened : await readReply(opened);
      traced?.ended(reply, opened.kind === 'stream' ? opened : undefined);
      return reply;
    },
    async stream(request) {
      const traced = traceOf(request, machine);
      const opened = await ask(request);
      if (traced === undefined) return opened;
      if (opened.kind === 'stream') return traced.streaming(opened);
      traced.ended(opened);
      return opened;
    },
    async close() {
      // A dispatcher that could not be made was told of by the request that wanted it.
      await loading?.then(
        (loaded) => loaded.destroy(),
        () => undefined,
      );
    },
  };
}

function traceOf(request: HttpRequest, machine: HttpMachine): TracedRequest | undefined {
  const { trace } = machine;
  return trace?.isOn === true ? new TracedRequest(request, trace, machine) : undefined;
}

/** Waits for the turn; false when the wait was aborted. */
function mayAsk(pace: Pace, signal: AbortSignal): Promise<boolean> {
  return pace.wait(signal).then(
    () => true,
    () => false,
  );
}

async function open(
  dispatcher: Dispatcher,
  request: HttpRequest,
  environment: Machine['environment'] = {},
): Promise<HttpStream | TransportError> {
  if (request.signal.aborted) return interrupted('no');
  const { body, signal } = request;
  // Many requests may share one signal; Node takes more than ten listeners for a leak, and says so on standard error.
  setMaxListeners(0, signal);
  let hasLeft = body === undefined;
  const onRead = () => (hasLeft = true);
  const { origin, pathname, search } = new URL(request.url);
  const call = dispatcher.request({
    origin,
    path: `${pathname}${search}`,
    method: request.method,
    headers: {
      'user-agent': 'scarf-cli',
      'accept-encoding': 'gzip',
      ...request.headers,
      ...(body ? { 'content-length': String(body.byteLength) } : {}),
    },
    body: body ? Readable.from(bytesOf(body.segments, onRead)) : null,
    signal,
    headersTimeout: request.timeoutMs,
    bodyTimeout: request.timeoutMs,
  });
  try {
    // undici heeds no signal before there is a connection, and a proxy or a handshake may hang for ever.
    const reply = await unlessAborted(call, signal);
    const headers = flatten(reply.headers);
    return {
      kind: 'stream',
      status: reply.statusCode,
      headers,
      ...(request.isVerbatim === true ? verbatim : decompressed)(reply.body, headers),
    };
  } catch (error) {
    if (signal.aborted) return interrupted(hasLeft ? 'maybe' : 'no');
    const { url } = request;
    return classifyTransportError(error, { url, proxy: proxyFor(url, environment) });
  }
}

/** The segments. `onRead` is called when the first one is requested; before that nothing of the request was sent. */
function* bytesOf(segments: readonly Uint8Array[], onRead: () => void): Generator<Uint8Array> {
  onRead();
  yield* segments;
}

function flatten(headers: Record<string, string | string[] | undefined>): Record<string, string | undefined> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [name, Array.isArray(value) ? value.join(', ') : value]),
  );
}
