/**
 * What the HTTP client saw, told by itself and not by the program: each request with its body as it was sent, and each
 * reply that came whole. Written at once, so that it outlives a kill.
 */
import { subscribe } from 'node:diagnostics_channel';
import { openSync, readFileSync, writeSync } from 'node:fs';
import { constants, gunzipSync } from 'node:zlib';
import { numbersIn } from './play.ts';

interface Line {
  request: string;
  sent?: string;
  status?: number;
  text?: string;
}

interface Message {
  request: object;
  chunk?: Uint8Array;
  response?: { statusCode: number };
}

/** Begins to write down every request of this process. */
export function keepWitness(path: string): void {
  const file = openSync(path, 'a');
  const names = new WeakMap<object, string>();
  const replies = new WeakMap<object, Uint8Array[]>();
  let count = 0;
  const write = (request: object, line: Omit<Line, 'request'>) => {
    const name = names.get(request) ?? `${process.pid}-${(count += 1)}`;
    names.set(request, name);
    writeSync(file, `${JSON.stringify({ request: name, ...line })}\n`);
  };
  on('bodyChunkSent', ({ request, chunk = new Uint8Array() }) => {
    write(request, { sent: Buffer.from(chunk).toString('base64') });
  });
  on('headers', ({ request, response }) => {
    replies.set(request, []);
    write(request, { status: response?.statusCode ?? 0 });
  });
  on('bodyChunkReceived', ({ request, chunk = new Uint8Array() }) => {
    replies.get(request)?.push(Uint8Array.from(chunk));
  });
  on('trailers', ({ request }) => {
    write(request, { text: Buffer.concat(replies.get(request) ?? []).toString('utf8') });
  });
}

function on(name: string, listen: (message: Message) => void): void {
  subscribe(`undici:request:${name}`, (message) => listen(message as Message));
}

/** A request with rows. */
export interface Witnessed {
  numbers: number[];
  /** Of the reply, when one began. */
  status: number | undefined;
  /** The reply's body, when it came to its end. */
  text: string | undefined;
}

/** The requests with rows of all processes, in the order in which they began. */
export function readWitness(path: string): Witnessed[] {
  const requests = new Map<string, { sent: Buffer[] } & Pick<Witnessed, 'status' | 'text'>>();
  for (const line of readFileSync(path, 'utf8').split('\n').slice(0, -1)) {
    const { request, sent, status, text } = JSON.parse(line) as Line;
    const known = requests.get(request) ?? { sent: [], status, text };
    if (sent !== undefined) known.sent.push(Buffer.from(sent, 'base64'));
    requests.set(request, { ...known, status: status ?? known.status, text: text ?? known.text });
  }
  return [...requests.values()]
    .map(({ sent, ...reply }) => ({
      numbers: [...new Set(numbersIn(bodyText(Buffer.concat(sent))))],
      ...reply,
    }))
    .filter(({ numbers }) => numbers.length > 0);
}

/** A body may have been cut. */
function bodyText(body: Buffer): string {
  const isGzip = body[0] === 0x1f && body[1] === 0x8b;
  return (isGzip ? gunzipSync(body, { finishFlush: constants.Z_SYNC_FLUSH }) : body).toString('utf8');
}
