import { createServer, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test, vi } from 'vitest';
import type { HttpRequest } from '../../src/http/client.ts';
import { calm, directClient } from '../vendors/bodies.ts';
import { startHastyServer } from './hasty-server.ts';
import { afterBytes, startRawServer } from './raw-server.ts';
import { startScriptedServer, type Scripted } from './scripted-server.ts';

function client() {
  const http = directClient();
  onTestFinished(() => http.close());
  return http;
}

async function serverSaying(...script: Scripted[]) {
  const server = await startScriptedServer(script);
  onTestFinished(() => server.close());
  return server;
}

const get = (url: string): HttpRequest => ({
  method: 'GET',
  url,
  headers: {},
  signal: calm,
  timeoutMs: 60_000,
});

/** A body of so many segments of 256 KiB. */
function post(url: string, segments = 1): HttpRequest {
  const segment = Buffer.alloc(256 * 1024, 'x');
  const body = { segments: Array<Buffer>(segments).fill(segment), byteLength: segments * segment.length };
  return { ...get(url), method: 'POST', body };
}

const status = (line: string, headers = 'content-length: 0') => `HTTP/1.1 ${line}\r\n${headers}\r\n\r\n`;

describe('replies', () => {
  test.each([200, 201, 204, 301, 400, 404, 422, 500, 503])('%i is a reply', async (code) => {
    const { url } = await serverSaying({ status: code, headers: { 'X-Odd': 'a' } });
    expect(await client().request(get(url))).toMatchObject({
      kind: 'reply',
      status: code,
      headers: { 'x-odd': 'a' },
    });
  });

  test('a redirect is not followed', async () => {
    const server = await serverSaying({ status: 307, headers: { location: '/elsewhere' } }, { status: 200 });
    expect(await client().request(post(server.url))).toMatchObject({ status: 307 });
    expect(server.questions).toHaveLength(1);
  });

  test('twenty requests on one signal are no leak of listeners to warn of', async () => {
    const warnings: string[] = [];
    const note = ({ name }: Error) => void warnings.push(name);
    process.on('warning', note);
    onTestFinished(() => void process.off('warning', note));
    const given = new AbortController();
    let connections = 0;
    const url = await startRawServer(() => (connections += 1));
    const asking = client();
    const replies = Array.from({ length: 20 }, () => asking.request({ ...post(url), signal: given.signal }));
    await vi.waitFor(() => expect(connections).toBe(4), 120_000);
    given.abort();
    await Promise.all(replies);
    expect(warnings).toEqual([]);
  });

  test('the server learns who asks', async () => {
    const server = await serverSaying({ status: 200 });
    await client().request(get(server.url));
    expect(server.questions[0]?.headers['user-agent']).toBe('scarf-cli');
  });

  test('a body arrives whole, again and again, with its length told', async () => {
    const server = await serverSaying({ status: 200 });
    const http = client();
    const request = post(server.url, 5);
    for (let times = 0; times < 2; times++) await http.request(request);
    for (const question of server.questions) {
      expect(question.headers).toMatchObject({ 'content-length': String(5 * 256 * 1024) });
      expect(question.text).toBe('x'.repeat(5 * 256 * 1024));
    }
  });

  test('multi-byte text survives being cut anywhere', async () => {
    const { url } = await serverSaying((_, response) => {
      const bytes = Buffer.from('ä€😀');
      response.writeHead(200);
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    expect(await client().request(get(url))).toMatchObject({ text: 'ä€😀' });
  });
});

describe('compressed replies', () => {
  const zipped = gzipSync('{"id":"1"}');
  const gzipHeader = { 'content-encoding': 'GZIP' };

  test('are read as text and as a stream', async () => {
    const server = await serverSaying((_, response) => response.writeHead(200, gzipHeader).end(zipped));
    const http = client();
    expect(await http.request(get(server.url))).toMatchObject({ text: '{"id":"1"}' });
    const stream = await http.stream(get(server.url));
    expect(stream.kind).toBe('stream');
    if (stream.kind === 'stream') expect((await stream.body.toArray()).join('')).toBe('{"id":"1"}');
    expect(server.questions[0]?.headers['accept-encoding']).toBe('gzip');
  });

  test.each([
    ['cut', zipped.subarray(0, -4), 'Z_BUF_ERROR'],
    ['none', Buffer.from('plain text'), 'Z_DATA_ERROR'],
  ])('that are %s are trouble', async (_name, bytes, code) => {
    const { url } = await serverSaying((_, response) => response.writeHead(200, gzipHeader).end(bytes));
    expect(await client().request(get(url))).toMatchObject({ kind: 'transport-error', taken: 'maybe', code });
  });
});

describe('replies that come before the body is read', () => {
  const early = status('422 Unprocessable Entity', 'connection: close\r\ncontent-length: 4') + 'busy';

  test('count, though the server closes at once and the next write fails', async () => {
    const url = await startHastyServer(early);
    const http = client();
    for (let times = 0; times < 100; times++) {
      expect(await http.request(post(url, 40))).toMatchObject({ kind: 'reply', status: 422, text: 'busy' });
    }
  });
});

describe('trouble', () => {
  test('nobody listens: nothing was taken', async () => {
    const port = await new Promise<number>((resolve) => {
      const server = createServer().listen(0, '127.0.0.1', () => {
        const address = server.address();
        server.close(() => resolve(typeof address === 'object' && address ? address.port : 0));
      });
    });
    expect(await client().request(post(`http://127.0.0.1:${port}`))).toMatchObject({
      kind: 'transport-error',
      taken: 'no',
      message: expect.stringMatching(/^cannot reach 127.0.0.1:\d+: connection refused$/) as string,
      final: false,
    });
  });

  test.each([
    ['reset before a byte was read', 1, ''],
    ['reset in the middle of the body', 300 * 1024, ''],
    ['reset after the body', 2 * 256 * 1024, ''],
    ['reset within the status line', 2 * 256 * 1024, 'HTTP/1.1 20'],
    ['reset within the body of a success', 2 * 256 * 1024, status('200 OK', 'content-length: 99') + '{'],
  ])('%s: it may have been taken', async (_name, bytes, text) => {
    const url = await startRawServer((socket) => {
      afterBytes(socket, bytes, () => {
        if (text === '') socket.resetAndDestroy();
        else socket.write(text, () => socket.resetAndDestroy());
      });
    });
    expect(await client().request(post(url, 2))).toMatchObject({
      kind: 'transport-error',
      taken: 'maybe',
      final: false,
    });
  });

  test('a refusal whose words were cut was not taken', async () => {
    const url = await startRawServer((socket) => {
      afterBytes(socket, 1, () => {
        socket.write(status('422 Unprocessable Entity', 'content-length: 99') + '{"mess', () =>
          socket.destroy(),
        );
      });
    });
    expect(await client().request(get(url))).toMatchObject({
      kind: 'transport-error',
      taken: 'no',
      message: expect.stringMatching(/^422, but the/) as string,
    });
  });

  test('an answer that is no HTTP', async () => {
    const url = await startRawServer((socket) => {
      afterBytes(socket, 1, () => socket.end('SSH-2.0-OpenSSH_9\r\n'));
    });
    expect(await client().request(get(url))).toMatchObject({
      kind: 'transport-error',
      taken: 'maybe',
      message: expect.stringContaining('the answer is not HTTP') as string,
    });
  });

  test.each([
    ['answers', (url: string) => ({ ...get(url), timeoutMs: 50 }), '', 'UND_ERR_HEADERS_TIMEOUT'],
    [
      'ends its answer',
      (url: string) => ({ ...get(url), timeoutMs: 50 }),
      status('200 OK', 'content-length: 9') + 'x',
      'UND_ERR_BODY_TIMEOUT',
    ],
  ])('a server that never %s', async (_name, request, text, code) => {
    const url = await startRawServer((socket) => afterBytes(socket, 1, () => socket.write(text)));
    expect(await client().request(request(url))).toMatchObject({
      kind: 'transport-error',
      taken: 'maybe',
      code,
    });
  });

  test('a server that stops reading in the middle of an upload', async () => {
    const url = await startRawServer((socket) => socket.pause());
    expect(await client().request({ ...post(url, 200), timeoutMs: 300 })).toMatchObject({
      kind: 'transport-error',
      taken: 'maybe',
      code: 'UND_ERR_HEADERS_TIMEOUT',
    });
  });

  test('an answer without end is cut off', async () => {
    const { url } = await serverSaying((_, response) => {
      const pour = () => {
        while (response.writable && response.write(Buffer.alloc(1024 * 1024)));
        response.once('drain', pour);
      };
      pour();
    });
    expect(await client().request(get(url))).toMatchObject({
      kind: 'transport-error',
      code: 'REPLY_TOO_LONG',
    });
  });
});

describe('an interrupted request', () => {
  test('before it began was not taken', async () => {
    const server = await serverSaying({ status: 200 });
    const signal = AbortSignal.abort(new Error('stop'));
    expect(await client().request({ ...post(server.url), signal })).toMatchObject({
      taken: 'no',
      code: 'ABORTED',
    });
    expect(server.questions).toEqual([]);
  });

  test('in flight may have been taken, whatever the reason is', async () => {
    const stop = new AbortController();
    const { url } = await serverSaying(() => stop.abort('a plain text'));
    expect(await client().request({ ...post(url), signal: stop.signal })).toMatchObject({
      kind: 'transport-error',
      taken: 'maybe',
      code: 'ABORTED',
    });
  });
});

describe('a stream', () => {
  test('that is cut throws while it is read', async () => {
    const url = await startRawServer((socket) => {
      afterBytes(socket, 1, () => {
        socket.write(status('200 OK', 'content-length: 99') + 'half', () => socket.destroy());
      });
    });
    const stream = await client().stream(get(url));
    expect(stream).toMatchObject({ kind: 'stream', status: 200 });
    if (stream.kind === 'stream') await expect(stream.body.toArray()).rejects.toThrow();
  });

  test('that is not wanted can be destroyed', async () => {
    const { url } = await serverSaying({ status: 200, body: 'x'.repeat(100_000) });
    const stream = await client().stream(get(url));
    if (stream.kind !== 'stream') throw new Error('no stream');
    const closed = new Promise((resolve) => stream.body.on('close', resolve));
    stream.body.destroy();
    await closed;
  });
});

describe('an early answer', () => {
  test.each([
    ['and the rest is read', (socket: Socket) => socket],
    ['and the connection ends', (socket: Socket) => socket.end()],
    ['and the connection is reset', (socket: Socket) => socket.resetAndDestroy()],
  ])('is heard while the upload goes on %s', async (_name, after) => {
    const url = await startRawServer((socket) => {
      afterBytes(socket, 1, () => {
        const text = 'too many active imports';
        const answer = status('422 Unprocessable Entity', `content-length: ${text.length}`) + text;
        socket.write(answer, () => after(socket));
      });
    });
    expect(await client().request(post(url, 100))).toMatchObject({
      kind: 'reply',
      status: 422,
      text: 'too many active imports',
    });
  });
});
