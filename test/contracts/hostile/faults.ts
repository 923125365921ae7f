/** What a hostile server may do instead of answering: the one place for faults of this suite. */
import type { ServerResponse } from 'node:http';
import { gzipSync } from 'node:zlib';
import type { Answer } from './honest-server.ts';
import { secret } from './scene.ts';

/**
 * Given the honest answer and how often it was wrong before, says what comes in its place (undefined: the honest one),
 * or writes to the socket by itself.
 */
export type Fault = (honest: Answer, response: ServerResponse, before: number) => Answer | true | undefined;

const page = '<!doctype html><html><head><title>Sign in</title></head><body>\u001b[31mhello</body></html>';

const instead =
  (body: string, headers: Record<string, string> = {}): Fault =>
  ({ status, headers: honest = {} }) => ({
    status: status === 204 ? 200 : status,
    headers: { ...honest, ...headers },
    body,
  });

/** Bytes on the socket, and its end: what a server of one's own can do that Node's will not. */
const raw =
  (...parts: (string | Buffer)[]): Fault =>
  (_honest, response) => {
    const socket = response.socket;
    for (const part of parts) socket?.write(part);
    socket?.end();
    return true;
  };

const bodyOf = (honest: Answer) =>
  honest.body === undefined || honest.body === '' ? '{"a":1}' : honest.body;

/** A success whose body is not the vendor's. */
const bodies: Readonly<Record<string, Fault>> = {
  'a page for people': instead(page, { 'content-type': 'text/html; charset=utf-8' }),
  'a page without its type': instead(`\ufeff\r\n ${page}`),
  'a page of many lines': instead(`${page.replaceAll('><', '>\n<')}\n`),
  'a line of JSON that is an error': instead('{"error":"no","message":"maintenance"}\n'),
  'a page called JSON': instead(page, { 'content-type': 'application/json' }),
  'plain words': instead('You are online.', { 'content-type': 'text/plain' }),
  'nothing at all': instead(''),
  null: instead('null'),
  'a number': instead('7'),
  'a text': instead('"done"'),
  'an empty object': instead('{}'),
  'an empty list': instead('[]'),
  'a list of nulls': instead('[null,null]'),
  'an error in JSON': instead('{"error":"no","code":"x","message":"maintenance"}'),
  'half of itself': (honest) => ({ ...honest, body: bodyOf(honest).slice(0, bodyOf(honest).length >> 1) }),
  'NUL bytes': instead('\0'.repeat(1000)),
  'random bytes': (honest) => ({
    ...honest,
    body: Buffer.from('9d08ff00c3280a0d2c22', 'hex').toString('latin1'),
  }),
  'no gzip, though it says so': instead('plain', { 'content-encoding': 'gzip' }),
};

/** The same, and heavy. */
const much: Readonly<Record<string, Fault>> = {
  '10,000 levels of lists': instead('['.repeat(10_000) + ']'.repeat(10_000)),
  'a gzip of 1000 to 1': (honest, response) => {
    const headers = { ...honest.headers, 'content-encoding': 'gzip' };
    response.writeHead(honest.status, headers).end(bomb);
    return true;
  },
  '10,000 levels in every place': (honest) => ({
    ...honest,
    body: mutated(honest, '['.repeat(10_000) + ']'.repeat(10_000)),
  }),
  '200,000 empty objects': instead(`[${'{},'.repeat(200_000)}{}]`),
};

const bomb = gzipSync(Buffer.alloc(40_000_000, ' '), { level: 9 });

/** Breaches of HTTP, and connections that end too early. */
const wires: Readonly<Record<string, Fault>> = {
  'a length that is too long': ({ status, headers }, response) => {
    response.writeHead(status, { ...headers, 'content-length': '1000' });
    response.write('{', () => response.destroy());
    return true;
  },
  'a length that is too short': raw('HTTP/1.1 200 OK\r\ncontent-length: 1\r\n\r\n{"id":"x"}'),
  'two lengths': raw('HTTP/1.1 200 OK\r\ncontent-length: 2\r\ncontent-length: 9\r\n\r\n{}'),
  'a negative length': raw('HTTP/1.1 200 OK\r\ncontent-length: -1\r\n\r\n{}'),
  'a chunk that never comes': raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nff\r\n{'),
  'a chunk without a size': raw('HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\nxyz\r\n{}'),
  'endless headers': raw(
    'HTTP/1.1 200 OK\r\n',
    'x-much: aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa\r\n'.repeat(4000),
  ),
  'a header without end': raw('HTTP/1.1 200 OK\r\nx-long: ', 'a'.repeat(300_000)),
  'no HTTP': raw('SSH-2.0-OpenSSH_9.6\r\n'),
  'only 100 Continue': raw('HTTP/1.1 100 Continue\r\n\r\n'),
  '101 Switching Protocols': raw(
    'HTTP/1.1 101 Switching Protocols\r\nconnection: upgrade\r\nupgrade: x\r\n\r\n',
  ),
  'an end without a word': raw(),
  'a reset': (_honest, response) => {
    response.socket?.resetAndDestroy();
    return true;
  },
};

/** What every field may hold instead. */
const wrongValues: Readonly<Record<string, string>> = {
  null: 'null',
  'a list': '[1]',
  'an object': '{"a":1}',
  'a text': '"x"',
  'an empty text': '""',
  'a negative number': '-1',
  'a huge number': '1e308',
  'more digits than fit': '123456789012345678901234567890',
  NUL: '"\\u0000\\u001b[2J"',
};

/** The honest answer with every value in its JSON, or every cell of its table, replaced. */
function mutated({ body = '' }: Answer, value: string): string {
  if (body.startsWith('{') || body.startsWith('[')) {
    return body.replace(
      /(":|\[)("(?:[^"\\]|\\.)*"|-?\d[\d.]*|true|false|null)/g,
      (_match, before: string) => before + value,
    );
  }
  const [header = '', ...rows] = body.split('\n');
  const cell = `"${value.replaceAll('"', '""')}"`;
  return [header, ...rows.map((row) => row.replace(/[^,]+/g, cell))].join('\n');
}

/** Those that stand for others, and each that some vendor makes something else of. */
const statuses = [204, 302, 400, 401, 404, 405, 408, 413, 415, 422, 440, 500, 503, 599];

/** Those that are like one of them. */
const likeStatuses = [202, 307, 402, 403, 407, 409, 410];

/** Shapes that `Retry-After` may have. */
const retryAfter = [
  '0',
  '-1',
  '1e9',
  '99999999999999999999',
  'soon',
  'Wed, 01 Jan 2020 00:00:00 GMT',
  'Fri, 31 Dec 9999 23:59:59 GMT',
];

const elsewhere = 'http://127.0.0.1:9/elsewhere';

function strange(status: number): Fault {
  return () => ({ status, headers: { location: elsewhere }, body: 'x' });
}

function echoing(status: number): Fault {
  return (honest) => ({
    status,
    headers: {
      ...honest.headers,
      location: `${elsewhere}?t=${secret}`,
      'retry-after': secret,
      'x-t': secret,
    },
    body:
      status < 300
        ? mutated(honest, JSON.stringify(secret))
        : JSON.stringify({ message: secret, code: secret }),
  });
}

function named<Key extends string | number>(
  keys: readonly Key[],
  faultFor: (key: Key) => Fault,
): Record<string, Fault> {
  return Object.fromEntries(keys.map((key) => [String(key), faultFor(key)]));
}

/** By family. */
export const FAULTS: Readonly<Record<string, Readonly<Record<string, Fault>>>> = {
  'a success that is': bodies,
  'a success of much:': much,
  'on the wire': wires,
  status: named(statuses, strange),
  'a status like those:': named(likeStatuses, strange),
  'in every field': Object.fromEntries(
    Object.entries(wrongValues).map(([name, value]): [string, Fault] => [
      name,
      (honest) => ({ ...honest, body: mutated(honest, value) }),
    ]),
  ),
  'once 429 with Retry-After': named(
    retryAfter,
    (value) => (_honest, _response, before) =>
      before > 0 ? undefined : { status: 429, headers: { 'retry-after': value } },
  ),
  'its secret everywhere, with': named([200, 302, 400, 500], echoing),
};
