/**
 * Compressed bodies are not in the documents, but the vendor's own fluentd plugin sends them (1.4.1, 2023-04). A server
 * that refuses the first one as unreadable gets plain bodies from then on.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Body } from '../../records.ts';

export interface PlainFallback {
  /** The body as it is to be sent. */
  prepare(body: Body): Promise<Body>;
  /** Told of every status that a body met: whether compression may be to blame, so that it is sent plain next time. */
  isWorthATry(sent: Body, status: number): boolean;
}

const decompress = promisify(gunzip);

/** Compressed until shown otherwise. */
export function createPlainFallback(): PlainFallback {
  let gzip: 'untried' | 'works' | 'refused' = 'untried';
  return {
    prepare: async (body) => (gzip === 'refused' && body.encoding === 'gzip' ? plain(body) : body),
    isWorthATry(sent, status) {
      if (sent.encoding !== 'gzip') return false;
      if (status >= 200 && status < 300) gzip = 'works';
      if (gzip === 'works' || (status !== 400 && status !== 415)) return false;
      gzip = 'refused';
      return true;
    },
  };
}

async function plain(body: Body): Promise<Body> {
  const bytes = await decompress(Buffer.concat(body.segments));
  return { ...body, segments: [bytes], byteLength: bytes.length, encoding: 'identity' };
}
