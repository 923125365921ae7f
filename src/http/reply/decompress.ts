/** Transparently gunzips replies. */
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

const gzipNames = ['gzip', 'x-gzip'];

/**
 * The decompressed body. A truncated gzip body ends in an error, like a truncated plain one. Destroying the
 * body early raises no error.
 */
export function decompressed(body: Readable, headers: Record<string, string | undefined>): Readable {
  const plain = gzipNames.includes(headers['content-encoding']?.trim().toLowerCase() ?? '')
    ? pipeline(body, createGunzip(), () => undefined)
    : body;
  return verbatim(plain);
}

/** The body as it comes. Destroying it early raises no error. */
export function verbatim(body: Readable): Readable {
  // undici reports a body destroyed unread as an error of its own, which nobody is left to hear.
  body.on('error', () => undefined);
  return body;
}
