/** The body of a reply as text, within limits. */
import { GrowingBytes } from './growing-bytes.ts';
import type { HttpStream, TransportError, HttpReply } from '../client.ts';
import { classifyTransportError } from '../transport-error.ts';

const maxReplyBytes = 16 * 1024 * 1024;

/**
 * Reads a reply to its end. A truncated body is a transport error, since half of a text may say the opposite
 * of the whole; the status still tells whether the request can have been accepted.
 */
export async function readReply(stream: HttpStream): Promise<HttpReply | TransportError> {
  const { status, headers, body } = stream;
  const taken = status >= 300 && status < 500 ? 'no' : 'maybe';
  const bytes = new GrowingBytes(maxReplyBytes);
  try {
    for await (const part of body as AsyncIterable<Uint8Array>) {
      bytes.add(part);
      if (bytes.isTooLong) return tooLong(status, taken);
    }
  } catch (error) {
    const classified = classifyTransportError(error);
    return { ...classified, taken, message: `${status}, but ${classified.message}` };
  }
  return { kind: 'reply', status, headers, text: bytes.text() };
}

function tooLong(status: number, taken: TransportError['taken']): TransportError {
  const message = `${status}, but the answer is longer than ${maxReplyBytes} bytes`;
  return { kind: 'transport-error', taken, message, code: 'REPLY_TOO_LONG', final: false };
}
