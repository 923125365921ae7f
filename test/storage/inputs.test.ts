/** Inputs in buckets and on web servers, as whole runs against faults that no real server has on demand. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { connect, type AddressInfo, type Socket } from 'node:net';
import { gzipSync } from 'node:zlib';
import { describe, expect, onTestFinished, test } from 'vitest';
import { eventRows, lines, openPlace, storedNumbers, upTo, type Place } from '../machine.ts';
import { startFakeS3, type FakeS3 } from './fake-s3.ts';
import { KEYS } from './store.ts';

// The first run of a process loads everything.

async function openBucket(): Promise<{ place: Place; s3: FakeS3; environment: Record<string, string> }> {
  const place = await openPlace();
  const s3 = await startFakeS3();
  onTestFinished(() => s3.close());
  return { place, s3, environment: { ...KEYS, AWS_ENDPOINT_URL: s3.endpoint } };
}

const rangesOf = (s3: FakeS3) => s3.requests.filter(({ headers }) => headers.range !== undefined);

test('a glob takes what it matches of all pages, packed and plain, every row once', async () => {
  const { place, s3, environment } = await openBucket();
  for (const file of upTo(7)) {
    const rows = lines(eventRows(100, { first: file * 100 }));
    s3.put(`logs/day/${file}.ndjson${file % 2 ? '.gz' : ''}`, file % 2 ? gzipSync(rows) : rows);
  }
  s3.put('logs/day/readme.txt', 'no rows');
  s3.put('logs/day/deeper/8.ndjson', 'no rows');
  const { exit, report } = await place.importFiles(['s3://logs/day/*.ndjson{,.gz}'], { environment });
  expect(exit).toBe(0);
  expect(report.counts).toMatchObject({ read: 700, accepted: 700 });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(700));
  expect(report.inputs.map(({ path }) => path)).toContain('s3://logs/day/1.ndjson.gz');
});

test('a list that does not say how it goes on is no list: exit 6, and nothing is sent', async () => {
  const { place, s3, environment } = await openBucket();
  for (let number = 0; number < 5; number++) s3.put(`logs/${number}.ndjson`, lines(eventRows(1)));
  s3.lacksTokens = true;
  const { exit } = await place.importFiles(['s3://logs/*.ndjson'], { environment });
  expect(exit).toBe(6);
  expect(storedNumbers(place.sandbox)).toEqual([]);
});

test('an object is read by ranges of the very version that was looked at', async () => {
  const { place, s3, environment } = await openBucket();
  const rows = lines(eventRows(8000));
  s3.put('logs/big.ndjson', rows);
  const { exit, report } = await place.importFiles(['s3://logs/big.ndjson', '--chunk-size', '200KB'], {
    environment,
  });
  expect(exit).toBe(0);
  expect(report.counts).toMatchObject({ read: 8000, accepted: 8000 });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(8000));
  const ranges = rangesOf(s3);
  expect(ranges.length).toBeGreaterThan(3);
  expect(ranges.every(({ headers }) => headers['if-match'] === s3.objects.get('logs/big.ndjson')?.etag)).toBe(
    true,
  );
});

test('a bucket behind a proxy is read through it', async () => {
  const { place, s3 } = await openBucket();
  s3.put('logs/a.ndjson', lines(eventRows(20)));
  const asked: string[] = [];
  const proxy = createServer();
  const tunnels = new Set<Socket>();
  proxy.on('connect', ({ url = '' }, client: Socket) => {
    asked.push(url);
    const server = connect(Number(new URL(s3.endpoint).port), '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection established\r\n\r\n');
      client.pipe(server).pipe(client);
    });
    for (const socket of [client, server])
      tunnels.add(
        socket
          .on('error', () => undefined)
          .on('close', () => [client, server].forEach((one) => one.destroy())),
      );
  });
  await new Promise<void>((resolve) => proxy.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    for (const socket of tunnels) socket.destroy();
    proxy.close();
  });
  const environment = {
    ...KEYS,
    AWS_ENDPOINT_URL: 'http://buckets.invalid:8080',
    HTTP_PROXY: `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`,
    NO_PROXY: '127.0.0.1',
  };
  expect((await place.importFiles(['s3://logs/*.ndjson'], { environment })).exit).toBe(0);
  expect(storedNumbers(place.sandbox)).toEqual(upTo(20));
  expect(new Set(asked)).toEqual(new Set(['buckets.invalid:8080']));
});

test('a second run knows the object by its ETag, and reads only what its beginning is', async () => {
  const { place, s3, environment } = await openBucket();
  const rows = lines(eventRows(80_000));
  expect(rows.length).toBeGreaterThan(7_000_000);
  s3.put('logs/big.ndjson', rows);
  await place.importFiles(['s3://logs/big.ndjson'], { environment });
  s3.requests.length = 0;
  const { exit, report } = await place.importFiles(['s3://logs/big.ndjson'], { environment });
  expect(exit).toBe(0);
  expect(report.alreadyDelivered).not.toBeNull();
  const bytes = rangesOf(s3).map(({ headers }) => {
    const [, from, to] = /^bytes=(\d+)-(\d+)$/.exec(headers.range ?? '') ?? [];
    return Number(to) - Number(from) + 1;
  });
  expect(bytes.reduce((sum, one) => sum + one, 0)).toBeLessThan(5_000_000);
});

test('the same object twice is one input, and nobody reads it to find out', async () => {
  const { place, s3, environment } = await openBucket();
  s3.put('logs/a.ndjson', lines(eventRows(10)));
  s3.put('logs/copy.ndjson', lines(eventRows(10)));
  const { report } = await place.importFiles(['s3://logs/*.ndjson'], { environment });
  expect(report.counts).toMatchObject({ read: 20, accepted: 10, skipped: 10 });
});

test('an object that changes while it is read ends the run, and what was sent is whole rows', async () => {
  const { place, s3, environment } = await openBucket();
  s3.put('logs/big.ndjson', lines(eventRows(20_000)));
  let seen = 0;
  s3.fault = ({ headers }) => {
    if (headers.range !== undefined && ++seen === 3) s3.put('logs/big.ndjson', lines(eventRows(5)));
    return undefined;
  };
  const { exit, report } = await place.importFiles(['s3://logs/big.ndjson', '--chunk-size', '50KB'], {
    environment,
  });
  expect(exit).toBe(6);
  expect(report.errors[0]).toMatchObject({ kind: 'local' });
  expect(storedNumbers(place.sandbox)).toEqual(upTo(report.counts.accepted));
});

describe('what passes is asked again', () => {
  test.each([
    ['a server error', { kind: 'status', status: 500 }],
    ['too many requests', { kind: 'status', status: 503, code: 'SlowDown', headers: { 'retry-after': '1' } }],
    ['an answer that breaks off', { kind: 'cut', after: 100 }],
    ['no answer', { kind: 'lost' }],
  ] as const)('%s', async (_, fault) => {
    const { place, s3, environment } = await openBucket();
    s3.put('logs/a.ndjson', lines(eventRows(3000)));
    let count = 0;
    s3.fault = ({ method }) => (method === 'GET' && ++count % 2 === 1 ? fault : undefined);
    const { exit, report } = await place.importFiles(['s3://logs/a.ndjson'], { environment });
    expect(exit).toBe(0);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(3000));
    expect(report.notices.map(({ code }) => code)).toContain('storage-slow');
  });

  test('a clock that is wrong is set right', async () => {
    const { place, s3, environment } = await openBucket();
    s3.put('logs/a.ndjson', lines(eventRows(30)));
    s3.skewMs = 3 * 3_600_000;
    const { exit } = await place.importFiles(['s3://logs/a.ndjson'], { environment });
    expect(exit).toBe(0);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(30));
  });
});

describe('what does not pass ends the run with a code', () => {
  test.each([
    ['a key that nobody knows', { code: 'InvalidAccessKeyId', status: 403 }, 's3://logs/a.ndjson', 4],
    ['credentials that have expired', { code: 'ExpiredToken', status: 400 }, 's3://logs/a.ndjson', 4],
    ['no right', { code: 'AccessDenied', status: 403 }, 's3://logs/a.ndjson', 4],
    ['a server that stays away', { code: 'SlowDown', status: 503 }, 's3://logs/a.ndjson', 5],
  ])('%s', async (_, refusal, address, code) => {
    const { place, s3, environment } = await openBucket();
    s3.put('logs/a.ndjson', lines(eventRows(3)));
    s3.fault = () => ({ kind: 'status', ...refusal });
    const { exit, report } = await place.importFiles([address, '--retries', '2'], { environment });
    expect([exit, report.errors]).toMatchObject([code, [{}]]);
    expect(JSON.stringify(report)).not.toContain(KEYS.AWS_SECRET_ACCESS_KEY);
    expect(report.errors[0]?.message).toContain(refusal.code.replace('SlowDown', '503'));
    // Whoever is refused without a word asks once more for the reason.
    expect(s3.requests.length).toBe(refusal.status === 503 ? 3 : 2);
  });

  test.each(['s3://logs/none.ndjson', 's3://logs/none*.ndjson', 's3://logs/', 's3:///key'])(
    '%s names nothing',
    async (address) => {
      const { place, environment } = await openBucket();
      const { exit } = await place.importFiles([address], { environment });
      expect(exit).toBe(2);
    },
  );

  test('nobody is there', async () => {
    const place = await openPlace();
    const environment = { ...KEYS, AWS_ENDPOINT_URL: 'http://127.0.0.1:1' };
    const { exit } = await place.importFiles(['s3://logs/a.ndjson', '--retries', '1'], { environment });
    expect(exit).toBe(5);
  });
});

test('who pays is said in every request', async () => {
  const { place, s3, environment } = await openBucket();
  s3.put('logs/a.ndjson', lines(eventRows(3)));
  await place.importFiles(['s3://logs/*.ndjson', '--s3-requester-pays'], { environment });
  expect(s3.requests.every(({ headers }) => headers['x-amz-request-payer'] === 'requester')).toBe(true);
});

describe('https', () => {
  type Serve = (request: IncomingMessage, response: ServerResponse) => void;

  async function serve(answer: Serve): Promise<string> {
    const server = createServer(answer);
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    onTestFinished(
      () =>
        new Promise((resolve) => {
          server.close(() => resolve());
          server.closeAllConnections();
        }),
    );
    return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  const ranges =
    (bytes: Buffer, headers: Record<string, string> = { etag: '"one"' }): Serve =>
    (request, response) => {
      const [, from = '0', to = ''] = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '') ?? [];
      const part = bytes.subarray(Number(from), Number(to) + 1);
      response.writeHead(206, {
        ...headers,
        'content-range': `bytes ${from}-${Number(from) + part.length - 1}/${bytes.length}`,
      });
      response.end(part);
    };

  test('a signed address is read by ranges, and its signature is written nowhere', async () => {
    const place = await openPlace();
    const bytes = gzipSync(lines(eventRows(5000)));
    const origin = await serve(ranges(bytes));
    const address = `${origin}/events.ndjson.gz?X-Amz-Credential=AKIAEXAMPLE%2F2026&X-Amz-Signature=0123456789abcdef0123`;
    const { exit, report, stderr } = await place.importFiles([address, '-v']);
    expect([exit, report.counts]).toMatchObject([0, { read: 5000, accepted: 5000 }]);
    expect(storedNumbers(place.sandbox)).toEqual(upTo(5000));
    expect(JSON.stringify(report) + stderr).not.toContain('0123456789abcdef0123');
  });

  test('another signature for the same file is the same input', async () => {
    const place = await openPlace();
    const origin = await serve(ranges(Buffer.from(lines(eventRows(50)))));
    await place.importFiles([`${origin}/a.ndjson?X-Amz-Signature=0123456789abcdef0123`]);
    const { exit, report } = await place.importFiles([
      `${origin}/a.ndjson?X-Amz-Signature=fedcba98765432100123`,
    ]);
    expect([exit, report.alreadyDelivered]).toMatchObject([0, {}]);
  });

  test.each<[string, number, Serve]>([
    ['it knows no ranges', 2, (_, response) => response.end(lines(eventRows(3)))],
    ['there is none', 2, (_, response) => response.writeHead(404).end()],
    ['the signature has expired', 4, (_, response) => response.writeHead(403).end()],
    ['it leads in circles', 5, (_, response) => response.writeHead(302, { location: '/again' }).end()],
  ])('%s', async (_, code, answer) => {
    const place = await openPlace();
    const { exit } = await place.importFiles([`${await serve(answer)}/a.ndjson`, '--retries', '1']);
    expect(exit).toBe(code);
  });

  test('an empty file is no rows, and a moved one is followed', async () => {
    const place = await openPlace();
    const whole = ranges(Buffer.from(lines(eventRows(50))));
    const origin = await serve((request, response) => {
      if (request.url === '/empty') response.writeHead(416, { 'content-range': 'bytes */0' }).end();
      else if (request.url === '/old') response.writeHead(301, { location: '/new' }).end();
      else whole(request, response);
    });
    const { exit, report } = await place.importFiles([`${origin}/empty`, `${origin}/old`]);
    expect([exit, report.counts]).toMatchObject([0, { read: 50, accepted: 50 }]);
  });

  test('a file that changes is noticed although its server knows no conditions', async () => {
    const place = await openPlace();
    let asked = 0;
    const bytes = Buffer.from(lines(eventRows(20_000)));
    const origin = await serve((request, response) => {
      asked += 1;
      ranges(bytes, { etag: asked > 4 ? 'W/"two"' : 'W/"one"' })(request, response);
    });
    const { exit } = await place.importFiles([`${origin}/a.ndjson`]);
    expect(exit).toBe(6);
  });
});
