/**
 * A server that does as little as it can, so that what is measured is the client: it reads every upload to its end,
 * says that the import is done, and gives one file to whoever asks for events. Prints its port, and ends with its stdin.
 */
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

const imports: { id: string; status: 'done' }[] = [];
const [, , exported = ''] = process.argv;
/** Of the last upload: its bytes, and as how many a gzip member says that they end. */
const last = { bytes: 0, inflated: 0 };

const server = createServer({ highWaterMark: 1024 * 1024 }, (request, response) => {
  const { method, url = '' } = request;
  if (method === 'POST' || method === 'PUT') takeUpload(request, response);
  else if (url === '/last') answer(response, last);
  else if (url.includes('/events')) void giveEvents(response);
  else if (url.includes('/log')) response.end();
  else answer(response, { event_imports: imports });
});

server.listen(0, '127.0.0.1', () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
process.stdin.resume().on('end', () => process.exit());

function takeUpload(request: IncomingMessage, response: ServerResponse): void {
  let bytes = 0;
  let tail: Buffer = Buffer.alloc(0);
  request.on('data', (chunk: Buffer) => {
    bytes += chunk.length;
    tail = chunk.length >= 4 ? chunk : Buffer.concat([tail.subarray(-3), chunk]);
  });
  request.on('end', () => {
    // RFC 1952: a member ends with its length before compression, modulo 2^32.
    Object.assign(last, { bytes, inflated: tail.length < 4 ? 0 : tail.readUInt32LE(tail.length - 4) });
    if ((request.url ?? '').endsWith('/_bulk')) {
      answer(response, { errors: false, items: [] });
      return;
    }
    const id = `00000000-0000-4000-8000-${String(imports.length).padStart(12, '0')}`;
    const done = { id, status: 'done' } as const;
    imports.push(done);
    answer(response, done);
  });
}

async function giveEvents(response: ServerResponse): Promise<void> {
  const { size } = await stat(exported);
  response.writeHead(200, { 'content-type': 'text/csv', 'content-length': size });
  createReadStream(exported, { highWaterMark: 1024 * 1024 }).pipe(response);
}

function answer(response: ServerResponse, body: unknown): void {
  response.setHeader('content-type', 'application/json');
  response.end(JSON.stringify(body));
}
