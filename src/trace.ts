/**
 * What is seen of the conversations of this process while somebody debugs it. The HTTP client, the retry loop and the
 * connection to the database record what they do; the log is a fold of these events. Off, it costs a look at a field.
 */
import { AsyncLocalStorage } from 'node:async_hooks';

/** Names in lower case. */
export type TracedHeaders = Readonly<Record<string, string | undefined>>;

interface TracedRequest {
  /** Counts from 1, in the order in which requests left. */
  request: number;
  /** 1 for the first one, more where the retry loop asks again. */
  attempt: number;
  method: string;
  url: string;
}

export type TraceEvent =
  | ({ type: 'request-started'; bytesSent: number; headers: TracedHeaders; body?: string } & TracedRequest)
  | ({
      type: 'request-ended';
      /** Undefined when no reply came. */
      status: number | undefined;
      /** From the moment it left to the last byte of the reply. */
      ms: number;
      /** Of the body as it was sent. */
      bytesSent: number;
      /** Of the reply, after decompression. */
      bytesReceived: number;
      /** By which the server knows the request, where it says so. */
      requestId: string | undefined;
      headers: TracedHeaders;
      /** Why there is no whole reply. */
      error?: string;
      body?: string;
    } & TracedRequest)
  /** The retry loop waits before it asks again. `counted`: whether that uses up a retry. */
  | { type: 'waiting'; ms: number; reason: string; attempt: number; counted: boolean }
  | { type: 'database-connected'; server: string; ms: number; error?: string }
  /** `statement`: what kind it is (`select`), never what it holds. */
  | { type: 'statement-ended'; statement: string; ms: number; rows: number | undefined; error?: string }
  /** Something that the run told: `chunk-taken`, `warned`. */
  | { type: 'run-event'; event: Readonly<Record<string, unknown>> }
  | { type: 'command-ended'; exit: number; ms: number };

/** Takes the events; throws nothing. */
export interface TraceListener {
  record(event: TraceEvent): void;
  /** Files may be written from now on: the paths of the command do not stand in each other's way. May throw a Failure. */
  pathsAreGuarded(): Promise<void>;
  /** Writes what is left, within a moment. Throws nothing. */
  close(): Promise<void>;
}

/** Requests are seen by themselves. */
const frequent = new Set(['rows-read', 'rows-received', 'row-rejected', 'request-made', 'range-known']);

export class Trace {
  /** Whether bodies of requests and replies are wanted too. */
  wantsBodies = false;
  #listener: TraceListener | undefined;
  #attempts: AsyncLocalStorage<number> | undefined;
  #requests = 0;
  #sayAbove: ((text: string) => void) | undefined;

  /** Whether anybody listens: what is costly to find out is found out only then. */
  get isOn(): boolean {
    return this.#listener !== undefined;
  }

  /** Gives events to `listener` from now on. */
  start(listener: TraceListener, { bodies }: { bodies: boolean }): void {
    this.#listener = listener;
    this.#attempts = new AsyncLocalStorage();
    this.wantsBodies = bodies;
  }

  record(event: TraceEvent): void {
    this.#listener?.record(event);
  }

  /** What a run told, apart from what it tells for every few rows. */
  tell(event: Readonly<{ type: string; [fact: string]: unknown }>): void {
    if (this.#listener === undefined || frequent.has(event.type)) return;
    this.#listener.record({ type: 'run-event', event: { ...event } });
  }

  /** Runs an attempt of the retry loop: requests that are made in it have its number. */
  inAttempt<Result>(number: number, attempt: () => Result): Result {
    return this.#attempts === undefined ? attempt() : this.#attempts.run(number, attempt);
  }

  get attempt(): number {
    return this.#attempts?.getStore() ?? 1;
  }

  /** Something is live on the terminal: words go above it by `say`, until there is none any more. */
  printAbove(say: ((text: string) => void) | undefined): void {
    this.#sayAbove = say;
  }

  /** Prints words by `otherwise`, or above what is live. */
  print(text: string, otherwise: (text: string) => void): void {
    (this.#sayAbove ?? otherwise)(text);
  }

  nextRequest(): number {
    return ++this.#requests;
  }

  async pathsAreGuarded(): Promise<void> {
    await this.#listener?.pathsAreGuarded();
  }

  async close(): Promise<void> {
    await this.#listener?.close();
  }
}
