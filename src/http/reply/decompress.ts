/** Transparently gunzips replies. */
import { pipeline, type Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import type { HttpStream, ShareRead } from '../client.ts';

const gzipNames = ['gzip', 'x-gzip'];

/** What is read of a reply. */
type ReplyBody = Pick<HttpStream, 'body' | 'shareRead'>;

/**
 * The decompressed body. A truncated gzip body ends in an error, like a truncated plain one. Destroying the
 * body early raises no error.
 */
export function decompressed(body: Readable, headers: HttpStream['headers']): ReplyBody {
  if (!gzipNames.includes(headers['content-encoding']?.trim().toLowerCase() ?? ''))
    return verbatim(body, headers);
  const gunzip = pipeline(body, createGunzip(), () => undefined);
  // The length is that of the compressed bytes, of which gunzip counts how many it has taken.
  return { body: quiet(gunzip), shareRead: shareOf(headers, () => gunzip.bytesWritten) };
}

/** The body as it comes. Destroying it early raises no error. */
export function verbatim(body: Readable, headers: HttpStream['headers']): ReplyBody {
  return { body: quiet(body), shareRead: shareOf(headers, (takenBytes) => takenBytes) };
}

function quiet(body: Readable): Readable {
  // undici reports a body destroyed unread as an error of its own, which nobody is left to hear.
  body.on('error', () => undefined);
  return body;
}

function shareOf(
  headers: HttpStream['headers'],
  readOf: (takenBytes: number) => number,
): ShareRead | undefined {
  const totalBytes = Number(headers['content-length']);
  if (!Number.isSafeInteger(totalBytes) || totalBytes <= 0) return undefined;
  return (takenBytes) => Math.min(readOf(takenBytes) / totalBytes, 1);
}
