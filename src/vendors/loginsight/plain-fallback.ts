/**
 * Compressed bodies are undocumented, but the fluentd plugin of the vendor sends them (1.4.1, 2023-04). If the
 * server refuses a compressed body before it has accepted one, later bodies are sent uncompressed.
 */
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import type { Body } from '../../records.ts';

export interface PlainFallback {
  /** The body as it must be sent. */
  prepare(body: Body): Promise<Body>;
  /**
   * Records the status of a reply; true when compression may be the cause and the body should be sent again,
   * uncompressed.
   */
  isWorthATry(sent: Body, status: number): boolean;
}

const decompress = promisify(gunzip);

/** Sends compressed bodies until the server refuses one. */
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
