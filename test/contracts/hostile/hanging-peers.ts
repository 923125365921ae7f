/** Peers that hold on to whoever talks to them. Each is started anew for a test, and stopped behind it. */
import type { Socket } from 'node:net';
import { startRawServer } from '../../http/raw-server.ts';

/** How a peer is reached: by an address of its own, or as the proxy on the way to one that nobody knows. */
export interface HangingPeer {
  name: string;
  start: () => Promise<{ url: string; environment: Record<string, string> }>;
}

const trickleMs = 1_000;

/** Answers each request with `head`, then with `part` again and again. */
function answering(head: string, part: string, everyMs: number): (socket: Socket) => void {
  return (socket) => {
    socket.once('data', () => {
      socket.write(head);
      const timer = setInterval(() => socket.write(part), everyMs);
      socket.on('close', () => clearInterval(timer));
    });
  };
}

function server(
  name: string,
  serve: (socket: Socket) => void,
  scheme: 'http' | 'https' = 'http',
): HangingPeer {
  return {
    name,
    async start() {
      const address = await startRawServer(serve);
      return { url: address.replace('http:', `${scheme}:`), environment: {} };
    },
  };
}

function proxy(name: string, serve: (socket: Socket) => void): HangingPeer {
  return {
    name,
    async start() {
      const HTTPS_PROXY = await startRawServer(serve);
      return { url: 'https://vendor.invalid', environment: { HTTPS_PROXY } };
    },
  };
}

const json = 'HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n';
const chunked = `${json}transfer-encoding: chunked\r\n\r\n`;
const silent = (): void => undefined;

export const HANGING_PEERS: readonly HangingPeer[] = [
  server('a server that accepts and never answers', silent),
  server('a TLS handshake that hangs', silent, 'https'),
  server('headers at a byte a second', answering(`${json}x-slow: `, 'a', trickleMs)),
  server('a body at a byte a second', answering(`${json}content-length: 900000\r\n\r\n`, ' ', trickleMs)),
  server('endless chunks', answering(chunked, `400\r\n${' '.repeat(1024)}\r\n`, 5)),
  server('429 with a huge Retry-After', (socket) =>
    socket.on('data', () =>
      socket.write('HTTP/1.1 429 Busy\r\nretry-after: 86400\r\ncontent-length: 0\r\n\r\n'),
    ),
  ),
  proxy('a proxy that accepts and never answers CONNECT', silent),
  proxy('a proxy that closes each CONNECT', (socket) => socket.once('data', () => socket.destroy())),
];
