/** Request bodies and clients for target tests. */
import { gzipSync } from 'node:zlib';
import { loadDispatcher } from '../../src/http/dispatcher.ts';
import { createHttpClient } from '../../src/http/request.ts';
import { type HttpClient } from '../../src/http/client.ts';
import { realMachine } from '../../src/real-machine.ts';
import type { Body, Retry, Settled } from '../../src/records.ts';

/** A body as delivery hands it over: `text` holds `events` rows in the target's framing. */
export function bodyOf(text: string, events: number, encoding: Body['encoding'] = 'gzip'): Body {
  const raw = Buffer.from(text);
  const wire = encoding === 'gzip' ? gzipSync(raw) : raw;
  return { segments: [wire], byteLength: wire.length, rawLength: raw.length, encoding, events };
}

/** A client without a proxy. */
export function directClient(options: { caFile?: string; insecure?: boolean } = {}): HttpClient {
  return createHttpClient(
    () => loadDispatcher({ environment: {}, connections: 4, ...options }),
    realMachine(),
  );
}

/** A signal that is never aborted. */
export const calm = new AbortController().signal;

/** A judgement with its rejections as a list. */
export async function judged(answer: Promise<Settled | Retry>): Promise<object> {
  const settled = await answer;
  if (settled.kind !== 'settled') return settled;
  const { length } = settled.rejected;
  return { ...settled, rejected: Array.from({ length }, (_, index) => settled.rejected.at(index)) };
}
