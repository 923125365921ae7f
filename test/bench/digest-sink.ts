/**
 * A server that says what it was sent: `GET /sent` gives rows, bytes and SHA-256 of all imports since the last such
 * question, decompressed, one behind the other. Prints its port, and ends with its stdin.
 */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

const bufferBytes = 1024 * 1024;
const lineFeed = 0x0a;

const imports: { id: string; status: 'done' }[] = [];
let sent = nothing();
/** The import that is coming in. Two at once would have no order. */
let isTaking = false;

const server = createServer({ highWaterMark: bufferBytes }, (request, response) => {
  const { method, url = '' } = request;
  if (method === 'POST') void takeImport(request, response);
  else if (url === '/sent') giveSent(response);
  else if (url.includes('/log')) response.end();
  else answer(response, { event_imports: imports });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().on('end', () => process.exit());

function nothing() {
  return { hash: createHash('sha256'), rows: 0, bytes: 0 };
}

function giveSent(response: ServerResponse): void {
  const { hash, rows, bytes } = sent;
  answer(response, { rows, bytes, sha256: hash.digest('hex') });
  sent = nothing();
}

async function takeImport(request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (isTaking) throw new Error('two imports came at once');
  isTaking = true;
  await pipeline(request, createGunzip({ chunkSize: bufferBytes }), async (pieces: AsyncIterable<Buffer>) => {
    for await (const piece of pieces) {
      sent.hash.update(piece);
      sent.bytes += piece.length;
      for (let at = piece.indexOf(lineFeed); at >= 0; at = piece.indexOf(lineFeed, at + 1)) sent.rows++;
    }
  });
  isTaking = false;
  const done = {
    id: `00000000-0000-4000-8000-${String(imports.length).padStart(12, '0')}`,
    status: 'done',
  } as const;
  imports.push(done);
  answer(response, done);
}

function answer(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
