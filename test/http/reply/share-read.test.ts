/** How much of a streamed reply has been read, over real sockets. */
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { calm, directClient } from '../../vendors/bodies.ts';
import { startScriptedServer } from '../scripted-server.ts';

const text = Array.from(
  { length: 40_000 },
  (_, number) => `${number} ${Math.imul(number, 0x9e3779b1)}\n`,
).join('');
const zipped = gzipSync(text);

/** The shares after each piece of a reply with these headers; undefined where it tells none. */
async function sharesOf(bytes: string | Buffer, headers: Record<string, string>) {
  const server = await startScriptedServer([
    (_request, response) => void response.writeHead(200, headers).end(bytes),
  ]);
  onTestFinished(() => server.close());
  const http = directClient();
  onTestFinished(() => http.close());
  const stream = await http.stream({
    ...{ method: 'GET', url: server.url, headers: {}, signal: calm, timeoutMs: 60_000 },
  });
  if (stream.kind !== 'stream') throw new Error(stream.message);
  const shares: (number | undefined)[] = [];
  let taken = 0;
  for await (const part of stream.body as AsyncIterable<Buffer>) {
    taken += part.length;
    shares.push(stream.shareRead?.(taken));
  }
  expect(taken).toBe(text.length);
  return shares;
}

test.each<[string, string | Buffer, Record<string, string>]>([
  ['plain', text, {}],
  ['gzip', zipped, { 'content-encoding': 'gzip' }],
])('of a reply that is %s and says its length grows to 1', async (_name, bytes, headers) => {
  const shares = await sharesOf(bytes, { ...headers, 'content-length': String(bytes.length) });
  expect(shares.length).toBeGreaterThan(1);
  expect(shares).toEqual([...shares].sort((one, other) => Number(one) - Number(other)));
  expect(shares[0]).toBeGreaterThan(0);
  expect(shares[0]).toBeLessThan(1);
  expect(shares.at(-1)).toBe(1);
});

test.each<[string, string | Buffer, Record<string, string>]>([
  ['plain', text, {}],
  ['gzip', zipped, { 'content-encoding': 'gzip' }],
])('of a reply that is %s and comes in chunks is unknown', async (_name, bytes, headers) => {
  expect(new Set(await sharesOf(bytes, headers))).toEqual(new Set([undefined]));
});
