/** The vendors' own examples: HTTP messages in fixtures/wire. */
import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

export interface WireRequest {
  method: string;
  url: string;
  headers: Record<string, string>;
  body: string;
}

export interface WireReply {
  status: number;
  headers: Record<string, string>;
  body: string;
}

const folder = new URL('../../fixtures/wire/', import.meta.url);

/** `scarf/import`: the request in `scarf/import.request.http`. */
export function wireRequest(name: string): WireRequest {
  const { start, headers, body } = readMessage(`${name}.request.http`);
  const [method = '', url = ''] = start.split(' ');
  return { method, url, headers, body };
}

/** `scarf/import`: the reply in `scarf/import.reply.http`. */
export function wireReply(name: string): WireReply {
  const { start, headers, body } = readMessage(`${name}.reply.http`);
  return { status: Number(start.split(' ')[1]), headers, body };
}

/** `Page` says where the message is from; it is not part of it. */
function readMessage(path: string): { start: string; headers: Record<string, string>; body: string } {
  const text = readFileSync(new URL(path, folder), 'utf8');
  const end = text.indexOf('\n\n');
  const [start = '', ...lines] = text.slice(0, end).split('\n');
  const fields = lines.map((line) => line.split(/: (.*)/s).slice(0, 2));
  const { Page: page, ...headers } = Object.fromEntries(fields) as Record<string, string>;
  if (page === undefined) throw new Error(`${path} does not say which page it is from`);
  return { start, headers, body: text.slice(end + 2) };
}

/** A server that gives these replies in order, the last again and again. Stopped after the test. */
export async function replay(names: readonly string[]): Promise<string> {
  const replies = names.map(wireReply);
  let asked = 0;
  const server = createServer((request, response) => {
    request.resume().on('end', () => {
      const reply = replies[Math.min(asked++, replies.length - 1)];
      response.writeHead(reply?.status ?? 500, reply?.headers).end(reply?.body.trimEnd());
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
