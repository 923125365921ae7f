/** Sends the SDK's requests over this program's own HTTP: its proxies, certificates and timeouts, and seen by its trace. */
import type { Readable } from 'node:stream';
import type { HttpClient, HttpRequest, TransportError } from '../../http/client.ts';

/** How long nothing may come. */
const quietMs = 60_000;

/** Carries the client's classification of a missing or unusable reply through the SDK. */
export class NoReply extends Error {
  readonly transportError: TransportError;

  constructor(transportError: TransportError) {
    super(transportError.message);
    this.transportError = transportError;
  }
}

/** A request as the SDK has signed it. */
interface SignedRequest {
  method: string;
  protocol: string;
  hostname: string;
  port?: number;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: unknown;
}

interface SdkReply {
  response: { statusCode: number; headers: Record<string, string>; body: Readable };
}

/** The `requestHandler` of a client of the SDK. Every status is a reply; the lack of one is thrown as a `NoReply`. */
export class HttpHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #http: HttpClient;
  readonly #signal: AbortSignal;

  constructor(http: HttpClient, signal: AbortSignal) {
    this.#http = http;
    this.#signal = signal;
  }

  async handle(request: SignedRequest): Promise<SdkReply> {
    const reply = await this.#http.stream({
      method: request.method as HttpRequest['method'],
      url: urlOf(request),
      headers: sentHeaders(request.headers),
      signal: this.#signal,
      timeoutMs: quietMs,
      isVerbatim: true,
      ...bodyOf(request.body),
    });
    if (reply.kind === 'transport-error') throw new NoReply(reply);
    const { status, headers, body } = reply;
    const present = Object.entries(headers).flatMap(([name, value]) =>
      value === undefined ? [] : [[name, value] as const],
    );
    return { response: { statusCode: status, headers: Object.fromEntries(present), body } };
  }

  updateHttpClientConfig(): void {
    // It is the client of the whole run.
  }

  httpHandlerConfigs(): Record<string, never> {
    return {};
  }

  destroy(): void {
    // Whoever made the HTTP client closes it.
  }
}

function urlOf({ protocol, hostname, port, path, query = {} }: SignedRequest): string {
  const pairs = Object.entries(query).flatMap(([name, value]) =>
    [value].flat().map((one) => `${encode(name)}${one === null ? '' : `=${encode(one ?? '')}`}`),
  );
  const search = pairs.length === 0 ? '' : `?${pairs.join('&')}`;
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}${search}`;
}

/** As the signature was computed: RFC 3986, which leaves fewer characters alone than `encodeURIComponent`. */
function encode(text: string): string {
  return encodeURIComponent(text).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

/** undici refuses to be told to wait for `100 Continue`, which is not signed. */
function sentHeaders(headers: Record<string, string>): Record<string, string> {
  const names = Object.keys(headers).filter((name) => name.toLowerCase() !== 'expect');
  return {
    'accept-encoding': 'identity',
    ...Object.fromEntries(names.map((name) => [name, headers[name] ?? ''])),
  };
}

function bodyOf(body: unknown): Pick<HttpRequest, 'body'> {
  if (body === undefined || body === null || body === '') return {};
  if (typeof body !== 'string' && !(body instanceof Uint8Array))
    throw new TypeError('a body of the SDK is text or bytes');
  const bytes = typeof body === 'string' ? Buffer.from(body) : body;
  return { body: { segments: [bytes], byteLength: bytes.byteLength } };
}
