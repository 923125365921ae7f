/** A server's message made presentable: one line, no control characters, no secrets, no HTML pages. */
import { STATUS_CODES } from 'node:http';
import { processMask } from '../masking/process-mask.ts';
import { parseBoundedJson } from './reply/bounded-json.ts';

const maxTextLength = 300;
/** How much of a body is searched for a message. */
const maxHeardLength = 64 * 1024;
const maxMessageDepth = 4;
const messageKeys = ['message', 'errorMessage', 'detail', 'human_friendly_message', 'error', 'title'];

/**
 * Text from a server or a file as one line of at most 300 characters. Control characters (those that move a
 * terminal's cursor, C1 and bidirectional overrides included) become spaces. Secrets are masked before the
 * text is shortened, also ones that were cut off before.
 */
export function plainText(text: string): string {
  const line = processMask
    .text(text.slice(0, maxHeardLength), { mayBeCut: true })
    .replace(/[\p{Cc}\p{Zl}\p{Zp}\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
  if (line.length <= maxTextLength) return line;
  const characters = [...line];
  return characters.length <= maxTextLength ? line : `${characters.slice(0, maxTextLength).join('')}…`;
}

/** `503 Service Unavailable`, and the server's own words behind a colon where it has any. */
export function explainReply(reply: { status: number; text: string }): string {
  const title = `${reply.status} ${STATUS_CODES[reply.status] ?? ''}`.trimEnd();
  const words = plainText(spokenWords(reply.text));
  return words === '' ? title : `${title}: ${words}`;
}

function spokenWords(text: string): string {
  const trimmed = text.trimStart().slice(0, maxHeardLength).trimEnd();
  if (trimmed.startsWith('<')) return htmlTitle(trimmed);
  return firstMessage(parseBoundedJson(trimmed), 0) ?? trimmed;
}

function htmlTitle(html: string): string {
  return /<title>([^<]*)<\/title>/i.exec(html)?.[1] ?? '';
}

function firstMessage(value: unknown, depth: number): string | undefined {
  if (typeof value === 'string') return value;
  if (typeof value !== 'object' || value === null || depth > maxMessageDepth) return undefined;
  const found = messageKeys
    .map((key) =>
      key in value ? firstMessage((value as Record<string, unknown>)[key], depth + 1) : undefined,
    )
    .find((message) => message !== undefined && message !== '');
  return found;
}
