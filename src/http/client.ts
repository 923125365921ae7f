/** An HTTP request and what comes back. Clients are made by `createHttpClient`. */
import type { Readable } from 'stream';
import type { Taken } from '../records.ts';

export interface HttpRequest {
  method: 'GET' | 'HEAD' | 'POST' | 'PUT' | 'DELETE';
  url: string;
  headers: Record<string, string>;
  /** Sent as a stream of known length, created anew for each request. */
  body?: { segments: readonly Uint8Array[]; byteLength: number };
  signal: AbortSignal;
  /** Inactivity timeout: while the body is sent, until the first byte of the reply, and between bytes of the reply. */
  timeoutMs: number;
  /** The body of the reply is handed on as it comes, whatever its encoding: ranges are of those bytes. */
  isVerbatim?: boolean;
}

export interface HttpReply {
  kind: 'reply';
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  /** The whole body as text, decompressed. */
  text: string;
}

/** No usable reply arrived. */
export interface TransportError {
  kind: 'transport-error';
  taken: Taken;
  /** For people: `cannot reach api.example.com: unknown host`. */
  message: string;
  /** What to do about it, as an imperative; `address` is the setting that names the host. Absent: there is nothing to do. */
  advice?: (address: string) => string;
  code: string;
  /** Retrying cannot help, for example with an untrusted certificate. */
  final: boolean;
}

/** A reply whose body is streamed, decompressed. The caller reads it to the end or destroys it. */
export interface HttpStream {
  kind: 'stream';
  status: number;
  /** Names in lower case. */
  headers: Record<string, string | undefined>;
  body: Readable;
  /** How much of the reply has been read, from 0 to 1; undefined where the reply does not say its length. */
  shareRead: ShareRead | undefined;
}

/** The share of a reply that has been read when its reader has taken so many bytes of the body. */
export type ShareRead = (takenBytes: number) => number;

export interface HttpClient {
  /** Sends the request and reads a reply of at most 16 MiB. */
  request(request: HttpRequest): Promise<HttpReply | TransportError>;
  /** Sends the request and returns the reply's body as a stream. Errors while it is read surface in the iteration. */
  stream(request: HttpRequest): Promise<HttpStream | TransportError>;
  /** Closes all connections. */
  close(): Promise<void>;
}
