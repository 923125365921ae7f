/** What the trace sees of one request. Made only where somebody listens. */
import { PassThrough, pipeline } from 'node:stream';
import { constants, gunzipSync } from 'node:zlib';
import type { Machine } from '../machine.ts';
import type { Trace } from '../trace.ts';
import type { HttpReply, HttpRequest, HttpStream, TransportError } from './client.ts';

/** Of a body so much is shown. */
const maxBodyBytes = 64 * 1024;

/** In which a server names a request; the first that is there counts. */
const idHeaders = [
  'x-request-id',
  'request-id',
  'x-amzn-requestid',
  'x-amz-request-id',
  'x-correlation-id',
  'traceparent',
  'cf-ray',
];

export class TracedRequest {
  readonly #trace: Trace;
  readonly #clock: Pick<Machine, 'elapsedMs'>;
  readonly #startedMs: number;
  readonly #facts: { request: number; attempt: number; method: string; url: string };
  readonly #bytesSent: number;

  constructor(request: HttpRequest, trace: Trace, clock: Pick<Machine, 'elapsedMs'>) {
    this.#trace = trace;
    this.#clock = clock;
    this.#startedMs = clock.elapsedMs();
    const { method, url, headers, body } = request;
    this.#bytesSent = body?.byteLength ?? 0;
    this.#facts = { request: trace.nextRequest(), attempt: trace.attempt, method, url };
    trace.record({
      type: 'request-started',
      ...this.#facts,
      bytesSent: this.#bytesSent,
      headers,
      ...(trace.wantsBodies && body !== undefined ? { body: sentText(body.segments, headers) } : {}),
    });
  }

  /** The whole reply, or that there is none; `head`: of a reply that broke off. */
  ended(reply: HttpReply | TransportError, head?: HttpStream): void {
    const text = reply.kind === 'reply' ? reply.text : '';
    this.#end(head ?? (reply.kind === 'reply' ? reply : undefined), {
      bytesReceived: Buffer.byteLength(text),
      ...(reply.kind === 'transport-error' ? { error: reply.message } : {}),
      ...(this.#trace.wantsBodies ? { body: text.slice(0, maxBodyBytes) } : {}),
    });
  }

  /** A reply that is read as it comes: the request ends when it does. Gives back what is to be read in its place. */
  streaming(stream: HttpStream): HttpStream {
    const counted = new CountedBody(this.#trace.wantsBodies ? maxBodyBytes : 0);
    const body = pipeline(stream.body, counted, (error) => {
      const isLeft =
        (error as NodeJS.ErrnoException | null | undefined)?.code === 'ERR_STREAM_PREMATURE_CLOSE';
      this.#end(stream, {
        bytesReceived: counted.byteLength,
        ...(error && !isLeft ? { error: error.message } : {}),
        ...(this.#trace.wantsBodies ? { body: counted.text() } : {}),
      });
    });
    body.on('error', () => undefined);
    return { ...stream, body: body };
  }

  #end(
    head: Pick<HttpStream, 'status' | 'headers'> | undefined,
    rest: { bytesReceived: number; error?: string; body?: string },
  ): void {
    const headers = head?.headers ?? {};
    const idHeader = idHeaders.find((name) => headers[name] !== undefined);
    this.#trace.record({
      type: 'request-ended',
      ...this.#facts,
      status: head?.status,
      ms: this.#clock.elapsedMs() - this.#startedMs,
      bytesSent: this.#bytesSent,
      requestId: idHeader === undefined ? undefined : headers[idHeader],
      headers,
      ...rest,
    });
  }
}

/** Passes a body on, counts it and keeps its beginning. */
class CountedBody extends PassThrough {
  byteLength = 0;
  readonly #maxKept: number;
  readonly #kept: Buffer[] = [];

  constructor(maxKept: number) {
    super();
    this.#maxKept = maxKept;
  }

  override _transform(
    chunk: Buffer,
    encoding: BufferEncoding,
    done: (error?: Error | null, data?: unknown) => void,
  ): void {
    if (this.byteLength < this.#maxKept) this.#kept.push(chunk.subarray(0, this.#maxKept - this.byteLength));
    this.byteLength += chunk.length;
    super._transform(chunk, encoding, done);
  }

  text(): string {
    return Buffer.concat(this.#kept).toString('utf8');
  }
}

/** The beginning of a body before it was compressed. */
function sentText(segments: readonly Uint8Array[], headers: HttpRequest['headers']): string {
  const beginning: Uint8Array[] = [];
  let length = 0;
  for (const segment of segments) {
    if (length >= maxBodyBytes) break;
    beginning.push(segment);
    length += segment.length;
  }
  const bytes = Buffer.concat(beginning);
  if (headers['content-encoding'] !== 'gzip') return bytes.toString('utf8', 0, maxBodyBytes);
  try {
    // Only the beginning is there: what can be read of it is wanted.
    const plain = gunzipSync(bytes.subarray(0, maxBodyBytes), { finishFlush: constants.Z_SYNC_FLUSH });
    return plain.toString('utf8', 0, maxBodyBytes);
  } catch {
    return '';
  }
}
