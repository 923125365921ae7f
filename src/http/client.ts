/** What one request over HTTP asks for and gives. Made by `createHttpClient`. */
import type { Readable } from 'stream';
import type { Taken } from '../records.ts';

export interface HttpRequest {
  method: 'GET' | 'POST' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  /** Sent as a stream with a known length; made anew for each request. */
  body?: { segments: readonly Uint8Array[]; byteLength: number };
  signal: AbortSignal;
  /**
   * How long nothing may move: while the body is sent, until the first byte of the reply, and between bytes
   * of the reply.
   */
  timeoutMs: number;
}

export interface HttpReply {
  kind: 'reply';
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  /** The whole body as text, decompressed. */
  text: string;
}

/** No usable reply came. */
export interface TransportError {
  kind: 'trouble';
  taken: Taken;
  /** For people: `cannot reach api.example.com: unknown host`. */
  message: string;
  /** What to do about it, as an imperative; `address` is the setting that names the host. Absent: there is nothing to do. */
  advice?: (address: string) => string;
  code: string;
  /** Trouble that no repetition cures, such as a certificate nobody trusts. */
  final: boolean;
}

/** A reply whose body is read as it comes, decompressed; the caller reads it to its end or destroys it. */
export interface HttpStream {
  kind: 'stream';
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: Readable;
}

export interface HttpClient {
  /** Sends and reads a reply of at most 16 MiB. */
  request(request: HttpRequest): Promise<HttpReply | TransportError>;
  /** Sends and hands over the reply's body. Errors while it is read surface in the iteration. */
  stream(request: HttpRequest): Promise<HttpStream | TransportError>;
  /** Ends all connections. */
  close(): Promise<void>;
}
